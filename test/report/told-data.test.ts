import { describe, expect, test } from 'vitest';
import { subnetOf } from '../../src/address/subnet.ts';
import type { HostDoubt } from '../../src/host/doubt.ts';
import type { ProofDoubt } from '../../src/proof/doubt.ts';
import { sayAssumptions } from '../../src/report/assumptions.ts';
import { dataJson } from '../../src/report/data-json.ts';
import { sayDoubt } from '../../src/report/diff-words.ts';
import { sayNotes } from '../../src/report/notes.ts';
import type { Assumption } from '../../src/report/words/assumptions.ts';
import { diffTables } from '../../src/report/words/diff-tables.ts';
import { languages } from '../../src/report/words/language.ts';
import type { PlainNote } from '../../src/report/words/notes.ts';

const prefix = subnetOf(0x0af40100, 0xffffff00);
const [address, group] = [0x0af40101, 0xe0000001];
const side = 'after.save';
const owners = [['Docker', 2]] as const;

/** One of each code: what is added to the union and not here does not compile. */
const assumptions: { readonly [Code in Assumption['code']]: Extract<Assumption, { readonly code: Code }> } = {
  uplink: { code: 'uplink', interface: 'ens5' },
  'pod-interface': { code: 'pod-interface', interface: 'cni7' },
  'pod-gateway': { code: 'pod-gateway', address, prefix },
  'default-route': { code: 'default-route', interface: 'ens5', gateway: address },
  sysctls: { code: 'sysctls', values: [['net.ipv4.ip_forward', 1]] },
  'usual-policy-routing': { code: 'usual-policy-routing' },
  'virtual-server-addresses': { code: 'virtual-server-addresses', interface: 'kube-ipvs0' },
  'sent-by-node': { code: 'sent-by-node', source: address },
  'sent-by-pod': { code: 'sent-by-pod', source: address, interface: 'cni7' },
  'sent-from-outside': { code: 'sent-from-outside', source: (0x20010db8n << 96n) | 7n, interface: 'ens5' },
  'arrival-by-source': { code: 'arrival-by-source', interface: 'veth12' },
  'flow-plain': { code: 'flow-plain' },
  'expected-plain': { code: 'expected-plain' },
  'table-not-shown': { code: 'table-not-shown', table: 'filter' },
  'chain-not-walked': { code: 'chain-not-walked', table: 'arp filter', chain: 'guard' },
  'server-answers': { code: 'server-answers' },
  'client-port': { code: 'client-port', port: 40000 },
  'first-port': { code: 'first-port' },
  'to-chosen-port': { code: 'to-chosen-port' },
  'answer-to-chosen-port': { code: 'answer-to-chosen-port' },
  'node-address': { code: 'node-address', address },
  'pod-prefix': { code: 'pod-prefix', prefix },
  'named-interfaces': { code: 'named-interfaces', interfaces: [{ name: 'docker0', prefixes: [prefix] }] },
  'unnamed-interface': { code: 'unnamed-interface', interfaces: [{ name: 'other0', prefixes: [prefix] }] },
  'flows-kept': { code: 'flows-kept' },
  'unmarked-on-arrival': { code: 'unmarked-on-arrival' },
  'routing-ignores-mark': { code: 'routing-ignores-mark', bits: 0x4000 },
  'conntrack-on': { code: 'conntrack-on', missing: 'after' },
  'fit-to-forward': { code: 'fit-to-forward' },
  'sets-kept': { code: 'sets-kept', names: ['blocked'] },
  'sets-held': { code: 'sets-held', names: ['blocked'] },
  'lists-renamed': { code: 'lists-renamed', lists: [{ before: 'A', after: 'B' }] },
  'addresses-kept': { code: 'addresses-kept' },
  'interfaces-kept': { code: 'interfaces-kept', names: ['eth0'] },
  'headers-whole': { code: 'headers-whole' },
  'no-fragments': { code: 'no-fragments', tracked: true },
  'fact-match': { code: 'fact-match', match: '-m bpf', holds: false },
  'fact-interfaces': { code: 'fact-interfaces', names: ['docker0'] },
  'fact-groups': { code: 'fact-groups', groups: [group] },
  'sets-listed': { code: 'sets-listed' },
  'elements-alive': { code: 'elements-alive', sets: ['ip guard blocked'] },
  'chains-in-order': { code: 'chains-in-order' },
  'extensions-alike': { code: 'extensions-alike', names: ['match recent'] },
  'node-made-up': { code: 'node-made-up', node: 'node-1', addresses: [address], prefixes: [prefix] },
  'no-node-address': { code: 'no-node-address' },
  'shared-link': { code: 'shared-link', prefix, gateway: address },
  'no-overlay': { code: 'no-overlay' },
  'pods-not-told': { code: 'pods-not-told' },
  'bridged-pods-filtered': { code: 'bridged-pods-filtered' },
};

const places = [
  { table: 'mangle', chain: 'PREROUTING', rules: 2 },
  { table: 'filter', chain: 'FORWARD', rules: 5, policy: 'DROP' },
] as const;

