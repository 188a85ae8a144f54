import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Finding, severities } from '../../src/lint/finding.ts';
import { identityOf, serviceOf } from '../../src/lint/identity.ts';
import { sayFinding } from '../../src/report/findings.ts';
import { openNode } from '../../src/session/check/rules.ts';
import { fixtures } from '../cases.ts';

const recorded = join(fixtures, 'conformance/nftables');
const read = (release: string, name: string) => readFileSync(join(recorded, release, `${name}.nft`), 'utf8');
const foundIn = (...texts: readonly string[]) =>
  openNode(
    texts.map((text, at) => ({ name: `text ${at}`, text })),
    { host: [] },
  ).flatMap(({ findings }) => findings);
const said = (...texts: readonly string[]) =>
  foundIn(...texts).map((finding) => `${finding.code}: ${sayFinding(finding)}`);

/** That services have no endpoints, or nobody says whose they are, is not wrong with the rules. */
const isWrong = ({ code }: Finding) => severities[code] !== 'note' && code !== 'service-rejects';

/** Of every shape of the tables, some of the recorded ones; KUBENAT_SABOTAGE=all asks for all of them. */
const every = process.env.KUBENAT_SABOTAGE === 'all' ? 1 : 12;
const healthy = ['1.33.5', '1.35.4', '1.36.3', '1.37.2'].flatMap((release) =>
  (existsSync(join(recorded, release)) ? readdirSync(join(recorded, release)) : [])
    .filter((_, at) => at % every === 0)
    .map((file) => [`${release} ${file}`, readFileSync(join(recorded, release, file), 'utf8')] as const)
    .filter(([, text]) => text.trim() !== ''),
);

describe('what kube-proxy of nftables mode wrote is as it should be', () => {
  test.each(healthy)('%s', (_, text) => {
    expect(foundIn(text).filter(isWrong)).toEqual([]);
  });

  test('services without endpoints are told', () => {
    expect(said(read('1.36.3', 'cluster-ip-none-ready'))).toEqual([
      'service-rejects: default/web has no endpoints for 10.96.0.10:80: packets are rejected',
    ]);
  });
});

test('the address of a pod that is made up may be that of an endpoint elsewhere', () => {
  const node = read('1.36.3', 'external-ips-local').replaceAll('10.244.2.7', '10.244.2.77');
  expect(foundIn(node).filter(isWrong)).toEqual([]);
});

const mixed = (name: string) =>
  ['iptables.save', 'ruleset.nft']
    .map((file) => join(fixtures, 'conformance/mixed', name, file))
    .filter(existsSync)
    .map((file) => readFileSync(file, 'utf8'));

/** The kernel's own outcomes are recorded beside them. */
describe('two programs on one node', () => {
  test.each([
    ['docker-beside', ['cut-off', 'cut-off', 'cut-off']],
    ['hostports-created-after', ['order-decides', 'order-decides', 'order-decides']],
    // Its forward chain lets through what was translated here, and no packet that another node translated for a pod here.
    ['inet-firewall', ['cut-off']],
    ['inet-firewall-iptables-mode', ['cut-off', 'health-check-closed']],
    ['mode-changed-back', ['mode-left']],
    ['mode-changed-without-cleanup', ['mode-left']],
  ])('%s', (name, codes) => {
    expect(foundIn(...mixed(name)).map(({ code }) => code)).toEqual(codes);
  });
});

type Break = (text: string) => string;

const without =
  (pattern: RegExp): Break =>
  (text) =>
    text.replace(pattern, '');
const inChain =
  (chain: string, rule: string): Break =>
  (text) =>
    text.replace(
      new RegExp(`(\\tchain ${chain} \\{\\n(?:\\t\\t(?:type|comment) .*\\n)*)`),
      `$1\t\t${rule}\n`,
    );

