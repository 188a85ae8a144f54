import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Reason } from '../../src/engine/reasons.ts';
import { withParticle } from '../../src/report/words/ko/particles.ts';
import { sayReason } from '../../src/report/words/ko/reasons.ts';
import { type Language, languageOf, languages } from '../../src/report/words/language.ts';
import { kubenat } from '../cli/harness.ts';

const place = { table: 'nat', chain: 'KUBE-SERVICES', number: 3 };

test.each<readonly [object, string]>([
  [{ code: 'policy-drop', table: 'filter', chain: 'INPUT' }, 'filter/INPUT의 정책이 DROP임'],
  [
    { code: 'port-unknown', side: 'destination', ports: [80, 80, 30_000, 32_767] },
    '목적지 포트가 주어지지 않았고, 규칙이 묻는 포트는 80, 30000-32767',
  ],
  [
    { code: 'at-rule', place, reason: { code: 'match-unevaluated', name: 'bpf' } },
    '-m bpf 매치의 결과는 계산하지 않음(nat/KUBE-SERVICES의 규칙 3)',
  ],
  [
    {
      code: 'at-rule',
      place,
      reason: { code: 'host', doubt: { code: 'pod-address-unknown', address: 0x0af40107 } },
    },
    '10.244.1.7이 이 노드의 파드인지 알 수 없음. --host에 podCIDR을 지정(nat/KUBE-SERVICES의 규칙 3)',
  ],
  [{ code: 'route-drop', drop: 'no-way-back' }, '출발지로 돌아가는 경로가 없고 rp_filter가 켜져 있음'],
])('a reason in Korean: %j', (reason, said) => {
  expect(sayReason(reason as Reason)).toBe(said);
});

const page = readFileSync(new URL('../../docs/words.md', import.meta.url), 'utf8');
const [used = '', avoided = ''] = page.split('## Words that are not used');
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .slice(1);

/** Every sentence of a table, with parts that stand for what is said there. */
function sentencesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'function') return [Function.prototype.toString.call(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(sentencesOf) : [];
}

const namesIn = (folder: URL) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

const readAll = (language: Language) => {
  const folder = new URL(`../../src/report/words/${language}/`, import.meta.url);
  return namesIn(folder)
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
};

/** Every table of a language: what its modules export, by file and name. */
async function tablesOf(language: Language): Promise<ReadonlyMap<string, unknown>> {
  const folder = new URL(`../../src/report/words/${language}/`, import.meta.url);
  const modules = await Promise.all(
    namesIn(folder).map(async (name) => [name, await import(new URL(name, folder).href)] as const),
  );
  return new Map(
    modules.flatMap(([name, module]) =>
      Object.entries<unknown>(module).map(([key, table]) => [`${name}: ${key}`, table] as const),
    ),
  );
}

const tables = { en: await tablesOf('en'), ko: await tablesOf('ko') };

const keysOf = (value: unknown, path: string): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, part]) => keysOf(part, `${path}.${key}`))
    : [path];

test('the tables of both languages have the same codes', () => {
  const common = [...tables.en.keys()].filter((name) => tables.ko.has(name));
  expect(common.length).toBeGreaterThan(20);
  for (const name of common)
    expect(keysOf(tables.ko.get(name), name).sort()).toEqual(keysOf(tables.en.get(name), name).sort());
});

