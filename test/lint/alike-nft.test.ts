import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identityOf } from '../../src/lint/identity.ts';
import { sayFinding } from '../../src/report/findings.ts';
import { openNode } from '../../src/session/check/rules.ts';

const count = 4;
const services = Array.from({ length: count }, (_, at) => ({
  name: `${'ABCDEFGH'[at]}AAAAAAA-a/s${at}/tcp/`,
  address: `10.96.0.${at + 1}`,
  port: at % 3 === 2 ? 443 : 80,
  nodePort: at % 2 === 0 ? 30000 + at : null,
  // Of one the chain is not as it is of the others.
  isPlain: at !== 1,
  remembers: at === 3,
  endpoints: [
    [`10.244.1.${at + 2}`, at === 2 ? 9090 : 8080],
    [`10.244.2.${at + 2}`, at % 4 === 3 ? 9090 : 8080],
  ] as const,
}));

/** Rules before the others of a chain, by its name. */
type More = readonly { readonly chain: string; readonly rule: string }[];

/** kube-proxy's table as of 1.36, and one of somebody else, in which are rules of a base chain each. */
function ruleset(more: More, isUnlike: boolean): string {
  const own = (chain: string) => more.filter((one) => one.chain === chain).map(({ rule }) => `\t\t${rule}`);
  const chain = (name: string, ...rules: readonly string[]) =>
    [`\tchain ${name} {`, ...rules.map((rule) => `\t\t${rule}`), '\t}'].join('\n');
  const base = (name: string, type: string, hook: string, priority: number, ...rules: readonly string[]) =>
    chain(name, `type ${type} hook ${hook} priority ${priority}; policy accept;`, ...rules);
  const list = (elements: readonly string[]) => `elements = { ${elements.join(', ')} }`;
  return [
    'table ip kube-proxy {',
    `\tset cluster-ips {\n\t\ttype ipv4_addr\n\t\t${list(services.map(({ address }) => address))}\n\t}`,
    `\tset hairpin-connections {\n\t\ttype ipv4_addr . ipv4_addr . inet_proto . inet_service\n\t\t${list(
      services.map(({ endpoints: [[one, port]] }) => `${one} . ${one} . tcp . ${port}`),
    )}\n\t}`,
    `\tmap service-ips {\n\t\ttype ipv4_addr . inet_proto . inet_service : verdict\n\t\t${list(
      services.map(({ name, address, port }) => `${address} . tcp . ${port} : goto service-${name}`),
    )}\n\t}`,
    `\tmap service-nodeports {\n\t\ttype inet_proto . inet_service : verdict\n\t\t${list(
      services.flatMap(({ name, nodePort }) =>
        nodePort === null ? [] : [`tcp . ${nodePort} : goto external-${name}`],
      ),
    )}\n\t}`,
    ...services
      .filter(({ remembers }) => remembers)
      .flatMap(({ name, endpoints: [[one, port]] }) => [
        `\tset affinity-${name}__${one}/${port} {\n\t\ttype ipv4_addr\n\t\tsize 65535\n\t\tflags dynamic,timeout\n\t\ttimeout 3h\n\t}`,
      ]),
    base('nat-prerouting', 'nat', 'prerouting', -100, ...own('nat-prerouting'), 'jump services'),
    base('nat-output', 'nat', 'output', -100, 'jump services'),
    base('nat-postrouting', 'nat', 'postrouting', 100, ...own('nat-postrouting'), 'jump masquerading'),
    base(
      'filter-forward',
      'filter',
      'forward',
      0,
      ...own('filter-forward'),
      'ct state new jump cluster-ips-check',
    ),
    base('filter-output', 'filter', 'output', 0, 'ct state new jump cluster-ips-check'),
    chain('cluster-ips-check', 'ip daddr @cluster-ips reject'),
    chain(
      'services',
      ...own('services'),
      'ip daddr . meta l4proto . th dport vmap @service-ips',
      'fib daddr type local meta l4proto . th dport vmap @service-nodeports',
    ),
    chain(
      'masquerading',
      'meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000 masquerade fully-random',
      'ct status dnat ip saddr . ip daddr . meta l4proto . th dport @hairpin-connections masquerade fully-random',
    ),
    ...services.flatMap(({ name, nodePort, isPlain, remembers, endpoints }) => {
      const chosen = endpoints.map(([address, port], at) => `${at} : ${address} . ${port}`).join(', ');
      const [[first, port]] = endpoints;
      const set = `affinity-${name}__${first}/${port}`;
      return [
        chain(
          `service-${name}`,
          ...own(`service-${name}`),
          ...(isPlain ? [] : ['ip saddr 10.244.1.4 counter']),
          ...(remembers
            ? [`meta l4proto tcp ip saddr @${set} dnat to ${first}:${port}`, `update @${set} { ip saddr }`]
            : []),
          `meta l4proto tcp dnat ip to numgen random mod 2 map { ${chosen} }`,
        ),
        ...(nodePort === null
          ? []
          : [chain(`external-${name}`, 'meta mark set meta mark | 0x00004000', `goto service-${name}`)]),
      ];
    }),
    '}',
    'table ip mine {',
    ...['prerouting', 'forward', 'output'].map((hook) => base(hook, 'filter', hook, -150, ...own(hook))),
    // What gives packets other ends as it likes makes nothing alike; nothing leads to it.
    ...(isUnlike ? [chain('unused', 'ip daddr set 192.0.2.1')] : []),
    '}\n',
  ].join('\n');
}

