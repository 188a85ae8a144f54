// Stryker's mutants of a folder: all of them in one text, each behind a switch, and which of them a seed draws.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';

const silent = { debug() {}, info() {}, warn: console.warn, isDebugEnabled: () => false };

/** The instrumented text of each file, by its path, and the mutants: id, key, file, place, what was and what is instead. */
export async function instrument(root, folder) {
  const names = readdirSync(join(root, 'src', folder), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.gen.ts'))
    .toSorted();
  const files = names.map((name) => {
    const path = join(root, 'src', folder, name);
    return { name: path, mutate: true, content: readFileSync(path, 'utf8') };
  });
  const options = { excludedMutations: [], ignorers: [], plugins: null, noHeader: false };
  const result = await new Instrumenter(silent).instrument(files, options);
  const lines = new Map(files.map(({ name, content }) => [name, content.split('\n')]));
  const seen = new Map();
  const mutants = result.mutants.map(({ id, fileName, location, mutatorName, replacement }) => {
    const file = relative(root, fileName);
    const original = textAt(lines.get(fileName), location);
    // A key that holds no line: what is written elsewhere in a file changes nobody's lot.
    const name = [file, mutatorName, original, replacement].join('\0');
    const nth = seen.get(name) ?? 0;
    seen.set(name, nth + 1);
    const { line, column } = location.start;
    return {
      id,
      key: hash(`${name}\0${nth}`),
      file,
      line: line + 1,
      column: column + 1,
      mutatorName,
      original,
      replacement,
    };
  });
  return { texts: new Map(result.files.map(({ name, content }) => [name, content])), mutants };
}

function textAt(lines, { start, end }) {
  const part = lines.slice(start.line, end.line + 1);
  part[part.length - 1] = part.at(-1).slice(0, end.column);
  part[0] = part[0].slice(start.column);
  return part.join('\n');
}

const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The first `count` mutants in the order that the seed gives them: fewer are the beginning of more. */
export function draw(mutants, seed, count) {
  const lots = mutants.map((mutant) => ({ mutant, lot: hash(`${seed} ${mutant.key}`) }));
  return lots
    .toSorted((left, right) => (left.lot < right.lot ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant);
}
