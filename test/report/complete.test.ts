import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { languages } from '../../src/report/words/language.ts';

const root = resolve(import.meta.dirname, '../../src');
const filesIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name}`);

/** Rooms whose results are data. What is wrong with an input is a problem, which is told where it is found. */
const rooms = ['address', 'sets', 'engine', 'logs', 'proof', 'diff', 'lint', 'path', 'expect', 'graph'];

/** Where texts are of problems, or are those of kube-proxy and of rules: no result of ours. */
const noResults: readonly RegExp[] = [
  /^engine\/notation\.ts$/,
  /^expect\/(?:file|golden)\//,
  /^path\/ingress\/findings\.ts$/,
  /^lint\/(?:check|modes|nft-services)\.ts$/,
  /^lint\/(?:manifests\/shared|reach\/(?:alike\/iptables|iptables))\.ts$/,
  // The names of what nft sets.
  /^engine\/lower\/nftables\/assign\.ts$/,
];

/** Where parts of sentences still stand that are told. Each that has none is struck from the list; none is added. */
const stillToMove: readonly string[] = [
  'engine/lower/iptables/matches.ts',
  'engine/lower/nftables/operand.ts',
  'engine/lower/nftables/reject.ts',
  'proof/alike/rules.ts',
  'proof/explore/fate.ts',
  'proof/open/questions.ts',
];

/** Three words in a row. */
const words = /(?<![-\w])[A-Za-z]{2,},? [a-z]{2,},? [a-z]{2,}(?![-\w])/;

/** What problems and errors say, whatever a function calls it. */
const ofProblems = /^(?:message|expected|form|says?|text|title)$/;
const problemMakers = /error|problem|refuse|report|fail|warn|note|complain|throw|describe|expect/i;

/** Every text in a module that reads as a sentence, but for those of problems. */
function sentencesOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ofProblems.test(node.name.getText())) return;
    if (ts.isVariableDeclaration(node) && ofProblems.test(node.name.getText())) return;
    if (
      (ts.isCallExpression(node) || ts.isNewExpression(node)) &&
      problemMakers.test(node.expression.getText())
    )
      return;
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
    if (isText && words.test(node.getText().replaceAll(/\$\{[^}]*\}/g, 'x'))) found.push(node.getText());
    else ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

test.each(rooms)('%s builds no sentence: results are codes and parts', (room) => {
  const found = filesIn(room)
    .filter((file) => !stillToMove.includes(file) && !noResults.some((one) => one.test(file)))
    .flatMap((file) => sentencesOf(file).map((text) => `${file}: ${text}`));
  expect(found).toEqual([]);
});

test('what is still to move is there, and has a sentence', () => {
  expect(stillToMove.filter((file) => sentencesOf(file).length === 0)).toEqual([]);
});

describe('tables', () => {
  const tablesOf = (language: string) =>
    filesIn(`report/words/${language}`).map((file) => file.split('/').at(-1) as string);

  test('stand in every language', () => {
    const [first, ...others] = languages.map((language) => tablesOf(language).sort());
    for (const other of others) {
      const alone = [
        ...(first ?? []).filter((name) => !other.includes(name)),
        ...other.filter((name) => !first?.includes(name)),
      ];
      // Particles are Korean's, plurals English's. What problems and findings say in English stands elsewhere: in
      // text/codes.ts, where they are found, and in words/explained, which holds the examples, too. Owners of chains are
      // called in English what data call them.
      const expected = ['count.ts', 'explained.ts', 'filled.ts', 'owners.ts', 'particles.ts', 'problems.ts'];
      expect(alone.sort()).toEqual(expected);
    }
  });

  test('Korean is not made from English', () => {
    const korean = filesIn('report/words/ko').map((file) => readFileSync(join(root, file), 'utf8'));
    expect(korean.filter((text) => /from '\.\.\/en\//.test(text))).toEqual([]);
  });
});
