import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Coverage } from '../expect/coverage.ts';
import type { TestedRules } from '../expect/results.ts';
import { refuseFile } from '../files/fault.ts';
import { printCoverageJson } from '../report/coverage-json.ts';
import { printCoverageLcov } from '../report/coverage-lcov.ts';
import { printCoverageText } from '../report/coverage-text.ts';
import type { CommandDetail } from '../report/words/command.ts';
import type { Language } from '../report/words/language.ts';
import { refuse } from '../session/refuse.ts';
import { want } from '../text/expected.ts';
import type { TextAnswer } from './answer.ts';
import type { Io } from './io.ts';

interface CoverageFile {
  readonly file: string;
  print(coverage: Coverage, nameOf: (rules: TestedRules) => string, language?: Language): string;
}

export const coverageFormats = {
  text: {
    file: 'coverage.txt',
    print: (coverage, _nameOf, language) => printCoverageText(coverage, language),
  },
  json: { file: 'coverage.json', print: printCoverageJson },
  lcov: { file: 'lcov.info', print: printCoverageLcov },
} as const satisfies Readonly<Record<string, CoverageFile>>;
export type CoverageFormat = keyof typeof coverageFormats;

/** Adds coverage to an answer, or writes it into a directory, with the dumps of rules that lie nowhere else. */
export function withCoverage(
  io: Io,
  answer: TextAnswer,
  coverage: Coverage,
  format: CoverageFormat,
  directory: string | undefined,
): TextAnswer {
  const { file, print }: CoverageFile = coverageFormats[format];
  if (directory !== undefined) {
    makeDirectory(directory);
    for (const { rules } of coverage.sets) {
      if (rules.compiled) io.write(join(directory, rules.name), rules.source.text);
    }
    io.write(
      join(directory, file),
      print(coverage, (rules) => placeIn(directory, rules), io.language),
    );
    return answer;
  }
  if (answer.format === 'json' && format === 'json') return answer;
  if (answer.format !== 'text') {
    refuse<CommandDetail>(
      { code: 'coverage-mixed', coverage: format, format: answer.format ?? 'text' },
      want.thing('coverage-dir'),
    );
  }
  if (format === 'text')
    return { ...answer, output: `${answer.output}\n${print(coverage, nowhere, io.language)}` };
  // Programs read the coverage then, and people the results.
  return { ...answer, output: print(coverage, nowhere), format: 'json', aside: answer.output };
}

function placeIn(directory: string, { compiled, name }: TestedRules): string {
  return compiled ? join(directory, name) : name;
}

function nowhere({ compiled, name }: TestedRules): string {
  if (!compiled) return name;
  return refuse<CommandDetail>({ code: 'lcov-of-compiled' }, want.thing('coverage-dir-written'));
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    refuseFile(error, directory, 'file-unwritable');
  }
}
