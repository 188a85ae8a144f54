import { type Command, Option } from 'commander';
import { IptablesProgram } from '../engine/program.ts';
import { type Coverage, coverageOf, percentOf } from '../expect/coverage.ts';
import { expectationSchema } from '../expect/file/schema.ts';
import { hasPassed, type TestResult } from '../expect/results.ts';
import { readLiveCluster } from '../files/live-cluster.ts';
import { printTestJson } from '../report/test-json.ts';
import { printTestJunit } from '../report/test-junit.ts';
import { printTestTap } from '../report/test-tap.ts';
import { printTestText, sayPassed } from '../report/test-text.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { refuse } from '../session/refuse.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { nearest } from '../text/nearest.ts';
import { InputError, type Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Answer, TextAnswer } from './answer.ts';
import type { Io } from './io.ts';
import type { Subcommand } from './run.ts';
import { type CoverageFormat, coverageFormats, withCoverage } from './test-coverage.ts';
import { findTests } from './test-files.ts';
import { type LoadedTests, loadTests, runTest, type Test } from './test-run.ts';
import { watchTests } from './test-watch.ts';

const formats = {
  text: (results: readonly TestResult[], _coverage: Coverage | null, io: Io) => printTestText(results, io),
  tap: printTestTap,
  junit: printTestJunit,
  json: printTestJson,
};

export interface TestFlags {
  readonly format: keyof typeof formats;
  readonly filter?: string;
  readonly coverage?: CoverageFormat;
  readonly coverageDir?: string;
  readonly coverageThreshold?: string;
  readonly watch?: true;
  readonly schema?: true;
  readonly context?: string;
}

export const testCommand: Subcommand = {
  declare(command, io, answer) {
    declareTest(command).action((files: string[], flags: TestFlags) =>
      answer(() =>
        flags.watch
          ? watchTests(io, files, (own) => testAnswer(own, files, flags))
          : testAnswer(io, files, flags),
      ),
    );
  },
};

function declareTest(command: Command): Command {
  return command
    .argument(
      '[file...]',
      'expectation files, or directories of them (default: all *.kubenat.yaml below here)',
    )
    .addOption(new Option('--format <format>', 'for whom').choices(Object.keys(formats)).default('text'))
    .option(
      '--context <name>',
      "ask a cluster, by kubectl's context, instead of the manifests or rules that the files name",
    )
    .option('--filter <text>', 'only expectations with this in their names')
    .option('--watch', 'again, whenever a file that was read changes')
    .addOption(
      new Option('--coverage <format>', 'which rules no expectation meets').choices(
        Object.keys(coverageFormats),
      ),
    )
    .option('--coverage-dir <directory>', 'where coverage goes, with the rules that were compiled')
    .option('--coverage-threshold <percent>', 'fail where fewer of the rules are met')
    .option('--schema', 'print the JSON schema of expectation files');
}

function testAnswer(io: Io, paths: readonly string[], flags: TestFlags): Answer {
  if (flags.schema) {
    return { status: 0, output: `${JSON.stringify(expectationSchema(), null, 2)}\n`, format: 'json' };
  }
  const threshold = readThreshold(flags.coverageThreshold);
  const found = findTests(io, paths.length === 0 ? ['.'] : paths);
  const live = flags.context === undefined ? null : readLiveCluster(io, flags.context);
  const { tests, problems } = loadAll(io, found, live);
  const chosen = tests.filter(({ name }) => flags.filter === undefined || name.includes(flags.filter));
  if (chosen.length === 0) refuseNone(flags.filter ?? '', tests);
  const results = chosen.map(runTest);
  if (flags.coverage !== undefined || flags.coverageDir !== undefined || threshold !== null)
    refuseUncounted(results);
  const coverage = coverageOf(results);
  const isLow = threshold !== null && percentOf(coverage) < threshold;
  const said = problems.filter(({ severity }) => severity !== 'note');
  const answer: TextAnswer = {
    status: isLow || !results.every(hasPassed) ? 1 : 0,
    output: formats[flags.format](results, flags.coverage === 'json' ? coverage : null, io),
    summary: () => sayPassed(results, io.language),
    format: flags.format,
    problems: isLow ? [...said, lowCoverage(coverage, threshold)] : said,
  };
  const format = flags.coverage ?? (flags.coverageDir === undefined ? undefined : 'text');
  return format ? withCoverage(io, answer, coverage, format, flags.coverageDir) : answer;
}

/** What is wrong with one file does not keep what is wrong with the next from being told. */
function loadAll(io: Io, files: readonly string[], live: Source | null): LoadedTests {
  const loaded = files.map((file): LoadedTests & { readonly failed?: true } => {
    try {
      return loadTests(io, file, live);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { tests: [], problems: error.problems, failed: true };
    }
  });
  const problems = loaded.flatMap((one) => one.problems);
  if (loaded.some(({ failed }) => failed))
    throw new InputError(problems.filter(({ severity }) => severity !== 'note'));
  return { tests: loaded.flatMap((one) => one.tests), problems };
}

/** A run that asked nothing would pass whatever the rules are. */
function refuseNone(filter: string, tests: readonly Test[]): never {
  const close = nearest(
    filter,
    tests.map(({ name }) => name),
  );
  const why = told<CommandDetail>({ code: 'filter-fits-none', filter, count: tests.length });
  const expected = close ? want.written(close) : want.thing('part-of-name');
  throw new InputError([{ code: 'expectation-missing', severity: 'error', ...why, expected }]);
}

/** A share of some of the rules would be taken for one of all. */
function refuseUncounted(results: readonly TestResult[]): void {
  const other = results.find(({ rules }) => !(rules.program instanceof IptablesProgram));
  if (other)
    refuse<CommandDetail>({ code: 'coverage-of-nft', name: other.rules.name }, want.thing('iptables-alone'));
}

function lowCoverage(coverage: Coverage, threshold: number): Problem {
  const why = told<CommandDetail>({ code: 'coverage-below', share: percentOf(coverage), least: threshold });
  return { code: 'coverage-low', severity: 'error', ...why };
}

function readThreshold(text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = /^\d{1,3}(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= 100))
    refuse<CommandDetail>({ code: 'flag-as', text: `--coverage-threshold ${text}` }, want.range(0, 100));
  return number;
}
