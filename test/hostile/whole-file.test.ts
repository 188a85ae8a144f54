import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeWhole } from '../../src/files/whole-file.ts';
import { InputError } from '../../src/text/problem.ts';

let folder = '';
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubenat-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a file is written whole', () => {
  test('where there is none, with the permissions that files get', () => {
    writeFileSync(at('other'), '');
    writeWhole(at('new'), 'text');
    expect(readFileSync(at('new'), 'utf8')).toBe('text');
    expect(statSync(at('new')).mode).toBe(statSync(at('other')).mode);
    expect(readdirSync(folder)).toEqual(['new', 'other']);
  });

  test.each([0o600, 0o640, 0o755])('in place of another, whose permissions stay: %o', (mode) => {
    writeFileSync(at('old'), 'old');
    chmodSync(at('old'), mode);
    writeWhole(at('old'), 'new');
    expect(readFileSync(at('old'), 'utf8')).toBe('new');
    expect(statSync(at('old')).mode & 0o777).toBe(mode);
  });

  test.each([
    ['to a file', true],
    ['to nothing yet', false],
  ])('through links, which stay: %s', (_, there) => {
    if (there) writeFileSync(at('file'), 'old');
    symlinkSync('file', at('near'));
    symlinkSync(at('near'), at('far'));
    writeWhole(at('far'), 'new');
    expect(readFileSync(at('file'), 'utf8')).toBe('new');
    expect([readlinkSync(at('far')), readlinkSync(at('near'))]).toEqual([at('near'), 'file']);
  });

  test('to what is no regular file as it is', () => {
    writeWhole('/dev/null', 'text');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test.each([
    ['no/such/folder', 'no such file or directory'],
    ['.', 'is a directory'],
    ['circle', 'links lead in a circle'],
  ])('or not at all, and it is said why: %s', (name, reason) => {
    symlinkSync('circle', at('circle'));
    expect(() => writeWhole(at(name), 'text')).toThrow(InputError);
    expect(() => writeWhole(at(name), 'text')).toThrow(reason);
    expect(readdirSync(folder)).toEqual(['circle']);
  });
});