function foundIn(text: string): readonly string[] {
  return openNode([{ name: 'rules', text }], { family: 'ipv4', host: [] })
    .flatMap(({ findings }) => findings)
    .filter((finding) => !/unreachable|empty-jump|hairpins/.test(finding.code))
    .map((finding) => `${finding.code} ${identityOf(finding)} ${sayFinding(finding)}`);
}

const service = fc.constantFrom(...services);
const lone = fc.oneof(
  service.map(({ address }) => address),
  service.map(({ endpoints: [[own]] }) => own),
  service.map(({ endpoints: [, [other]] }) => other),
  fc.constantFrom('198.51.100.7', '10.244.1.77'),
);
const address = fc.oneof(
  lone,
  fc.constantFrom('10.96.0.0/30', '10.244.1.4/31', '10.244.2.0/24', '{ 10.96.0.2, 10.96.0.4 }'),
);
const port = fc.oneof(
  service.map(({ port }) => port),
  service.map(({ nodePort }) => nodePort ?? 8080),
  fc.constantFrom(8080, 9090, '8000-8999', '30000-30003', '{ 80, 30002 }'),
);
const not = fc.constantFrom('', '', '', '!= ');
const match = fc.oneof(
  fc.constant(''),
  fc.tuple(fc.constantFrom('saddr', 'daddr'), not, address).map(([end, no, one]) => `ip ${end} ${no}${one}`),
  fc.tuple(not, address).map(([no, one]) => `ct original ip daddr ${no}${one}`),
);
const ported = fc.oneof(
  fc.constant(''),
  fc.tuple(fc.constantFrom('sport', 'dport'), not, port).map(([end, no, one]) => `tcp ${end} ${no}${one}`),
);
const mapped = fc
  .tuple(lone, service, fc.constantFrom('drop', 'accept'))
  .map(([one, { port }, verdict]) => `ip daddr . tcp dport vmap { ${one} . ${port} : ${verdict} }`);
const rule = fc.oneof(
  fc.record({
    chain: fc.constantFrom('prerouting', 'forward', 'output', 'filter-forward'),
    does: fc.constantFrom('drop', 'drop', 'accept'),
  }),
  fc.record({
    chain: fc.oneof(
      fc.constantFrom('nat-prerouting', 'services'),
      service.map(({ name }) => `service-${name}`),
    ),
    does: fc.oneof(
      fc.constantFrom('accept', 'return', 'meta mark set meta mark | 0x00004000'),
      service.map(({ name }) => `goto service-${name}`).filter((one) => !one.includes('s0/')),
      lone.map((one) => `dnat to ${one}`),
    ),
  }),
  fc.record({
    chain: fc.constant('nat-postrouting'),
    does: fc.constantFrom('accept', 'masquerade', 'snat to 192.0.2.99'),
  }),
);
const more = fc.array(
  fc.oneof(
    fc.record({ rule, match, ported }).map(({ rule: { chain, does }, ...asked }) => ({
      chain,
      // Chains of services lead to no other service, and not in circles.
      rule: [
        asked.match,
        asked.ported,
        chain.startsWith('service-') && does.startsWith('goto') ? 'drop' : does,
      ]
        .filter((word) => word !== '')
        .join(' '),
    })),
    fc.record({ chain: fc.constantFrom('prerouting', 'forward', 'services'), rule: mapped }),
  ),
  { minLength: 1, maxLength: 3 },
);

describe('fronts of nftables mode that are alike', () => {
  test('are found to be broken as where each is followed', () => {
    fc.assert(
      fc.property(more, (rules) => {
        expect(foundIn(ruleset(rules, false))).toEqual(foundIn(ruleset(rules, true)));
      }),
      { numRuns: Number(process.env.KUBENAT_RUNS ?? 12) },
    );
  });

  test('a sound node is silent', () => {
    expect(foundIn(ruleset([], false))).toEqual([]);
  });
});
