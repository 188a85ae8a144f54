import { formatAddress } from '../address/address.ts';
import type { NodeKind } from '../graph/model.ts';
import type { Client } from '../path/clients.ts';
import type { ExplainedService, Explanation } from '../path/explain.ts';
import type { Result } from '../path/results.ts';
import { add, zero } from '../sets/fraction.ts';
import { groupedBy } from '../text/lists.ts';
import { wrapped } from '../text/wrap.ts';
import {
  explainTables,
  nameEntry,
  nameIngress,
  namePort,
  nameUnproxied,
  nameVerdict,
} from './explain-words.ts';
import type { SaidEdge, SaidGraph, SaidNode } from './graph-said.ts';
import { sayStop } from './paths.ts';
import { type PictureFormat, pictureTables, printPicture } from './pictures.ts';
import { formatShare, nameServer, nameSource } from './result-words.ts';
import type { Language } from './words/language.ts';

/** In letters; what stands in a box or on an edge. */
const widest = 30;
/** Callers and servers that are named in one box. */
const mostCallers = 6;
const mostServers = 4;

/** The source-IP matrix as a picture: port, entries, their callers, and where their connections end. */
export function printExplainPicture(
  services: readonly ExplainedService[],
  format: PictureFormat,
  language: Language = 'en',
): string {
  const w = pictureTables[language];
  const graph = explainGraph(services, language);
  const entries = services.flatMap(({ explanations }) => explanations.flatMap(({ rows }) => rows));
  const caption = {
    title: w.sourcesOf(services.map(({ key }) => key)),
    says: w.sources(entries.length),
  };
  return printPicture[format](graph, caption, language);
}

/** The same before it is drawn. */
export function explainGraph(services: readonly ExplainedService[], language: Language = 'en'): SaidGraph {
  const graph = new Graph();
  for (const service of services) {
    if (service.service.unproxied === null)
      for (const explanation of service.explanations) addPort(graph, service, explanation, language);
    else
      graph.pass(
        graph.meet('hook', service.key),
        graph.meet('other', nameUnproxied(service, explainTables[language])),
        [],
      );
  }
  return graph;
}

const linesOf = (says: string): string[] =>
  wrapped(says, widest)
    .split('\n')
    .map((line) => line.trim());

class Graph implements SaidGraph {
  readonly nodes: SaidNode[] = [];
  readonly edges: SaidEdge[] = [];
  readonly #known = new Set<string>();

  /** A box is one with others of its kind that say the same in the same `scope`. Gives its id. */
  meet(kind: NodeKind, says: string, scope = ''): string {
    const id = `${scope}/${kind}/${says}`;
    if (this.#known.has(id)) return id;
    this.#known.add(id);
    this.nodes.push({ id, kind, table: null, chain: null, label: linesOf(says).join('\n'), rules: 0 });
    return id;
  }

  pass(from: string, to: string, says: readonly string[]): void {
    this.edges.push({ from, to, rules: [], share: null, says: says.flatMap(linesOf) });
  }
}

function addPort(
  graph: Graph,
  { key }: ExplainedService,
  explanation: Explanation,
  language: Language,
): void {
  const w = explainTables[language];
  const { endpoints, rows, ingresses } = explanation;
  const scope = namePort(key, explanation, w);
  const port = graph.meet('hook', scope);
  for (const { entry, cells } of rows) {
    const door = graph.meet('hook', nameEntry(entry, endpoints, w), scope);
    graph.pass(port, door, []);
    const groups = groupedBy(cells, ({ results }) => JSON.stringify(endsOf(results, language)));
    for (const alike of groups.values()) {
      const callers = nameCallers(
        alike.map(({ client }) => client),
        language,
      );
      addEnds(graph, scope, [door, callers], alike[0].results, language);
    }
  }
  for (const row of ingresses) {
    const door = graph.meet('hook', nameIngress(row, w), scope);
    graph.pass(port, door, []);
    const callers = w.from(w.callers.outside(formatAddress(row.client), null));
    const { stop } = row.trace;
    if (stop === null) addEnds(graph, scope, [door, callers], row.results, language);
    else
      graph.pass(
        callersBox(graph, scope, door, callers),
        graph.meet('verdict', w.stopped(sayStop(stop, language)), scope),
        [],
      );
  }
}

function nameCallers(clients: readonly Client[], language: Language): string {
  const w = explainTables[language];
  const names = clients.map(({ kind, address, node }) => w.callers[kind](formatAddress(address), node));
  const distinct = [...new Set(names)];
  const rest = distinct.length - mostCallers;
  const more = rest > 0 ? [pictureTables[language].moreCallers(rest)] : [];
  return w.from([...distinct.slice(0, mostCallers), ...more].join(', '));
}

/** Callers stand at one entry each: those of another are another box. */
function callersBox(graph: Graph, scope: string, door: string, callers: string): string {
  const box = graph.meet('chain', callers, `${scope} ${door}`);
  graph.pass(door, box, []);
  return box;
}

/** A tree: an end is drawn anew for each box of callers, since lines that meet in one server cannot be followed. */
function addEnds(
  graph: Graph,
  scope: string,
  [door, callers]: readonly [door: string, callers: string],
  results: readonly Result[],
  language: Language,
): void {
  const box = callersBox(graph, scope, door, callers);
  for (const { kind, label, share } of endsOf(results, language))
    graph.pass(box, graph.meet(kind, label, box), [share]);
}

interface End {
  readonly kind: NodeKind;
  readonly label: string;
  readonly share: string;
}

/** Where results end, those of one kind together: servers, and what they see as their client. */
function endsOf(results: readonly Result[], language: Language): End[] {
  const w = explainTables[language];
  const groups = groupedBy(results, (result) =>
    isServed(result) ? `${result.preserved}` : nameVerdict(result, w),
  );
  return [...groups.values()].map((group) => {
    const [first] = group;
    const share = formatShare({ weight: group.reduce((sum, { weight }) => add(sum, weight), zero) });
    if (!isServed(first)) return { kind: 'verdict', label: nameVerdict(first, w), share };
    const names = [...new Set(group.map((result) => nameServer(result, w)))];
    const servers = names.length > mostServers ? [w.servers(names.length)] : names;
    // As rules that hide a source are drawn among chains.
    const kind = first.preserved ? 'endpoint' : 'source';
    return { kind, label: [...servers, seenOf(group, language)].join('\n'), share };
  });
}

const isServed = ({ kind, server }: Result): boolean => kind === 'reached' && server !== null;

function seenOf(group: readonly [Result, ...Result[]], language: Language): string {
  const w = explainTables[language];
  const [first] = group;
  const sources = [
    ...new Set(group.flatMap(({ source }) => (source === null ? [] : [formatAddress(source)]))),
  ];
  if (first.preserved || sources.length === 1) return nameSource(first, w);
  const { moreCallers, sees } = pictureTables[language];
  const rest = sources.length - mostServers;
  return sees([...sources.slice(0, mostServers), ...(rest > 0 ? [moreCallers(rest)] : [])].join(', '));
}
