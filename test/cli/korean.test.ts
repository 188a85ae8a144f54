import { describe, expect, test } from 'vitest';
import { examples } from '../../src/cli/examples.ts';
import { processIo } from '../../src/cli/io.ts';
import { describeProgram } from '../../src/cli/run.ts';
import { subcommands } from '../../src/cli/subcommands.ts';
import { findingCodes } from '../../src/lint/finding.ts';
import { findingTexts } from '../../src/report/words/explained/pages.ts';
import { type CommandName, commandNames } from '../../src/report/words/help.ts';
import { commandHelp, commonFlags } from '../../src/report/words/ko/help.ts';
import { problemMeanings } from '../../src/report/words/ko/problems.ts';
import { problemCodes } from '../../src/text/codes.ts';
import { kubenat } from './harness.ts';

const manifests = 'fixtures/service-test';
const rules = `${manifests}/expected/node-1.save`;
const change = ['fixtures/diff/before', 'fixtures/diff/policy-local'];
const packet = 'tcp 198.51.100.7:40000 -> 192.168.10.11:32213 from external';

/** All of it is loaded here, so that no test waits for it. */
const program = await describeProgram(processIo, subcommands);

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
        !/^ {2}(?:상세|올바른 값): |^\s*\d* \|| -[AjmpdsI] |^#|^ +[$] kubenat |kubenat-ignore|^\s*(?:table|chain) /.test(
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
    '오류[file-missing]: absent.save: 그런 파일이나 디렉터리가 없음\n',
  ],
  [['--lang', 'ko', 'dif'], "오류: 알 수 없는 명령 'dif'\n(혹시 diff?)\n"],
  [['--lang=ko', 'fmt', '--chek', rules], "오류: 알 수 없는 플래그 '--chek'\n(혹시 --check?)\n"],
  [['--lang=ko', 'help', 'dif'], "오류: 알 수 없는 명령 'dif'\n(혹시 diff?)\n"],
  [['--lang=ko', 'fmt', '--backend'], "오류: 플래그 '--backend <backend>'의 값이 없음\n"],
  [['--lang=ko', 'drift'], '오류: 필수 인자가 없음: dump\n'],
  [['--lang=ko', 'completion', 'bash', 'zsh'], '최대 1개이나 2개가 주어짐'],
  [['--lang=ko', 'fmt', '--max-input', 'lots', rules], '바이트 수를 숫자로 쓰거나 K, M, G를 붙임'],
  [['--lang=ko', 'get', 'pods'], "인자 'resource'에 'pods' 값을 쓸 수 없음. 쓸 수 있는 값: services"],
])('%j: what is wrong, and its details', async (args, said) => {
  expect((await kubenat(args)).err).toContain(said);
});

describe('the help', () => {
  test('in Korean tells of each command, argument, flag and example, and of nothing else', () => {
    expect(Object.keys(commandHelp)).toEqual(program.commands.map((command) => command.name()));
    const translated = commandNames.map((name) => {
      const { arguments: own, flags, examples: whats } = commandHelp[name];
      return [name, Object.keys(own), Object.keys(flags).sort(), whats.length];
    });
    const inEnglish = program.commands.map((command) => [
      command.name(),
      command.registeredArguments.map((argument) => argument.name()),
      command.options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? []))).sort(),
      examples[command.name() as CommandName].length,
    ]);
    expect(translated).toEqual(inEnglish);
    const said = Object.values(commandHelp).flatMap((one) => [
      one.summary,
      ...Object.values(one.arguments),
      ...Object.values(one.flags),
      ...one.examples,
    ]);
    expect(said.filter((text) => !/[가-힣]/.test(text))).toEqual([]);
    const common = [...program.options.flatMap(({ long }) => long ?? []), '--help'].sort();
    expect(Object.keys(commonFlags).sort()).toEqual(common);
  });

  test.each(['', ...commandNames])('of %j is in Korean, and fits a screen', async (name) => {
    const { out } = await kubenat(['--lang', 'ko', 'help', ...(name === '' ? [] : [name])]);
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    const told = lines.map((line) => line.replace(/kubenat [ -~]*$/, '')).join('\n');
    expect(sentencesOf(told.replaceAll(/nft [ -~]*/g, 'nft'))).toEqual([]);
    expect(told).toMatch(/^사용법: [\s\S]*[가-힣]/);
  });

  test('speaks the language of the environment', async () => {
    expect((await kubenat(['trace', '--help'], {}, { language: 'ko' })).out).toBe(
      (await kubenat(['--lang=ko', 'help', 'trace'])).out,
    );
  });
});

test('help errors CODE speaks the language that is asked for, before the command or by the environment', async () => {
  const said = 'port-range: 포트가 허용 범위를 벗어남\n';
  expect((await kubenat(['--lang', 'ko', 'help', 'errors', 'port-range'])).out).toBe(said);
  expect((await kubenat(['help', 'errors', 'port-range'], {}, { language: 'ko' })).out).toBe(said);
});
