import type { CommandDetail } from '../report/words/command.ts';
import { told } from '../text/detail.ts';
import type { Expected } from '../text/expected.ts';
import { InputError } from '../text/problem.ts';

/** Throws an InputError for a command line that makes no sense. */
export function refuse(detail: CommandDetail, expected: Expected): never {
  throw new InputError([{ code: 'flag-value', severity: 'error', ...told<CommandDetail>(detail), expected }]);
}