const notes: { readonly [Code in PlainNote['code']]: PlainNote & { readonly code: Code } } = {
  'jumps-added': { code: 'jumps-added', side },
  'no-proxy-chains': { code: 'no-proxy-chains', side },
  'others-compared': { code: 'others-compared', side, owners },
  'rules-not-shown': { code: 'rules-not-shown', side, places: [{ table: 'nat', chain: 'INPUT' }] },
  'others-left-out': { code: 'others-left-out', side, owners, places, alike: false },
  'left-out-alike': { code: 'left-out-alike' },
  confirmed: { code: 'confirmed', walked: 300, open: 12, whole: true },
  'ipvs-rules': { code: 'ipvs-rules' },
};

const doubts: { readonly [Code in HostDoubt['code']]: HostDoubt & { readonly code: Code } } = {
  'own-address-unknown': { code: 'own-address-unknown', address },
  'pod-address-unknown': { code: 'pod-address-unknown', address },
  'rule-asks-more': { code: 'rule-asks-more', priority: 100 },
  'rule-asks-tos': { code: 'rule-asks-tos', priority: 100 },
  'rule-asks-user': { code: 'rule-asks-user', priority: 100 },
  'rule-asks-port': { code: 'rule-asks-port', priority: 100 },
  'route-asks-tos': { code: 'route-asks-tos', table: '100' },
  'table-unknown': { code: 'table-unknown', table: '100' },
  'vrf-not-followed': { code: 'vrf-not-followed', interface: 'ens5', master: 'red' },
  'vrf-unknown': { code: 'vrf-unknown', master: 'red' },
  'link-local-unknown': { code: 'link-local-unknown', interface: 'ens5' },
  'addresses-unknown': { code: 'addresses-unknown', interface: 'ens5' },
  'bridge-unknown': {
    code: 'bridge-unknown',
    interface: 'br0',
    sysctl: 'net.bridge.bridge-nf-call-iptables',
  },
  'bridged-or-routed': { code: 'bridged-or-routed', interface: 'br0' },
  'bridge-port-unknown': { code: 'bridge-port-unknown', interface: 'br0', does: 'leaves' },
  'group-unknown': { code: 'group-unknown', address: group },
  'has-link-local-unknown': { code: 'has-link-local-unknown', interface: 'ens5' },
  'link-unknown': { code: 'link-unknown', address: group },
};

const ofHost = (doubt: HostDoubt): ProofDoubt => ({ code: 'fate-unknown', reason: { code: 'host', doubt } });
const proofDoubts: readonly ProofDoubt[] = [
  { code: 'mask-has-holes' },
  { code: 'chosen-from-range' },
  { code: 'sets-apart', set: 'blocked' },
  { code: 'set-untold', set: 'blocked' },
  ...Object.values(doubts).map(ofHost),
];

const told = [
  ...proofDoubts.map((one) => {
    const [en, ko] = languages.map((language) => sayDoubt(one, diffTables[language]));
    return { one, en, ko };
  }),
  ...Object.values(assumptions).map((one) => {
    const [en, ko] = (['en', 'ko'] as const).map((language) => sayAssumptions([one], language)[0]);
    return { one, en, ko };
  }),
  ...Object.values(notes).map((one) => {
    const [en, ko] = (['en', 'ko'] as const).map((language) => sayNotes([one], language)[0]);
    return { one, en, ko };
  }),
];

/** Parts of a few known values, each of which is said in words. */
const saidInWords: readonly string[] = ['code', 'does', 'missing'];

/** What a sentence must name, of the data for programs. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return typeof value === 'object' && value !== null
    ? Object.entries(value)
        .filter(([name]) => !saidInWords.includes(name))
        .flatMap(([name, part]) => (/[.A-Z]/.test(name) ? [name] : []).concat(textsOf(part)))
    : [];
}

describe.each(told)('$one.code', ({ one, en, ko }) => {
  const { code, ...parts } = JSON.parse(JSON.stringify(dataJson(one)));

  test('is data for programs, of which no part is left out', () => {
    expect(code).toBe(one.code);
    expect(Object.keys(parts).sort()).toEqual(
      Object.keys(one)
        .filter((name) => name !== 'code')
        .sort(),
    );
  });

  test('is told in both languages, with all of its parts', () => {
    for (const said of [en, ko]) for (const text of textsOf(parts)) expect(said).toContain(text);
    expect(ko).toMatch(/[가-힣]/);
    expect(en).not.toMatch(/[가-힣]/);
    expect([en, ko].join()).not.toMatch(/undefined|object Object|[.]$/);
  });

  test('has no English in Korean but names and flags', () => {
    const names = textsOf(parts).reduce((text, name) => text.replaceAll(name, ''), ko ?? '');
    expect(
      names.replace(
        /nft list ruleset|interfaces\(kind, master\)|ip -json -details link|nft -t|ip rule|--scope kube-proxy|kubenat check|net\.bridge\S+/g,
        '',
      ),
    ).not.toMatch(/[a-z]{2,} [a-z]{2,}/);
  });
});
