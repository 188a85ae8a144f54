import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonSchema } from '../src/expect/file/schema.ts';
import { printFindingReference } from '../src/report/check/explain.ts';
import { effectKindWords } from '../src/report/words/en/effect-kinds.ts';
import { settingsShape } from '../src/session/check/settings.ts';
import { problemCodes } from '../src/text/codes.ts';

const docs = join(import.meta.dirname, '../docs');

test('the page of problem codes is that of the list', async () => {
  const rows = Object.entries(problemCodes)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  const page = [
    '# Problem codes',
    '',
    'Every problem that kubenat reports carries one of these codes: `file:line:column: error[CODE]: …`. An error means that',
    'there is no answer (exit status 2); warnings and notes stand beside one.',
    '',
    '| code | meaning |',
    '|---|---|',
    ...rows,
    '',
  ];
  await expect(page.join('\n')).toMatchFileSnapshot(join(docs, 'problem-codes.md'));
});

test('what --ignore and --fail-on name is explained, each word', () => {
  const page = readFileSync(join(docs, 'how-to/review-a-change.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, word, meaning]) => [
    word,
    meaning,
  ]);
  expect(rows.slice(0, -1)).toEqual(Object.entries(effectKindWords));
  expect(rows.at(-1)?.[0]).toBe('text');
});

test('the page of sysctls has all that are asked for', () => {
  const src = (name: string) => readFileSync(join(docs, '../src', name), 'utf8');
  const found = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, name]) => name as string);
  const page = readFileSync(join(docs, 'reference/sysctls.md'), 'utf8');
  const told = found(page, /`(?:net\.|…)([^`]+)`/g).map((name) => name.replace(/^…?\.?/, ''));
  const asked = [
    ...found(
      src('engine/timeouts.ts'),
      /'((?:tcp|sctp|udp|icmp|icmpv6|gre|generic)_(?:timeout|max)[a-z0-9_]*)'/g,
    ),
    ...[
      'engine/routing.ts',
      'engine/tracking.ts',
      'engine/bridge.ts',
      'host/route.ts',
      'host/source.ts',
      'lint/settings.ts',
    ].flatMap((file) => [
      ...found(src(file), /(?:isSet|sysctlValues)\(host, '([a-z_]+)'/g),
      ...found(src(file), /'net\.[a-z0-9]+\.([a-z_0-9.-]+)'/g),
      ...found(src(file), /\}\.([a-z_]+)`/g),
    ]),
  ];
  expect(asked.length).toBeGreaterThan(30);
  const isTold = (name: string) =>
    told.some((one) =>
      one.endsWith('*')
        ? name.includes(one.slice(0, -1).replace(/^.*nf_conntrack_|^_/, ''))
        : one.endsWith(name),
    );
  expect(asked.filter((name) => !isTold(name))).toEqual([]);
  // The page's own words are no match for what it does not tell.
  expect(isTold('tcp_no_window_check')).toBe(false);
});

test('the page of findings is that of the catalogue', async () => {
  await expect(printFindingReference()).toMatchFileSnapshot(join(docs, 'reference/findings.md'));
});

test('the schema of settings is that of their reader', async () => {
  const schema = JSON.stringify(jsonSchema('Settings of kubenat', settingsShape), null, 2);
  await expect(`${schema}\n`).toMatchFileSnapshot(join(docs, 'settings.schema.json'));
});
