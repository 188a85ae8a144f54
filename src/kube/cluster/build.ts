import { familyOf } from '../../address/address.ts';
import { parsePrefix } from '../../address/subnet.ts';
import { groupedBy, shortened, sortedBy } from '../../text/lists.ts';
import type { Problem } from '../../text/problem.ts';
import { type KubeObject, type Manifest, ofKind } from '../manifest/kinds.ts';
import { allocate, type Ranges } from './allocate.ts';
import type { Log } from './draft.ts';
import { draftServices } from './drafts.ts';
import { familiesOfCluster } from './families.ts';
import { type FilledNote, sayFilled } from './filled.ts';
import { hostPortsOf } from './host-ports.ts';
import type { Cluster, ClusterNode, FilledIn } from './model.ts';
import { assumeNode, mentionedNode, nodeOfRow, normalizeNode } from './nodes.ts';
import { type Place, placeOfNode } from './placement.ts';
import { findEndpoints } from './sources.ts';
import { uniqueObjects } from './unique.ts';

/** How a cluster is put together, and where what its objects leave open comes from. */
export interface BuildOptions extends Ranges {
  /** The name of the node that stands in where none is given. Default: the only one that anything runs on, else node-1. */
  readonly assumedNode?: string;
}

/**
 * A cluster, and what there is to be said of the objects that it was made of: warnings, and notes of what was filled
 * in.
 */
export interface ClusterReading {
  readonly cluster: Cluster;
  readonly problems: readonly Problem[];
}

/**
 * Puts the objects together to a cluster: the API server's defaults, everything allocated, endpoints found or made up.
 * What was filled in is among the cluster's assumptions, and said in a note.
 */
export function buildCluster(objects: readonly KubeObject[], options: BuildOptions = {}): ClusterReading {
  const problems: Problem[] = [];
  const assumptions: FilledIn[] = [];
  const log: Log = { problems, assume: (subject, filled) => assumptions.push({ subject, filled }) };
  const ranges = (options.serviceCidrs ?? []).map(({ address }) => familyOf(address));
  const known = uniqueObjects(objects, ranges, log);
  const nodeManifests = ofKind(known, 'Node');
  const given = givenNodes(known, nodeManifests, log);
  const families = familiesOfCluster(options.serviceCidrs, given, ofKind(known, 'Service'));
  const drafts = draftServices(known, families, log);
  const standIn = () => assumeNode(options.assumedNode ?? mentionedNode(known) ?? 'node-1', drafts, log);
  const nodes = given.length > 0 ? sortedBy(given, ({ name }) => name) : [standIn()];
  allocate(drafts, options, log);
  const endpoints = findEndpoints(known, drafts, placesOf(nodes, nodeManifests), log);
  const services = drafts.map(({ service }) => service);
  const cluster: Cluster = {
    nodes,
    services,
    endpoints,
    ...serviceCidrsOf(known),
    ...hostPortsOf(known),
    assumptions: sortedBy(assumptions, ({ subject }) => subject),
  };
  return { cluster, problems: [...problems, ...notesOf(cluster.assumptions)] };
}

function serviceCidrsOf(objects: readonly KubeObject[]): Pick<Cluster, 'serviceCidrs'> {
  const texts = ofKind(objects, 'ServiceCIDR').flatMap(({ value }) => value.spec?.cidrs ?? []);
  return texts.length === 0 ? {} : { serviceCidrs: texts.flatMap((text) => parsePrefix(text) ?? []) };
}

/** The nodes of manifests, and those that only a table knows of. */
function givenNodes(
  objects: readonly KubeObject[],
  manifests: readonly Manifest<'Node'>[],
  log: Log,
): ClusterNode[] {
  const names = new Set(manifests.map(({ name }) => name));
  const rows = objects.filter((object) => object.kind === 'NodeRow').filter(({ name }) => !names.has(name));
  return [...manifests.map(normalizeNode), ...rows.map((row) => nodeOfRow(row, log))];
}

function placesOf(nodes: readonly ClusterNode[], manifests: readonly Manifest<'Node'>[]): Place[] {
  const byName = new Map(manifests.map((manifest) => [manifest.name, manifest]));
  return nodes.map((node) => placeOfNode(node, byName.get(node.name)));
}

/** One note for each object, whatever was filled in; one for all of a kind of which the same was. */
function notesOf(assumptions: readonly FilledIn[]): FilledNote[] {
  const bySubject = groupedBy(assumptions, ({ subject }) => subject);
  const notes = Array.from(bySubject, ([subject, own]) => {
    const [kind, name] = subject.split(' ') as [string, string];
    return { kind, name, all: own.map(({ filled }) => filled) };
  });
  const textOf = ({ all }: (typeof notes)[number]) => all.map(sayFilled).join('; ');
  return [...groupedBy(notes, (note) => `${note.kind} ${textOf(note)}`).values()].map((alike) => {
    const [first] = alike as [(typeof alike)[number]];
    const names = alike.map(({ name }) => name);
    const { kind, all } = first;
    const subject = `${kind}${names.length > 1 ? 's' : ''} ${shortened(names)}`;
    return {
      code: 'assumed',
      severity: 'note',
      message: `${subject}: ${textOf(first)}`,
      filled: { kind, names, all },
    };
  });
}
