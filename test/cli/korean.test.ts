import { describe, expect, test } from 'vitest';
import { subcommands } from '../../src/cli/subcommands.ts';
import { findingCodes } from '../../src/lint/finding.ts';
import { findingTexts } from '../../src/report/words/explained/pages.ts';
import { problemMeanings } from '../../src/report/words/ko/problems.ts';
import { problemCodes } from '../../src/text/codes.ts';
import { kubenat } from './harness.ts';

const manifests = 'fixtures/service-test';
const rules = `${manifests}/expected/node-1.save`;
const change = ['fixtures/diff/before', 'fixtures/diff/policy-local'];
const packet = 'tcp 198.51.100.7:40000 -> 192.168.10.11:32213 from external';

/** Each command with inputs that it answers, and with some that are wrong. */
const calls: Readonly<Record<string, readonly (readonly string[])[]>> = {
  get: [['services', manifests], ['pods'], ['services', 'absent.yaml']],
  explain: [
    [manifests],
    [manifests, '--format', 'mermaid'],
    [manifests, '--service', 'absent'],
    ['absent.yaml'],
  ],
  trace: [
    ['--rules', rules, '--packet', packet],
    ['--rules', rules, '--packet', 'tcp 198.51.100.7'],
    ['--rules', rules],
  ],
  check: [
    [rules],
    [manifests],
    ['--explain', 'cut-off'],
    ['--explain'],
    ['--explain', 'cut-of'],
    ['absent.save'],
  ],
  graph: [
    [manifests, '--format', 'mermaid', '--node', 'node-1'],
    [manifests, '--service', 'absent'],
    [rules, '--chain', 'absent'],
  ],
  report: [[manifests, '--service', 'absent'], ['absent.yaml']],
  serve: [['--port', '70000', manifests], ['absent.yaml']],
  diff: [change, ['fixtures/diff/before'], ['fixtures/diff/before', 'absent']],
  migrate: [
    ['--from', 'iptables@1.33', '--to', 'nftables@1.37', '--node', 'node-1', manifests],
    ['--to', 'ipvs', manifests],
  ],
  test: [['absent.yaml'], ['fixtures/diff/before']],
  golden: [['fixtures/diff/before'], ['absent']],
  verify: [['absent.json', ...change], []],
  merge: [['absent.json'], [rules]],
  drift: [[rules, '--manifests', manifests, '--node', 'node-1'], [rules]],
  collect: [['--absent']],
  compile: [[manifests, '--node', 'node-1'], [manifests], ['absent.yaml']],
  fmt: [[rules], ['README.md'], ['absent.save']],
  translate: [
    [rules, '--summary'],
    ['fixtures/connections/reply-dropped/fixed.save', '-o', '/dev/null'],
    ['absent.save'],
  ],
  completion: [['tcsh']],
};

/** What is in English by its nature: names, rules, texts of inputs, and details that are told to be such. */
function sentencesOf(text: string): string[] {
  return text
    .split('\n')
    .filter(
      (line) =>
        !/^ {2}(?:상세|필요): |^\s*\d* \|| -[AjmpdsI] |^#|^ +[$] kubenat |kubenat-ignore|^\s*(?:table|chain) /.test(
          line,
        ),
    )
    .map((line) => line.replaceAll(/“[^”]*”|"[^"]*"|'[^']*'|`[^`]*`|\([^)]*\)/g, ''))
    .filter((line) => /[a-z]{2,} [a-z]{2,} [a-z]{2,}/.test(line));
}

test('every command is called', () => {
  expect(Object.keys(calls).sort()).toEqual(subcommands.map(({ name }) => name).sort());
});

const rows = Object.entries(calls).flatMap(([name, all]) => all.map((args) => [[name, ...args]] as const));

test.each(rows)('--lang ko %j says no sentence in English', async (args) => {
  const { out, err, status } = await kubenat(['--lang', 'ko', ...args]);
  expect(sentencesOf(`${out}\n${err}`)).toEqual([]);
  // Trouble is always told.
  if (status === 2) expect(err).toMatch(/[가-힣]/);
});

describe('what a code means', () => {
  const hangul = /[가-힣]/;

  test('is in Korean for every problem', () => {
    expect(Object.keys(problemMeanings).sort()).toEqual(Object.keys(problemCodes).sort());
    expect(Object.values(problemMeanings).filter((said) => !hangul.test(said))).toEqual([]);
  });

  test.each(findingCodes)('check --explain %s', (code) => {
    const { means, effect, remedy } = findingTexts.ko[code];
    for (const said of [means, effect, remedy]) expect(said).toMatch(hangul);
    expect(effect).toMatch(/\.$/);
    expect(remedy).toMatch(/\.$/);
    expect(means).not.toMatch(/\.$/);
  });
});

test.each([
  [
    ['--lang', 'ko', 'fmt', 'absent.save'],
    '파일이나 디렉터리를 읽을 수 없음\n  상세: absent.save: no such file or directory',
  ],
  [['--lang', 'ko', 'dif'], '오류: 알 수 없는 명령\n  상세: unknown command'],
  [['--lang=ko', 'fmt', '--chek', rules], '오류: 알 수 없는 플래그\n  상세: unknown option'],
])('%j: what is wrong, and its details', async (args, said) => {
  expect((await kubenat(args)).err).toContain(said);
});

test('help errors CODE speaks the language that is asked for, before the command or by the environment', async () => {
  const said = 'port-range: 포트는 1에서 65535 사이의 수여야 함\n';
  expect((await kubenat(['--lang', 'ko', 'help', 'errors', 'port-range'])).out).toBe(said);
  expect((await kubenat(['help', 'errors', 'port-range'], {}, { language: 'ko' })).out).toBe(said);
});
