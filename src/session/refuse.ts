import type { Expected } from '../text/expected.ts';
import { InputError } from '../text/problem.ts';

/** Throws an InputError for a request that makes no sense, wherever it was made. */
export function refuse(message: string, expected: Expected): never {
  throw new InputError([{ code: 'flag-value', severity: 'error', message, expected }]);
}
