import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../src/engine/program.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { identityOf } from '../../src/lint/identity.ts';
import { findReach } from '../../src/lint/reach.ts';
import { sayFinding } from '../../src/report/findings.ts';

const letters = 'ABCDEFGHIJKLMNOP';
const count = 8;
const services = Array.from({ length: count }, (_, at) => ({
  name: `a/s${at}`,
  id: (letters[at] as string).repeat(16),
  address: `10.96.0.${at + 1}`,
  port: at % 3 === 2 ? 443 : 80,
  nodePort: at % 2 === 0 ? 30000 + at : null,
  endpoints: [
    `10.244.1.${at + 2}:${at === 5 ? 9090 : 8080}`,
    `10.244.2.${at + 2}:${at % 4 === 3 ? 9090 : 8080}`,
  ],
}));

/** Services that differ in names, ports and where their endpoints are. Rules are put before the others of their chains. */
function dump(more: readonly { readonly table: string; readonly chain: string; readonly rule: string }[]) {
  const own = (table: string, chain: string) =>
    more.filter((one) => one.table === table && one.chain === chain).map(({ rule }) => `-A ${chain} ${rule}`);
  const sep = (id: string, at: number) => `KUBE-SEP-${id.slice(1)}${letters[at]}`;
  const heads = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
  return [
    '*raw',
    ':PREROUTING ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ...own('raw', 'PREROUTING'),
    ...own('raw', 'OUTPUT'),
    'COMMIT',
    '*filter',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ...['INPUT', 'FORWARD', 'OUTPUT'].flatMap((chain) => own('filter', chain)),
    'COMMIT',
    '*nat',
    ...heads.filter((name) => name !== 'FORWARD').map((name) => `:${name} ACCEPT [0:0]`),
    ':KUBE-SERVICES - [0:0]',
    ':KUBE-NODEPORTS - [0:0]',
    ':KUBE-MARK-MASQ - [0:0]',
    ':KUBE-POSTROUTING - [0:0]',
    ...services.flatMap(({ id }) => [
      `:KUBE-SVC-${id} - [0:0]`,
      `:KUBE-EXT-${id} - [0:0]`,
      ...[0, 1].map((at) => `:${sep(id, at)} - [0:0]`),
    ]),
    ...heads.flatMap((chain) => own('nat', chain)),
    '-A PREROUTING -j KUBE-SERVICES',
    '-A OUTPUT -j KUBE-SERVICES',
    '-A POSTROUTING -j KUBE-POSTROUTING',
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MASQUERADE --random-fully',
    ...own('nat', 'KUBE-SERVICES'),
    ...services.flatMap(({ name, id, address, port, nodePort, endpoints }) => [
      `-A KUBE-SERVICES -d ${address}/32 -p tcp -m comment --comment "${name} cluster IP" -m tcp --dport ${port} -j KUBE-SVC-${id}`,
      ...(nodePort === null
        ? []
        : [
            `-A KUBE-NODEPORTS -p tcp -m comment --comment "${name}" -m tcp --dport ${nodePort} -j KUBE-EXT-${id}`,
          ]),
      `-A KUBE-EXT-${id} -j KUBE-MARK-MASQ`,
      `-A KUBE-EXT-${id} -j KUBE-SVC-${id}`,
      `-A KUBE-SVC-${id} ! -s 10.244.0.0/16 -d ${address}/32 -p tcp -m tcp --dport ${port} -j KUBE-MARK-MASQ`,
      ...own('nat', `KUBE-SVC-${id}`),
      ...endpoints.flatMap((endpoint, at) => [
        `-A KUBE-SVC-${id} ${at === 0 ? '-m statistic --mode random --probability 0.5 ' : ''}-j ${sep(id, at)}`,
        `-A ${sep(id, at)} -s ${endpoint.split(':')[0]}/32 -j KUBE-MARK-MASQ`,
        `-A ${sep(id, at)} -p tcp -m tcp -j DNAT --to-destination ${endpoint}`,
      ]),
    ]),
    '-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    'COMMIT\n',
  ].join('\n');
}

/** Sets have members of which rules do not tell, so that nothing is alike where a rule names one; nothing leads to this. */
const unlike = (text: string) =>
  text.replace('*filter\n', '*filter\n:UNUSED - [0:0]\n-A UNUSED -m set --match-set some src -j RETURN\n');

