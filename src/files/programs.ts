import { spawnSync } from 'node:child_process';
import { told } from '../text/detail.ts';
import type { FileDetail, ProgramFault } from '../text/file-detail.ts';
import { InputError } from '../text/problem.ts';
import { faultOf } from './fault.ts';
import { mostBytes, textOf } from './read-text.ts';

/**
 * What a program prints, which is run with a list of arguments and never through a shell; null where it is not on PATH.
 * Throws an InputError with what it said where it fails.
 */
export function runProgram(program: string, args: readonly string[]): string | null {
  const command = [program, ...args].join(' ');
  // One byte more than is read, so that what is too large is seen to be.
  const { error, status, stdout, stderr } = spawnSync(program, args, {
    maxBuffer: mostBytes + 1,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOENT') return null;
  if (code === 'ENOBUFS') return textOf(command, Buffer.alloc(mostBytes + 1));
  if (error) return failed(command, { code: 'not-started', fault: faultOf(error) });
  if (status !== 0) {
    const said = folded(lastWords(stderr.toString()));
    return failed(command, said === '' ? { code: 'status', status } : { code: 'said', text: said });
  }
  return textOf(command, stdout);
}

/** A sentence of more than so many characters is one in another in another, with the same paths each time. */
const longest = 200;

/** What was done, and what it came to in the end. */
function folded(text: string): string {
  if (text.length <= longest) return text;
  const parts = text.replace(/^error: /i, '').split(': ');
  const [first = '', ...rest] = parts;
  return [first, '…', ...rest.slice(-2)].join(': ').replace(': …: ', ': … ');
}

/** Programs say last what it came to; those of Kubernetes put the time and a line of their own source before it. */
function lastWords(text: string): string {
  const lines = text.trim().split('\n').slice(-3);
  return lines.map((line) => line.replace(/^[EFIW]\d{4} [\d:.]+ +\d+ \S+\] /, '')).join('; ');
}

function failed(command: string, fault: ProgramFault): never {
  const why = told<FileDetail>({ code: 'program-fails', command, fault });
  throw new InputError([{ code: 'program-failed', severity: 'error', ...why }]);
}
