import { told } from '../text/detail.ts';
import { type Expected, want } from '../text/expected.ts';
import type { FileDetail, FileFault } from '../text/file-detail.ts';
import { InputError, type Problem } from '../text/problem.ts';

const faults: Readonly<Record<string, Exclude<FileFault['code'], 'of-system'>>> = {
  ENOENT: 'not-there',
  EACCES: 'no-permission',
  EPERM: 'no-permission',
  EISDIR: 'is-folder',
  ENOTDIR: 'part-no-folder',
  ELOOP: 'links-in-circle',
  ENAMETOOLONG: 'name-too-long',
  ENOSPC: 'disk-full',
  EROFS: 'disk-read-only',
  ENXIO: 'is-socket',
};

/** What the system says of a file that it does not read or write. */
export function faultOf(error: unknown): FileFault {
  const { code, message } = error as NodeJS.ErrnoException;
  const known = faults[code ?? ''];
  return known === undefined ? { code: 'of-system', text: message } : { code: known };
}

/** The problems of an InputError as they are; of what the system throws, one of this file. */
export function problemsOf(
  error: unknown,
  path: string,
  code: 'file-missing' | 'file-unwritable',
  expected?: Expected,
): readonly Problem[] {
  if (error instanceof InputError) return error.problems;
  const fault = faultOf(error);
  const detail: FileDetail = { code: 'file-fault', path, fault };
  const right = expected ?? (fault.code === 'is-folder' ? want.thing('file') : undefined);
  return [{ code, severity: 'error', ...told<FileDetail>(detail), ...(right && { expected: right }) }];
}

/** Throws them. */
export function refuseFile(
  error: unknown,
  path: string,
  code: 'file-missing' | 'file-unwritable',
  expected?: Expected,
): never {
  throw new InputError(problemsOf(error, path, code, expected));
}