function foundIn(text: string): readonly string[] {
  const { ruleset } = readDump({ name: 'dump', text }, { family: 'ipv4' });
  return findReach({ program: buildProgram(ruleset), iptables: ruleset, nft: [] }, []).map(
    (finding) => `${finding.code} ${identityOf(finding)} ${sayFinding(finding)}`,
  );
}

const service = fc.constantFrom(...services);
const address = fc.oneof(
  service.map((one) => one.address),
  service.map(({ endpoints: [own = ''] }) => own.split(':')[0] as string),
  service.map(({ endpoints: [, other = ''] }) => other.split(':')[0] as string),
  fc.constantFrom(
    '10.96.0.0/30',
    '10.244.1.4/31',
    '10.244.2.0/24',
    '10.244.0.0/16',
    '198.51.100.7',
    '10.244.1.77',
  ),
);
const port = fc.oneof(
  service.map((one) => one.port),
  service.map(({ nodePort }) => nodePort ?? 8080),
  fc.constantFrom(8080, 9090, '8000:8999', '30000:30003', '1:1024'),
);
const not = fc.constantFrom('', '', '', '! ');
const match = fc.oneof(
  fc.tuple(not, fc.constantFrom('-s', '-d'), address).map(([no, flag, one]) => `${no}${flag} ${one}`),
  fc.tuple(not, address).map(([no, one]) => `-m conntrack ${no}--ctorigdst ${one}`),
  fc.constant('-m iprange --dst-range 10.244.1.3-10.244.1.5'),
);
const ported = fc.oneof(
  fc.constant(''),
  fc
    .tuple(not, fc.constantFrom('--sport', '--dport'), port)
    .map(([no, flag, one]) => `-p tcp -m tcp ${no}${flag} ${one}`),
  fc.constant('-p tcp -m multiport --dports 80,9090,30002'),
);
const rule = fc.oneof(
  fc.record({
    table: fc.constantFrom('raw', 'filter'),
    chain: fc.constantFrom('PREROUTING', 'FORWARD', 'OUTPUT', 'INPUT'),
    target: fc.constantFrom('DROP', 'DROP', 'ACCEPT'),
  }),
  fc.record({
    table: fc.constant('nat'),
    chain: fc.oneof(
      fc.constantFrom('PREROUTING', 'OUTPUT', 'KUBE-SERVICES'),
      service.map(({ id }) => `KUBE-SVC-${id}`),
    ),
    target: fc.oneof(
      fc.constantFrom('ACCEPT', 'RETURN', 'KUBE-MARK-MASQ'),
      service.map(({ id }) => `KUBE-SVC-${id}`),
      address.filter((one) => !one.includes('/')).map((one) => `DNAT --to-destination ${one}`),
    ),
  }),
  fc.record({
    table: fc.constant('nat'),
    chain: fc.constant('POSTROUTING'),
    target: fc.constantFrom('ACCEPT', 'MASQUERADE', 'SNAT --to-source 192.0.2.99'),
  }),
);
/** Of built-in chains raw has two, and PREROUTING is none of filter. Chains of services lead to endpoints, and not in circles. */
function fit({ table, chain, target }: { table: string; chain: string; target: string }) {
  const head = table === 'raw' && /FORWARD|INPUT/.test(chain) ? 'PREROUTING' : chain;
  return {
    table,
    chain: table === 'filter' && head === 'PREROUTING' ? 'FORWARD' : head,
    target: chain.startsWith('KUBE-SVC-') ? target.replace(/^KUBE-SVC-.(.*)/, 'KUBE-SEP-$1A') : target,
  };
}

const rules = fc.array(
  fc.record({ rule, match: fc.oneof(fc.constant(''), match), ported }).map((one) => {
    const { target, ...where } = fit(one.rule);
    return { ...where, rule: [one.ported, one.match, '-j', target].filter((word) => word !== '').join(' ') };
  }),
  { minLength: 1, maxLength: 3 },
);

describe('fronts that are alike', () => {
  test('are found to be broken as where each is followed', () => {
    fc.assert(
      fc.property(rules, (more) => {
        const text = dump(more);
        expect(foundIn(text)).toEqual(foundIn(unlike(text)));
      }),
      { numRuns: Number(process.env.KUBENAT_RUNS ?? 40) },
    );
  });

  test('a sound node is silent', () => {
    expect(foundIn(dump([]))).toEqual([]);
  });
});
