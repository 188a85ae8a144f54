import { mkdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { Option } from 'commander';
import { refuseFile } from '../files/fault.ts';
import { printGoldenJson } from '../report/golden-json.ts';
import { printGoldenMarkdown } from '../report/golden-markdown.ts';
import { type GoldenEntry, printGoldenText, printGoldenUpdate } from '../report/golden-text.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { InputError, type Problem, printProblem } from '../text/problem.ts';
import type { Answer } from './answer.ts';
import { inputsOf, judgeCase, type ReadCase, readCase } from './golden-case.ts';
import { expectedName, findCases } from './golden-tree.ts';
import type { Io } from './io.ts';
import type { Subcommand } from './run.ts';

const formats = {
  text: (entries: readonly GoldenEntry[], io: Io) =>
    printGoldenText(entries, { color: io.color, language: io.language ?? 'en' }),
  markdown: (entries: readonly GoldenEntry[], io: Io) => printGoldenMarkdown(entries, io.language),
  json: printGoldenJson,
};

interface GoldenFlags {
  readonly update?: true;
  readonly format: keyof typeof formats;
}

export const goldenCommand: Subcommand = {
  declare(command, io, answer) {
    command
      .argument('<dir...>', 'trees of cases: a directory with manifests, and expected/NODE.FAMILY.save in it')
      .option('-u, --update', 'write what is missing or changed, remove what is stale, and say so')
      .addOption(
        new Option('--format <format>', 'for people, for a review, or for programs')
          .choices(Object.keys(formats))
          .default('text'),
      )
      .action((directories: string[], flags: GoldenFlags) =>
        answer(() => goldenAnswer(io, directories, flags)),
      );
  },
};

/** Everything is compiled before anything is written: an error in one case changes no file of another. */
function goldenAnswer(io: Io, directories: readonly string[], flags: GoldenFlags): Answer {
  const judged = attemptAll(casesOf(io, directories), (found) => judgeCase(io, found));
  const entries = judged.flatMap(({ path, files }) =>
    files.map((result): GoldenEntry => ({ path: join(path, expectedName, result.file), result })),
  );
  const problems = onlyWarnings(judged.flatMap((one) => one.problems));
  if (flags.update) {
    for (const entry of entries) update(io, entry);
    return { status: 0, output: printGoldenUpdate(entries, io.language), problems };
  }
  const unreadable = entries.flatMap(({ result }) => (result.status === 'unreadable' ? result.problems : []));
  if (unreadable.length > 0) throw new InputError([...problems, ...unreadable]);
  const status = entries.every(({ result }) => result.status === 'same') ? 0 : 1;
  return { status, output: formats[flags.format](entries, io), format: flags.format, problems };
}

/** All cases, but for directories that another case names as its manifests. */
function casesOf(io: Io, directories: readonly string[]): readonly ReadCase[] {
  const found = attemptAll(directories, (root) => findCases(io, root)).flat();
  const unique = [...new Map(found.map((one) => [one.path, one])).values()];
  const cases = attemptAll(unique, (directory) => readCase(io, directory));
  const inputs = new Set(
    cases.flatMap((one) =>
      (one.settings.manifests ? inputsOf(one) : []).map((path) => normalize(`${path}/`)),
    ),
  );
  const own = cases.filter(
    ({ directory }) => directory.hasSettings || !inputs.has(normalize(`${directory.path}/`)),
  );
  if (own.length > 0) return own;
  const why = told<CommandDetail>({ code: 'no-golden-case', paths: directories });
  const expected = want.thing('golden-directory');
  throw new InputError([{ code: 'golden-missing', severity: 'error', ...why, expected }]);
}

/** Does the work for each, and throws what went wrong with any of them together. */
function attemptAll<From, To>(items: readonly From[], work: (item: From) => To): To[] {
  const problems: Problem[] = [];
  const results = items.flatMap((item) => {
    try {
      return [work(item)];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new InputError(problems);
  return results;
}

/** What was filled in is in the golden files, for everybody to read; the same is said once. */
function onlyWarnings(problems: readonly Problem[]): Problem[] {
  const warnings = problems.filter(({ severity }) => severity !== 'note');
  return [...new Map(warnings.map((problem) => [printProblem(problem), problem])).values()];
}

function update(io: Io, { path, result }: GoldenEntry): void {
  try {
    if (result.status === 'stale') io.remove(path);
    else if (result.status !== 'same') {
      mkdirSync(dirname(path), { recursive: true });
      io.write(path, result.rules.text);
    }
  } catch (error) {
    refuseFile(error, path, 'file-unwritable');
  }
}
