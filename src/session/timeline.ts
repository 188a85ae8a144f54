import type { Connection } from '../engine/connection.ts';
import { parsePacket } from '../engine/notation.ts';
import type { Packet } from '../engine/packet.ts';
import { buildProgram } from '../engine/program.ts';
import { Sequence } from '../engine/sequence.ts';
import type { Trace } from '../engine/trace.ts';
import { buildHost, hostFieldsOf } from '../host/build.ts';
import { isRecord, readCarefully, type SmallDocument } from '../host/document.ts';
import type { HostFields } from '../host/model.ts';
import type { Cluster } from '../kube/cluster/model.ts';
import { defaultRelease, knownRelease } from '../proxy/decide/release.ts';
import { isFlushed } from '../proxy/flush.ts';
import { type Said, told } from '../text/detail.ts';
import { type Expected, want } from '../text/expected.ts';
import { type Problem, refuseErrors, unsaid } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Allocation } from './allocation.ts';
import type { SessionDetail } from './detail.ts';
import { type NodeRequest, openRules } from './rules.ts';

/** Something that happens at a node, in seconds. */
export type TimelineEvent =
  | { readonly at: number; readonly kind: 'packet'; readonly packet: Packet }
  /** kube-proxy sees other objects, and acts on that. */
  | { readonly at: number; readonly kind: 'objects'; readonly files: readonly string[] }
  /** Rules are loaded; nothing else happens. */
  | { readonly at: number; readonly kind: 'rules'; readonly files: readonly string[] }
  /** `conntrack -F`. */
  | { readonly at: number; readonly kind: 'flush' };

/** What came of an event. */
export type TimelineStep =
  | { readonly at: number; readonly kind: 'packet'; readonly trace: Trace }
  | {
      readonly at: number;
      readonly kind: 'objects' | 'rules' | 'flush';
      readonly files: readonly string[];
      /** Connections that may have been open, and whether they were forgotten; null: not known. */
      readonly connections: readonly {
        readonly connection: Connection;
        readonly forgotten: boolean | null;
      }[];
    };

const form = '{"at": SECONDS, "packet": "tcp A -> B"}, or objects, rules or flush in place of packet';

/** Reads `events`: a list, in the order of their times, of which the first gives objects or rules. Throws an InputError. */
export function readTimeline(source: Source): readonly TimelineEvent[] {
  const document = readCarefully(source);
  const { value } = document;
  const listed = isRecord(value) && Array.isArray(value.events) ? value.events : null;
  if (!listed)
    document.report(
      ['events'],
      'field-missing',
      told<SessionDetail>({ code: 'no-events' }),
      want.thing('events', form),
    );
  const events = (listed ?? []).flatMap((item, index) => readEvent(document, source, item, index) ?? []);
  events.forEach(({ at }, index) => {
    const before = events[index - 1];
    if (before && before.at > at)
      document.report(
        ['events', index, 'at'],
        'field-value',
        told<SessionDetail>({ code: 'event-goes-back' }),
        want.thing('times-forward'),
      );
  });
  const [first] = events;
  if (first && first.kind !== 'objects' && first.kind !== 'rules')
    document.report(
      ['events', 0],
      'field-value',
      told<SessionDetail>({ code: 'no-rules-yet' }),
      want.thing('objects-first'),
    );
  refuseErrors(document.problems);
  return events;
}

function readEvent(
  document: SmallDocument,
  source: Source,
  item: unknown,
  index: number,
): TimelineEvent | null {
  const wrong = (field: string | null, said: Said, expected: Expected) => {
    document.report(['events', index, ...(field === null ? [] : [field])], 'field-type', said, expected);
    return null;
  };
  if (!isRecord(item)) return wrong(null, told<SessionDetail>({ code: 'no-event' }), want.written(form));
  const { at, packet } = item;
  if (typeof at !== 'number' || !Number.isFinite(at) || at < 0)
    return at === undefined
      ? wrong(null, told<SessionDetail>({ code: 'event-without-time' }), want.written(form))
      : wrong('at', told<SessionDetail>({ code: 'event-no-time' }), want.thing('seconds-from-0'));
  const [kind, another] = eventKinds.filter((one) => item[one] !== undefined);
  if (kind === undefined || another !== undefined)
    return wrong(
      null,
      kind === undefined
        ? told<SessionDetail>({ code: 'nothing-happens' })
        : told<SessionDetail>({ code: 'event-of-two', one: kind, other: another as string }),
      want.written(form),
    );
  if (kind === 'packet')
    return typeof packet === 'string'
      ? { at, kind, packet: parsePacket({ name: `${source.name}, event ${index + 1}`, text: packet }) }
      : wrong(kind, told<SessionDetail>({ code: 'event-no-packet' }), want.written('"tcp A -> B"'));
  if (kind === 'flush')
    return item.flush === true
      ? { at, kind }
      : wrong(kind, told<SessionDetail>({ code: 'event-not-true' }), want.written('flush: true'));
  const given = item[kind];
  const files: unknown = typeof given === 'string' ? [given] : given;
  return Array.isArray(files) && files.length > 0 && files.every((file) => typeof file === 'string')
    ? { at, kind, files }
    : wrong(kind, told<SessionDetail>({ code: 'event-no-files' }), want.thing('file-or-files'));
}

const eventKinds = ['packet', 'objects', 'rules', 'flush'] as const;

/** Lets the events happen to one node. `read` gives the texts of files; `host` what is known of its network. */
export function runTimeline(
  events: readonly TimelineEvent[],
  request: NodeRequest & Allocation,
  config: Source | null,
  host: readonly HostFields[],
  read: (files: readonly string[]) => readonly Source[],
): { readonly steps: readonly TimelineStep[]; readonly problems: readonly Problem[] } {
  const release = knownRelease(request.kubeVersion ?? defaultRelease);
  const problems: Problem[] = [];
  let node: Sequence | null = null;
  let cluster: Cluster | null = null;
  const steps = events.map((event): TimelineStep => {
    if (event.kind === 'packet')
      return { at: event.at, kind: 'packet', trace: (node as Sequence).next(event.packet, event.at) };
    const open = node?.connections ?? [];
    if (event.kind === 'flush') {
      node?.forgetFlows();
      return {
        at: event.at,
        kind: 'flush',
        files: [],
        connections: open.map((connection) => ({ connection, forgotten: true })),
      };
    }
    const sources = read(event.files);
    const texts = event.kind === 'rules' ? { dumps: sources, objects: [] } : { dumps: [], objects: sources };
    const loaded = openRules({ ...texts, config }, request);
    problems.push(...unsaid(loaded.problems, problems));
    const change = cluster && loaded.cluster ? { before: cluster, after: loaded.cluster } : null;
    const forgets = (connection: Connection) =>
      change ? isFlushed(endsOf(connection), change, release) : false;
    const program = buildProgram(loaded.ruleset, loaded.source);
    if (node) node.changeRules(program, forgets);
    else {
      const fields = loaded.node ? [hostFieldsOf(loaded.node, program.family)] : [];
      node = new Sequence(program, buildHost(program.family, [...host, ...fields]));
    }
    cluster = loaded.cluster ?? cluster;
    const connections = open.map((connection) => ({ connection, forgotten: forgets(connection) }));
    return { at: event.at, kind: event.kind, files: event.files, connections };
  });
  return { steps, problems };
}

function endsOf({ original, reply }: Connection) {
  const { protocol, destination, destinationPort } = original;
  return { protocol, destination, destinationPort, server: reply.source, serverPort: reply.sourcePort };
}
