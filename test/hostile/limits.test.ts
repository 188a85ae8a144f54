import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';

const hooks = ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING']
  .map((hook) => `:${hook} ACCEPT [0:0]\n`)
  .join('');
const nat = (chains: number, rules: readonly string[]) =>
  [
    '*nat\n',
    hooks,
    ...Array.from({ length: chains + 1 }, (_, at) => `:c${at} - [0:0]\n`),
    '-A PREROUTING -j c0\n',
    ...rules.map((rule) => `-A ${rule}\n`),
    'COMMIT\n',
  ].join('');

/** Each chain calls the next one so many times, and the last translates. */
const calls = (
  chains: number,
  times: number,
  endpoint: string,
  conditions = (_from: number, _call: number) => '',
) =>
  nat(chains, [
    ...Array.from({ length: chains * times }, (_, at) => {
      const from = Math.floor(at / times);
      return `c${from} ${conditions(from, at % times)} -j c${from + 1}`;
    }),
    `c${chains} -p tcp -m tcp --dport 80 -j DNAT --to-destination ${endpoint}`,
  ]);

const byChance = () => '-m statistic --mode random --probability 0.50000000000';
const byPort = (from: number, call: number) => `-p tcp -m tcp --sport ${from}${call}:6${from}${call}`;
const marks = (first: string) =>
  [
    '*mangle\n',
    hooks,
    ...Array.from(
      { length: 32 },
      (_, bit) =>
        `-A PREROUTING ${byChance()} -j MARK --set-xmark ${bit === 0 ? first : `0x${(2 ** bit).toString(16)}`}/0x${(2 ** bit).toString(16)}\n`,
    ),
    'COMMIT\n',
  ].join('');

const [one, other] = ['10.1.0.1:80', '10.1.0.2:80'];
/** Rule sets with more ways than anybody can follow, and what becomes of each after a change. */
const sets: Readonly<Record<string, readonly [string, string]>> = {
  'chains that double': [calls(60, 2, one), calls(60, 2, other)],
  'chains that double by chance': [calls(60, 2, one, byChance), calls(60, 2, other, byChance)],
  'chains that double by port': [calls(60, 2, one, byPort), calls(60, 2, other, byPort)],
  'chains that multiply by ten': [calls(12, 10, one), calls(12, 10, other)],
  'chains far below each other': [calls(5_000, 1, one), calls(5_000, 1, other)],
  'every mark there is': [marks('0x1'), marks('0x0')],
};
/** Those that take longest are tried in CI only. */
const tried = Object.entries(sets).filter(([name]) =>
  process.env.KUBENAT_KERNEL === 'required' ? true : /double$|ten$/.test(name),
);

const packet = 'tcp 198.51.100.7:4000 -> 10.0.0.5:81 from external';
/** Some take a minute of work, and share the machine with other tests: they must end, at whatever pace. */
const long = 600_000;

const expectations = `rules: before
expectations:
- name: nobody reaches it
  packets: {from: external, proto: tcp, dport: 81}
  never: ${one}
`;

describe.each(tried)('%s', (name, [before, after]) => {
  const files = { before, after };
  const folder = mkdtempSync(join(tmpdir(), 'kubenat-limits-'));
  writeFileSync(join(folder, 'before'), before);
  writeFileSync(join(folder, 'web.kubenat.yaml'), expectations);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('trace answers, and says what it did not follow', { timeout: long }, async () => {
    const { status, out } = await kubenat(['trace', '--rules', 'before', '--packet', packet], files);
    expect(status).toBe(0);
    if (/double$|ten$/.test(name)) expect(out).toContain('it meets more than 1000000 rules');
    if (/chance|mark/.test(name)) expect(out).toContain('there are more than 50000 ways through these rules');
    expect(out.length).toBeLessThan(1 << 20);
  });

  test('diff does not say that all is the same', { timeout: long }, async () => {
    const { status, out } = await kubenat(['diff', 'before', 'after'], files);
    expect(status).toBe(1);
    expect(out).toMatch(/Could not be proved|10\.1\.0\.2/);
  });

  test('check ends', { timeout: long }, async () => {
    const { status, err } = await kubenat(['check', 'before'], files);
    // The same jump twice in a chain is a finding.
    expect([status, err]).toEqual([/double$|ten$/.test(name) ? 1 : 0, '']);
  });

  test('graph draws what it can', { timeout: long }, async () => {
    const { status, err } = await kubenat(['graph', '--format', 'dot', '--rules', 'before'], files);
    expect(`${status} ${err}`).toMatch(/^[02] /);
    expect(err).not.toContain('fault of kubenat');
  });

  test('test does not pass what it cannot prove', { timeout: long }, async () => {
    const { status, out, err } = await kubenat(['test', join(folder, 'web.kubenat.yaml')]);
    expect(status, err).toBe(1);
    expect(out).toContain('could not be proved');
  });
});
