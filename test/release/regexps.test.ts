import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from 'recheck';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { isRequired } from '../kernel/iptables.ts';

// recheck tells, by automata, how the time of a regular expression grows with its input. It takes half a minute for all.

const root = join(import.meta.dirname, '../..');
const files = readdirSync(join(root, 'src'), { recursive: true })
  .map((name) => `src/${name}`)
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.gen.ts'))
  .sort();

/** Expressions that are put together when the program runs, and why none of them takes longer than its input. */
const puttingTogether: Readonly<Record<string, string>> = {
  'src/cli/answer.ts': 'the one escape sign of a terminal, and a choice of digits',
  'src/expect/file/check.ts': 'the patterns of the schema of expectations, which are tried below',
  'src/grammar/services-lexer.ts': 'a token at one place: digits and what must follow them',
  'src/host/ip-text.ts': 'a word out of a list, and a prefix at the beginning of a line',
  'src/iptables/pasted/listing.ts':
    'columns of one line, each of letters that the blanks between them are not',
  'src/iptables/rule/extensions/other-targets.ts': 'numbers between colons',
  'src/iptables/rule/extensions/payload.ts': 'numbers between signs that no number has',
};

interface Written {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

function isRegExp(node: ts.Node): boolean {
  return (
    (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'RegExp'
  );
}

function collect(file: string): { readonly written: readonly Written[]; readonly together: number } {
  const text = readFileSync(join(root, file), 'utf8');
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const written: Written[] = [];
  let together = 0;
  const visit = (node: ts.Node): void => {
    if (isRegExp(node)) together += 1;
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
      const source = node.text.slice(1, end);
      // moo tries its tokens at one place only.
      const tried = file.endsWith('-lexer.ts') ? `^(?:${source})` : source;
      written.push({ place: `${file}:${line + 1}`, source: tried, flags: node.text.slice(end + 1) });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { written, together };
}

function patternsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'pattern' && typeof inner === 'string' ? [inner] : patternsIn(inner),
  );
}

test('every expression that is put together is known', () => {
  const found = files.filter((file) => collect(file).together > 0);
  expect(found).toEqual(Object.keys(puttingTogether));
});

describe.skipIf(!isRequired)('regular expressions take time in proportion to what they read', () => {
  test('in the sources, and in the schema of expectations', async () => {
    const schema = 'docs/expectations.schema.json';
    const ofSchema = patternsIn(JSON.parse(readFileSync(join(root, schema), 'utf8')));
    const all = [
      ...files.flatMap((file) => collect(file).written),
      ...ofSchema.map((source) => ({ place: schema, source, flags: 'u' })),
    ];
    const once = [...new Map(all.map((one) => [`${one.source} ${one.flags}`, one])).values()];
    expect(once.length).toBeGreaterThan(200);
    const wrong: string[] = [];
    for (const { place, source, flags } of once) {
      // Its own limit of ten seconds says 'unknown' on a machine that has much to do.
      const { status } = await check(source, flags, { timeout: 120_000 });
      if (status !== 'safe') wrong.push(`${place} ${source}: ${status}`);
    }
    expect(wrong).toEqual([]);
  }, 300_000);

  test('and one that does not is found', async () => {
    expect((await check('^(a+)+$', '')).status).toBe('vulnerable');
    expect((await check(' +$', '')).status).toBe('vulnerable');
  });
});