test('the details of problems that different rooms find have codes of their own', () => {
  const codes = [...tables.en]
    .filter(([name]) => name.startsWith('details/'))
    .flatMap(([, table]) => Object.keys(table as object));
  expect(codes.length).toBeGreaterThan(100);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

describe.each(languages)('the tables of %s', (language) => {
  const sentences = [...tables[language].values()].flatMap(sentencesOf);

  test('use the words of docs/words.md for what they name', () => {
    const text = readAll(language).toLowerCase();
    const column = language === 'en' ? 0 : 1;
    const missing = rowsOf(used)
      .map((cells) => cells[column] as string)
      .filter((word) => !text.includes(word.toLowerCase()));
    expect(missing).toEqual([]);
  });

  test('use none of those that are not used', () => {
    const text = sentences.join('\n').toLowerCase();
    const words = rowsOf(avoided).flatMap(([cell = '']) => cell.split(', '));
    expect(words.filter((word) => new RegExp(`\\b${word}\\b`).test(text))).toEqual([]);
  });

  test('are in their own language', () => {
    const hangul = /[\uac00-\ud7a3]/;
    const plain = sentences.filter((text) => !/^function|=>/.test(text));
    const strange = plain.filter((text) =>
      language === 'en' ? hangul.test(text) : /[a-z]{2,} [a-z]{2,}/i.test(text) && !hangul.test(text),
    );
    expect(strange).toEqual([]);
  });
});

test.each([
  ['노드', 'topic', '노드는'],
  ['규칙', 'topic', '규칙은'],
  ['엔드포인트', 'subject', '엔드포인트가'],
  ['체인', 'object', '체인을'],
  ['10.96.0.1', 'to', '10.96.0.1로'],
  ['10.96.0.10', 'to', '10.96.0.10으로'],
  ['10.96.0.2', 'with', '10.96.0.2와'],
  ['포트 8080', 'topic', '포트 8080은'],
  ['web', 'topic', 'web은(는)'],
  ['“web”', 'subject', '“web”이(가)'],
  ['서울', 'to', '서울로'],
] as const)('%s with the particle of its %s: %s', (word, particle, said) => {
  expect(withParticle(word, particle)).toBe(said);
});

test.each([
  [{ LANG: 'ko_KR.UTF-8' }, 'ko'],
  [{ LANG: 'en_US.UTF-8' }, 'en'],
  [{ LANG: 'ko_KR.UTF-8', LC_ALL: 'C' }, 'en'],
  [{ LC_MESSAGES: 'ko', LANG: 'C' }, 'ko'],
  [{}, 'en'],
  [{ LANG: 'kok_IN' }, 'en'],
])('the language of %j is %s', (environment, language) => {
  expect(languageOf(environment)).toBe(language);
});

test('--lang ko: a comparison in Korean, in which only names are Latin', async () => {
  const folder = fileURLToPath(new URL('../../fixtures/diff/', import.meta.url));
  const { out } = await kubenat(['--lang', 'ko', 'diff', `${folder}before`, `${folder}policy-local`]);
  expect(out).toContain('노드포트 30080/tcp: 이제 출발지 IP가 보존됨');
  expect(out).toContain('서비스 포트 1개의 패킷 클래스 5개의 결과가 바뀜');
});

test('--lang ko: rules of nft are compared in Korean', async () => {
  const folder = fileURLToPath(new URL('../../fixtures/conformance/nftables/1.37.2/', import.meta.url));
  const sides = [`${folder}cluster-ip.nft`, `${folder}cluster-ip-one-endpoint.nft`];
  const { out, err } = await kubenat(['--lang', 'ko', 'diff', ...sides]);
  expect(err).toBe('');
  expect(out).toMatch(/^ipv4: 규칙이 다름\. 시험한 패킷 \d+개 중 \d+개의 결과가 바뀜/);
  expect(out).toMatch(/이전 {2}eth0으로 나감, 목적지 \S+, 출발지/);
  expect(out).toContain('가정: 노드의 주소는 192.0.2.10');
  const sentences = out.split('\n').filter((line) => !/^ {4}|^(?:tcp|udp|icmp) /.test(line));
  expect(sentences.join('\n')).not.toMatch(/[a-z]{3,} [a-z]{3,}/);
});

test('--lang ko of trace: outcomes and assumptions', async () => {
  const rules = fileURLToPath(new URL('../../fixtures/service-test/expected/node-1.save', import.meta.url));
  const packet = ['--first', '--packet', 'tcp 198.51.100.7:5 -> 10.100.0.3:32213'];
  const { out, err } = await kubenat(['--lang', 'ko', 'trace', '--rules', rules, ...packet]);
  expect(out).toContain('알 수 없음: 10.100.0.3이 노드의 주소인지 알 수 없음');
  expect(out).toContain('가정: 업링크는 eth0');
  expect(err).toBe('');
  const connection = ['--packet', 'tcp 198.51.100.7:5 -> 10.100.0.3:32213'];
  const { out: way } = await kubenat(['trace', '--rules', rules, ...connection], {}, { language: 'ko' });
  expect(way).toContain('SYN 패킷');
  const said = way.split('\n').filter((line) => !/[(]\d+행[)]|^ {4}(?:SYN|ACK|FIN|data)|^tcp /.test(line));
  expect(said.join('\n').replaceAll(/“[^”]*”|sysctls: [^;]*/g, '')).not.toMatch(
    /[a-z]{3,} [a-z]{3,} [a-z]{3,}/,
  );
});

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const service = [fixture('service-test'), fixture('service-test/svc.txt')];
const log = ['--rules', fixture('logs/node.save'), '--host', fixture('logs/host.yaml')];
const failing = `rules: ${fixture('service-test/expected/node-1.save')}
host: {addresses: [10.100.0.2/24], podCIDR: 10.0.1.0/24}
expectations:
  - packet: tcp 198.51.100.7:5 -> 10.100.0.2:32213
    source: preserved
`;

/** A name, arguments, what is said, and files. */
const told: readonly (readonly [string, readonly string[], string, Readonly<Record<string, string>>?])[] = [
  [
    'check of rules',
    ['check', fixture('check/lost-prerouting-jump.save')],
    '이 노드의 파드에서 default/np(10.43.143.108:80)에 접속할 수 없음: 이 패킷을 엔드포인트로 보내는 규칙이 없음',
  ],
  ['check of manifests', ['check', fixture('diff/scale-to-zero')], '엔드포인트가 없음'],
  [
    'a request',
    ['trace', '--url', 'https://testhost.com/', '--client', '198.51.100.7', ...service],
    '클라이언트의 주소 198.51.100.7을 알 수 있는 곳: X-Forwarded-For',
  ],
  ['a log', ['trace', '--log', fixture('logs/xtables-monitor.txt'), ...log], '연결의 첫 패킷인 경우: '],
  ['entries of conntrack', ['trace', '--log', fixture('logs/conntrack.txt'), ...log], '다음 응답'],
  ['a timeline', ['trace', '--timeline', 't.json'], '모든 항목이 삭제됨', { 't.json': timeline() }],
  ['an expectation that fails', ['test', 'f.yaml'], '실패 1개(파일 1개)', { 'f.yaml': failing }],
  [
    'all of a comparison',
    ['diff', '--verbose', fixture('diff/before'), fixture('diff/policy-local')],
    '의 spec.externalTrafficPolicy',
  ],
  [
    'all of a comparison for a review',
    ['diff', '--verbose', '--format', 'markdown', fixture('diff/before'), fixture('diff/scale-up')],
    '이전 규칙',
  ],
  [
    'a move to another mode',
    ['migrate', '--from', 'iptables@1.33', '--to', 'nftables@1.37', '--node', 'node-1', ...service],
    '할 일: ',
  ],
  [
    'a rollout',
    ['diff', '--rollout', fixture('diff/before'), fixture('diff/scale-to-zero')],
    '그대로 유지되지 않음',
  ],
  ['golden files', ['golden', fixture('diff/before')], '골든 파일 1개: 없음 1개.'],
  ['the matrix for a review', ['explain', '--format', 'markdown', ...service], '| 진입점 | 클라이언트 |'],
  [
    'what kube-proxy refuses, by a map of nft',
    ['check', fixture('conformance/nftables/1.37.2/node-port-no-endpoints.nft')],
    'default/web(10.96.0.10:80): 엔드포인트가 없어 패킷이 거부됨',
  ],
  [
    'what kube-proxy refuses, by a rule',
    ['check', fixture('conformance/named/cluster-ip-no-endpoints/iptables.save')],
    'default/web: 엔드포인트가 없어 패킷이 거부됨',
  ],
  [
    "kube-proxy's tables of nft",
    ['explain', fixture('conformance/nftables/1.37.2/node-port.nft')],
    '노드포트 30080: ',
  ],
];

test('--lang ko: the packets of a connection have Korean names where TCP has none for them', async () => {
  const folder = fixture('connections/reply-dropped');
  const rules = ['--rules', `${folder}/fixed.save`, '--host', `${folder}/host.yaml`];
  const packet = ['--connection', 'tcp 198.51.100.7:40000 -> 10.20.40.10:80 from external'];
  const { out } = await kubenat(['--lang', 'ko', 'trace', ...rules, ...packet]);
  expect(out).toContain('; ACK, 데이터, 응답 데이터, FIN, 응답 FIN도 같음; ');
  expect(out).not.toMatch(/\b(?:data|back|likewise)\b/);
});

const rows = told.map(([name, args, wanted, files]) => ({ name, args, wanted, files }));

test.each(rows)('--lang ko: $name is in Korean', async ({ args, wanted, files }) => {
  const { out } = await kubenat(['--lang', 'ko', ...args], files);
  expect(out).toContain(wanted);
  // Rules and what manifests hold stand as they are.
  const said = out
    .replaceAll(/^.*(?:--comment|service-test.yaml| -[jmpd] ).*$/gm, '')
    .replaceAll(/“[^”]*”|"[^"]*"/g, '');
  expect(said).not.toMatch(/[a-z]{3,} [a-z]{3,} [a-z]{3,}/);
});

function timeline(): string {
  const events = [
    { at: 0, objects: fixture('timeline/base.yaml') },
    { at: 1, packet: 'udp 10.244.1.77:1001 -> 10.96.0.53:53 from pod' },
    { at: 2, flush: true },
  ];
  return JSON.stringify({ events });
}
