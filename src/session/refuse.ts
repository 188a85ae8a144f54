import { type Detail, told } from '../text/detail.ts';
import type { Expected } from '../text/expected.ts';
import { InputError } from '../text/problem.ts';

/** Throws an InputError for a request that makes no sense, wherever it was made: of the union that is named, as `told`. */
export function refuse<D extends Detail = never>(detail: NoInfer<D>, expected: Expected): never {
  throw new InputError([{ code: 'flag-value', severity: 'error', ...told<D>(detail), expected }]);
}
