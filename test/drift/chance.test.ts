import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { compileNode } from '../../src/proxy/compile-node.ts';
import { withoutChance } from '../../src/proxy/drift/chance.ts';
import { cases, compileCase, fixtures } from '../cases.ts';

const conformance = join(fixtures, 'conformance');
const read = (path: string) => readFileSync(join(conformance, path), 'utf8');
const dump = (text: string, family: 'ipv4' | 'ipv6' = 'ipv4') =>
  readDump({ name: 'node.save', text }, { family }).ruleset;

describe('a node on which kube-proxy 1.37.2 runs has not drifted', () => {
  test.each(cases)('$id', (case_) => {
    const name = case_.id.slice(case_.id.indexOf('/') + 1);
    const node = dump(read(`iptables/1.37.2/${name}.save`), case_.family);
    const { ruleset } = compileCase(case_, { kubeVersion: '1.37.2', nfacct: true, randomFully: true });
    expect(writeDump(withoutChance(node))).toBe(writeDump(withoutChance(ruleset)));
  });
});

describe('nor has one whose objects have changed since it started', () => {
  const after = readdirSync(join(conformance, 'timeline/after')).filter((name) => name.endsWith('.save'));

  test.each(after)('%s', (file) => {
    const [, kubeVersion = '', to = ''] = /^([\d.]+)-(.*)\.save$/.exec(file) ?? [];
    const source = { name: `${to}.yaml`, text: read(`timeline/${to}.yaml`) };
    const { cluster } = buildCluster(readManifests([source]).objects);
    const { ruleset } = compileNode(cluster, { kubeVersion, nfacct: true });
    const node = dump(read(`timeline/after/${file}`));
    expect(writeDump(withoutChance(node))).toBe(writeDump(withoutChance(ruleset)));
  });

  test('ten are recorded', () => expect(after.length).toBe(10));
});

test('canaries and empty chains of services that are gone are nothing', () => {
  const text = '*nat\n:KUBE-PROXY-CANARY - [0:0]\n:KUBE-SEP-4TIAAVVN4OG5RCE5 - [0:0]\nCOMMIT\n';
  expect(withoutChance(dump(text)).tables).toEqual([]);
});
