import { expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import type { Ruleset } from '../../src/iptables/rule/ruleset.ts';
import { readProxyConfig } from '../../src/kube/cluster/config.ts';
import { openCluster } from '../../src/session/cluster.ts';
import { compileRules } from '../../src/session/rules.ts';
import { cases, readCase } from '../cases.ts';

/** Chain by chain: the last first, so that none is read in the order in which they stand. */
const spelledOut = ({ family, tables }: Ruleset) => ({
  family,
  tables: tables.map(({ name, chains }) => ({
    name,
    chains: [...chains.values()].toReversed().map((chain) => ({
      name: chain.name,
      policy: chain.policy,
      counters: chain.counters,
      rules: chain.rules,
    })),
  })),
});

test.each(cases)('compiled rules of $id, read when they are asked for, are those of their dump', (case_) => {
  const inputOf = (file: string) => ({ name: file, text: readCase(case_, file) });
  const { cluster } = openCluster([inputOf('cluster.yaml')], {}, false, case_.node);
  const { config } = readProxyConfig(inputOf('kube-proxy.yaml'));
  const request = { node: case_.node, family: case_.family };
  const { ruleset, source } = compileRules(cluster, config, request, '<compiled>');
  const whole = readDump(source, { family: case_.family, open: true }).ruleset;
  expect(spelledOut(ruleset)).toEqual(spelledOut(whole));
});
