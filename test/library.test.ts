import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  buildCluster,
  buildHost,
  buildProgram,
  compileNode,
  hostFieldsOf,
  parsePacket,
  readDump,
  readManifests,
  tracePacket,
  writeDump,
} from '../src/index.ts';
import { fixtures } from './cases.ts';

/** What the README's section on the library shows, from manifests to a packet's fate. */
test('the library does what the command line does', () => {
  const folder = join(fixtures, 'service-test');
  const sources = ['service.yaml', 'pods.yaml', 'nodes.yaml', 'svc.txt'].map((name) => ({
    name,
    text: readFileSync(join(folder, name), 'utf8'),
  }));
  const { cluster } = buildCluster(readManifests(sources).objects);
  const { ruleset, node } = compileNode(cluster, { node: 'node-2' });
  const text = writeDump(ruleset);
  expect(text).toBe(readFileSync(join(folder, 'expected/node-2.save'), 'utf8'));
  expect(readDump({ name: 'node-2.save', text }).ruleset.tables.map(({ name }) => name)).toEqual([
    'filter',
    'nat',
  ]);

  const packet = parsePacket({ name: 'packet', text: 'tcp 198.51.100.7:40000 -> 10.100.0.3:32213' });
  const host = buildHost('ipv4', [hostFieldsOf(node, 'ipv4')]);
  const { outcomes } = tracePacket(buildProgram(ruleset), host, packet);
  expect(outcomes.map(({ verdict, masqueraded, weight }) => ({ verdict, masqueraded, weight }))).toEqual([
    { verdict: 'accept', masqueraded: true, weight: '1/2' },
    { verdict: 'accept', masqueraded: true, weight: '1/2' },
  ]);
});
