import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Address, formatEndpoint, parseAddress } from '../../src/address/address.ts';
import { compareRollout, type Front } from '../../src/diff/rollout.ts';
import type { Cluster } from '../../src/kube/cluster/model.ts';
import { knownRelease } from '../../src/proxy/decide/release.ts';
import { isFlushed, type TrackedEnds } from '../../src/proxy/flush.ts';
import { openCluster } from '../../src/session/cluster.ts';

const folder = join(import.meta.dirname, '../../fixtures/timeline');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

const gone: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = JSON.parse(
  read('gone.json'),
);

const clusters = new Map<string, Cluster>();
function clusterOf(name: string): Cluster {
  const known = clusters.get(name);
  if (known) return known;
  const { cluster } = openCluster([{ name, text: read(`${name}.yaml`) }], {}, false);
  clusters.set(name, cluster);
  return cluster;
}

const protocols: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** `-p udp -s 10.244.1.77 -d 10.96.0.53 --sport 1001 --dport 53 --dst-nat 10.244.1.5:5353 -t 3000`, by its source port. */
function readEntries(): ReadonlyMap<string, TrackedEnds> {
  const entries = read('entries')
    .trim()
    .split('\n')
    .map((line) => {
      const words = line.split(' ');
      const of = (flag: string) => words[words.indexOf(flag) + 1] as string;
      const destination = parseAddress(of('-d')) as Address;
      const [server, port] = words.includes('--dst-nat')
        ? of('--dst-nat').split(':')
        : [of('-d'), of('--dport')];
      const ends: TrackedEnds = {
        protocol: protocols[of('-p')] as number,
        destination,
        destinationPort: Number(of('--dport')),
        server: parseAddress(server as string) as Address,
        serverPort: Number(port),
      };
      return [of('--sport'), ends] as const;
    });
  return new Map(entries);
}

const entries = readEntries();

describe.each(Object.entries(gone))('%s', (change, rows) => {
  const at = change.indexOf('-');
  const [from, to] = [change.slice(0, at), change.slice(at + 1)];

  test.each(Object.entries(rows))('%s deletes %j', (side, deleted) => {
    const [version = ''] = side.split(' ');
    const states = { before: clusterOf(from), after: clusterOf(to) };
    const said = [...entries].filter(([, entry]) => isFlushed(entry, states, knownRelease(version)) === true);
    expect(said.map(([port]) => port)).toEqual(deleted);
  });
});

/** What `diff --rollout` says of the entries that a change leaves, and of those that it deletes. */
const leaving = ['goes-on', 'ending', 'dead'];
const deleting = ['chosen-anew', 'refused', 'not-translated'];

test('diff --rollout says of each row whether its connections are cut off', () => {
  let looked = 0;
  for (const [change, rows] of Object.entries(gone)) {
    const at = change.indexOf('-');
    const states = { before: clusterOf(change.slice(0, at)), after: clusterOf(change.slice(at + 1)) };
    for (const [side, deleted] of Object.entries(rows)) {
      const [version = ''] = side.split(' ');
      for (const { endpoint, protocol, fronts, fates } of compareRollout(states, 'ipv4', [version])) {
        const met = [...entries].filter(
          ([, one]) =>
            formatEndpoint(one.server, one.serverPort as number) === endpoint &&
            one.protocol === protocols[protocol.toLowerCase()] &&
            fronts.some((front) => isAt(front, one)),
        );
        for (const [port] of met) {
          looked += 1;
          const said = `${change} ${side} ${port}: ${fates[0]?.fate}`;
          const possible = deleted.includes(port) ? deleting : leaving;
          expect(possible.map((fate) => `${change} ${side} ${port}: ${fate}`)).toContain(said);
        }
      }
    }
  }
  expect(looked).toBeGreaterThan(300);
});

function isAt(front: Front, { destination, destinationPort }: TrackedEnds): boolean {
  return front.port === destinationPort && (front.kind === 'node-port' || front.address === destination);
}

test('of a deleted Service, 1.37 depends on what it sees first; of releases that nobody looked at, nothing is said', () => {
  const states = { before: clusterOf('base'), after: clusterOf('deleted') };
  const said = (version: string) =>
    [...entries]
      .filter(([, entry]) => isFlushed(entry, states, knownRelease(version)) === null)
      .map(([port]) => port);
  expect(said('1.37.2')).toEqual(['1001', '1002', '1005', '1010', '1011']);
  expect(said('1.36.3')).toEqual([]);
  expect(said('1.29')).toEqual(
    [...entries].filter(([, { protocol }]) => protocol === 17).map(([port]) => port),
  );
});
