import { constants, isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import type { ProblemCode } from '../text/codes.ts';
import { told } from '../text/detail.ts';
import { type Expected, want } from '../text/expected.ts';
import type { FileDetail, TooLarge } from '../text/file-detail.ts';
import { InputError } from '../text/problem.ts';
import type { Span } from '../text/source.ts';

/**
 * What may be read at once, in bytes: of two such inputs rules are held and compared in no more than the memory that Node
 * gives itself, and no text is longer than a string can be.
 */
export const mostBytes = Math.min(
  Math.floor(getHeapStatistics().heap_size_limit / 24),
  constants.MAX_STRING_LENGTH,
);

let limit = mostBytes;

/** How much may be read at once from now on, in bytes; undefined: as much as can be. */
export function limitInput(bytes: number | undefined): void {
  limit = Math.min(bytes ?? mostBytes, mostBytes);
}

const chunkSize = 1 << 20;
const standardInput = 0;
let standardInputIsRead = false;

/**
 * The text of a file, or of standard input for `-`, which must be UTF-8. Throws what `node:fs` throws, and an InputError
 * for what is too large, no text, or written to while it is read.
 */
export function readText(path: string): string {
  if (path === '-') return readStandardInput();
  const file = openSync(path, 'r');
  try {
    return textOf(path, readUnchanged(path, file));
  } finally {
    closeSync(file);
  }
}

/** There is nothing left of it the second time, which must not be taken for an empty file. */
function readStandardInput(): string {
  if (standardInputIsRead) refuse('file-missing', { code: 'stdin-twice' }, want.thing('one-dash'));
  standardInputIsRead = true;
  return textOf('<stdin>', readAll('<stdin>', standardInput));
}

/** The text that bytes stand for. Throws an InputError where they are not UTF-8. */
export function textOf(name: string, bytes: Buffer): string {
  checkSize({ code: 'text-too-large', path: name }, bytes.length);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isWide) return refuse('text-encoding', { code: 'utf16', path: name }, want.thing('utf8-by-powershell'));
  const source = { name, text: bytes.toString('utf8') };
  const start = firstFault(source.text, bytes);
  return refuse('text-encoding', { code: 'not-utf8' }, want.thing('utf8-text'), {
    source,
    start,
    end: start + 1,
  });
}

/** Says that a text is too long to be read. */
export function checkSize(what: TooLarge, size: number): void {
  if (size <= limit) return;
  const most = Math.floor(mostBytes / (1 << 20));
  refuse(
    'file-too-large',
    what,
    limit < mostBytes
      ? want.thing('limit-of-flag', String(limit))
      : want.thing('limit-of-memory', String(most)),
  );
}

/** A regular file that has another size or time after it was read was read in parts that may not belong together. */
function readUnchanged(path: string, file: number): Buffer {
  const before = fstatSync(file, { bigint: true });
  if (!before.isFile()) return readAll(path, file);
  checkSize({ code: 'text-too-large', path }, Number(before.size));
  const bytes = readAll(path, file, Number(before.size));
  const after = fstatSync(file, { bigint: true });
  if (after.size === before.size && after.mtimeNs === before.mtimeNs) return bytes;
  return refuse('file-changed', { code: 'changed-while-read', path }, want.thing('complete-file'));
}

function readAll(name: string, file: number, expected = 0): Buffer {
  // One more, so that the end is found without another one.
  let bytes = Buffer.allocUnsafe(Math.max(expected + 1, 1 << 16));
  let total = 0;
  for (;;) {
    if (total === bytes.length) bytes = Buffer.concat([bytes], 2 * total);
    const length = readSome(file, bytes.subarray(total, total + chunkSize));
    if (length === 0) return bytes.subarray(0, total);
    total += length;
    checkSize({ code: 'text-too-large', path: name }, total);
  }
}

/** Waits where a pipe has nothing yet: whoever made it may have made it so that it does not wait by itself. */
function readSome(file: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(file, chunk, 0, chunk.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** Where the first replacement sign stands that is none in the bytes. */
function firstFault(text: string, bytes: Buffer): number {
  let place = 0;
  let last = 0;
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) {
    place += Buffer.byteLength(text.slice(last, at));
    last = at;
    if (bytes[place] !== 0xef || bytes[place + 1] !== 0xbf || bytes[place + 2] !== 0xbd) return at;
  }
  return 0;
}

function refuse(code: ProblemCode, detail: FileDetail, expected: Expected, span?: Span): never {
  throw new InputError([
    { code, severity: 'error', ...told<FileDetail>(detail), expected, ...(span && { span }) },
  ]);
}
