import { expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { firstRead, withChainsOf, writtenText } from '../../src/iptables/dump/written.ts';
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
  expect(writtenText(ruleset)).toBe(writeDump(whole, { counters: 'drop' }));
});

test('chains that another rule set has as well are read there, and say where they stand themselves', () => {
  const case_ = cases.find(({ id }) => id === 'named/ignored-services') as (typeof cases)[number];
  const { cluster } = openCluster(
    [{ name: 'cluster.yaml', text: readCase(case_, 'cluster.yaml') }],
    {},
    false,
    case_.node,
  );
  const { config } = readProxyConfig({ name: 'config', text: readCase(case_, 'kube-proxy.yaml') });
  const rulesOf = (services: number) => {
    const some = { ...cluster, services: cluster.services.slice(services) };
    return compileRules(some, config, { node: case_.node, family: case_.family }, `without ${services}`);
  };
  const [first, second] = [rulesOf(0), rulesOf(1)];
  const shared = withChainsOf(first.ruleset, second.ruleset);
  const repeated = [...(shared.tables.find(({ name }) => name === 'nat')?.chains.values() ?? [])].filter(
    (chain) => firstRead(chain) !== chain,
  );
  expect(repeated.length).toBeGreaterThan(1);
  expect(repeated.some(({ rules }) => rules.length > 0)).toBe(true);
  const whole = readDump(second.source, { family: case_.family, open: true }).ruleset;
  expect(spelledOut(shared)).toEqual(spelledOut(whole));
  expect(writtenText(shared)).toBe(second.source.text);
  expect(withChainsOf(whole, second.ruleset)).toBe(second.ruleset);
  expect(withChainsOf(first.ruleset, whole)).toBe(whole);
});