/** Ways to break a node; each gives a finding that names the service. */
const breaks: Readonly<Record<string, Break>> = {
  'no jump from nat-prerouting': without(/(?<=chain nat-prerouting \{\n.*\n)\t\tjump services\n/),
  'no jump from nat-output': without(/(?<=chain nat-output \{\n.*\n)\t\tjump services\n/),
  'services is empty': without(/(?<=chain services \{\n)(?:\t\t.*\n)+/),
  'the map of addresses is empty': (text) =>
    text.replace(/(map service-ips \{\n.*\n.*\n)\t\telements = \{[^}]*\}\n/, '$1'),
  'accepted before': inChain('nat-prerouting', 'accept'),
  'services turns back': inChain('services', 'return'),
  'dropped in forward': inChain('filter-forward', 'drop'),
  'closed by nobody': inChain('filter-forward', 'tcp flags & fin == fin drop'),
  'the policy of forward drops': (text) => `${text}table inet mine {
\tchain forward {
\t\ttype filter hook forward priority filter; policy drop;
\t\tct state established,related accept
\t}
}
`,
  'not tracked': (text) => `${text}table inet mine {
\tchain prerouting {
\t\ttype filter hook prerouting priority raw; policy accept;
\t\tnotrack
\t}
}
`,
  'translated by somebody else': (text) => `${text}table ip mine {
\tchain prerouting {
\t\ttype nat hook prerouting priority -110; policy accept;
\t\ttcp dport { 80, 443 } redirect to :15001
\t}
}
`,
  'nothing masquerades': without(/(?<=chain masquerading \{\n)(?:\t\t.*\n)+/),
  'a service chain is empty': without(/(?<=chain service-[A-Z2-7]{8}-[^\n]*\{\n)(?:\t\t.*\n)+/),
};

describe('a healthy node that is broken', () => {
  const nodes = ['1.33.5', '1.35.4', '1.36.3', '1.37.2'].map((release) => read(release, 'node-port'));

  test.each(Object.entries(breaks))('%s', (_, broken) => {
    for (const node of nodes) {
      const text = broken(node);
      expect(text).not.toBe(node);
      const known = new Set(foundIn(node).map(identityOf));
      const fresh = foundIn(text).filter((finding) => !known.has(identityOf(finding)));
      expect(fresh.map(serviceOf), fresh.map((finding) => sayFinding(finding)).join('\n')).toContain(
        'default/web',
      );
    }
  });
});

const table = (...rules: readonly string[]) => `table inet mine {
\tchain input {
\t\ttype filter hook input priority filter; policy accept;
${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}

\tchain other {
\t\tcounter packets 1 bytes 60 drop
\t}

\tchain empty {
\t}
}
`;

describe('rules of nft', () => {
  test.each([
    ['tcp dport 22 accept', 'tcp dport 22 drop'],
    ['ip saddr 10.0.0.0/8 accept', 'ip saddr 10.1.0.0/16 tcp dport 80 drop'],
    ['ct state established,related accept', 'ct state established tcp dport 80 drop'],
    ['iifname "lo" accept', 'iifname "lo" ip saddr 127.0.0.1 drop'],
    ['ip saddr { 10.0.0.0/8, 192.168.0.0/16 } accept', 'ip saddr 192.168.1.1 drop'],
    ['tcp dport 1-1024 accept', 'tcp dport { 22, 80 } drop'],
    ['accept', 'tcp dport 22 accept'],
  ])('%s leaves nothing to %s', (first, second) => {
    const found = foundIn(table(first, second, 'jump other')).filter(({ code }) => code === 'shadowed');
    expect(found.map(({ place }) => `${place.table} ${place.chain} ${place.number}`)).toContain(
      'inet mine input 2',
    );
  });

  test.each([
    ['ip saddr 10.0.0.0/8 accept', 'tcp dport 22 drop'],
    ['tcp dport 22 counter', 'tcp dport 22 drop'],
    ['tcp dport 22 limit rate 1/second accept', 'tcp dport 22 drop'],
    ['ip saddr 10.0.0.0/8 accept', 'ip6 saddr fd00::/8 drop'],
    ['meta mark 1 accept', 'meta mark 2 drop'],
    ['tcp dport 22 jump other', 'tcp dport 22 accept'],
    ['ip saddr 0.0.0.0/0 accept', 'tcp dport 22 drop'],
    ['meta mark & 1 == 1 meta mark set 2', 'meta mark & 1 == 1 drop'],
  ])('%s leaves some to %s', (first, second) => {
    const found = foundIn(table(first, second, 'jump other'));
    expect(found.filter(({ code }) => code === 'shadowed')).toEqual([]);
  });

  test('several leave nothing only together', () => {
    const found = foundIn(
      table(
        'tcp dport 1-100 accept',
        'tcp dport 101-65535 drop',
        'tcp dport 22 drop',
        'tcp dport 50-200 drop',
        'jump other',
      ),
    );
    expect(found.map(({ code, place }) => `${code} ${place.number}`)).toEqual(['shadowed 3', 'shadowed 4']);
    expect(
      said(
        table('tcp dport 0-100 accept', 'tcp dport 101-65535 drop', 'tcp dport 50-200 drop', 'jump other'),
      )[0],
    ).toMatch(/^shadowed: no packet comes to it: rules 1 and 2 take all/);
  });

  test.each([
    ['a chain that nothing leads to', ['tcp dport 22 accept'], ['unreachable']],
    ['a jump to a chain without rules', ['jump other', 'tcp dport 22 jump empty'], ['empty-jump']],
    [
      'a rule that stands there twice',
      ['tcp dport 22 counter packets 1 bytes 2', 'jump other', 'tcp dport 22 counter packets 3 bytes 4'],
      ['repeated'],
    ],
    [
      'a rule that counts on being asked twice',
      ['limit rate 1/second counter', 'limit rate 1/second counter', 'jump other'],
      [],
    ],
    ['a map of verdicts leads there', ['tcp dport vmap { 22 : jump other }'], []],
  ])('%s', (_, rules, codes) => {
    expect(foundIn(table(...rules)).map(({ code }) => code)).toEqual(codes);
  });
});
