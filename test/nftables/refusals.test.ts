import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadNft, readTaken } from '../../src/nftables/check/load.ts';
import { fixtures } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

// Texts, each with what nft 1.0.6 on Linux 6.18 said of it.

const recorded = readFileSync(join(fixtures, 'nftables/refusals.txt'), 'utf8');
const cases = recorded
  .split(/^### (.*)\n/m)
  .slice(0, -1)
  .reduce<{ text: string; said: string }[]>((all, part, at) => {
    if (at % 2 === 0) all.push({ text: part, said: '' });
    else (all.at(-1) as { said: string }).said = part;
    return all;
  }, []);

describe('what nft or the kernel refuses is refused', () => {
  test('there are many of both', () => {
    expect(cases.filter(({ said }) => said === 'taken').length).toBeGreaterThan(15);
    expect(cases.filter(({ said }) => said !== 'taken').length).toBeGreaterThan(70);
  });

  test.each(cases)('$said: $text', ({ text, said }) => {
    const errors = loadNft({ name: 'text', text }).problems.filter(({ severity }) => severity === 'error');
    expect(errors.length > 0).toBe(said !== 'taken');
    for (const { span } of errors) expect(span).toBeDefined();
  });
});

interface Places {
  readonly statements: Readonly<Record<string, { readonly taken: string; readonly refused: string }>>;
}
const places: Places = JSON.parse(readFileSync(join(fixtures, 'nftables/places.json'), 'utf8'));

describe('each statement is taken where nft and the kernel take it', () => {
  const isTaken = (statement: string, place: string): boolean => {
    const [family, hook] = place.split('/') as [string, string];
    const type = /nat|masquerade|redirect/.test(statement) ? 'nat' : 'filter';
    const device = hook === 'ingress' || hook === 'egress' ? ' device lo' : '';
    const text = `table ${family} t {\n\tchain c {\n\t\ttype ${type} hook ${hook}${device} priority 0;\n\t\t${statement}\n\t}\n}\n`;
    return loadNft({ name: 'text', text }).problems.every(({ severity }) => severity !== 'error');
  };

  test.each(Object.entries(places.statements))('%s', (statement, { taken, refused }) => {
    const all = `${taken} ${refused}`.split(' ').filter(Boolean);
    expect(all.filter((place) => isTaken(statement, place))).toEqual(taken.split(' ').filter(Boolean));
  });
});

// nft 1.0.6: "File exists", of the intervals "conflicting intervals specified".
test.each([
  'ip saddr vmap { 10.0.0.1 : accept, 10.0.0.1 : drop }',
  'ip saddr vmap { 10.0.0.0/24 : accept, 10.0.0.5 : drop }',
  'numgen random mod 2 vmap { 0 : accept, 0 : drop }',
  'meta mark set ip saddr map { 10.0.0.1 : 5, 10.0.0.1 : 6 }',
])('what is read and not loaded is refused, too: %s', (rule) => {
  // Behind others of the same form, of which all are taken.
  const text = `table ip t {\n\tchain c {\n\t\tip saddr vmap { 10.0.0.7 : accept, 10.0.0.8 : drop }\n\t\t${rule}\n\t}\n}\n`;
  expect(
    readTaken({ name: 'text', text }).problems.map(({ code, severity }) => `${severity} ${code}`),
  ).toEqual(['error nft-refused']);
});

test('a mistake within braces is told alone, and those behind it as well', () => {
  const text = `table ip t {
	set s {
		type ipv4_addr
		elements = { 10.0.0.1, 10.0.0.999,
			     10.0.0.3 }
	}
	chain c {
		ip saddr { 10.0.0.1, 10.0.0.999 } drop
		tcp dport { 80, 81 accept
		tcp dport {
			80, 81x
		} accept
		tcp dport vmap { 80 : acept, 81 : drop }
		ip daddr 10.0.0.5 accept
	}
}
add set ip t x { type ipv4_addr; flags intervall; }
add rule ip t c tcp dport { 80, 8x } accept
add rule ip t c drop
`;
  const lines = loadNft({ name: 'text', text }).problems.map(
    ({ span }) => text.slice(0, span?.start).split('\n').length,
  );
  expect(lines).toEqual([4, 8, 9, 11, 13, 17, 18]);
});

test('too deep a jump is told where it begins', () => {
  const chain = (at: number) => `\tchain c${at} {\n\t\tjump c${at + 1}\n\t}\n`;
  const table = (jumps: number) =>
    `table ip t {\n\tchain base {\n\t\ttype filter hook input priority 0;\n\t\tjump c0\n\t}\n${Array.from({ length: jumps - 1 }, (_, at) => chain(at)).join('')}\tchain c${jumps - 1} {\n\t}\n}\n`;
  const messages = (jumps: number) =>
    loadNft({ name: 'text', text: table(jumps) }).problems.map(({ message }) => message);
  expect(messages(15)).toEqual([]);
  expect(messages(16)).toEqual(['16 jumps follow each other from here']);
});

test('a refusal has its place and a caret', async () => {
  const rules = 'table ip t {\n\tchain c {\n\t\tdnat to 10.0.0.1:80\n\t}\n}\n';
  const { status, out, err } = await kubenat(['fmt', 'rules'], { rules });
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toContain(
    'rules:3:3: error[nft-refused]: ports are translated where no protocol is known that has them',
  );
  expect(err).toContain('^');
});

const packet = ['--packet', 'tcp 203.0.113.7:4000 -> 10.244.1.5:80'];
const asked: Readonly<Record<string, (name: string) => readonly string[]>> = {
  trace: (name) => ['trace', '--rules', name, ...packet],
  check: (name) => ['check', name],
  diff: (name) => ['diff', name, name],
  explain: (name) => ['explain', name],
};

const ofRules = cases.filter(({ said }) => said !== 'taken').slice(-9);

describe.each(Object.keys(asked))('%s of a ruleset that nft refuses', (command) => {
  const args = asked[command] as (name: string) => readonly string[];

  test.each(ofRules)('$text', async ({ text }) => {
    const files = { 'rules.nft': text };
    const fmt = await kubenat(['fmt', 'rules.nft'], files);
    const { status, out, err } = await kubenat(args('rules.nft'), files);
    expect({ status, out, err }).toEqual({ status: 2, out: '', err: fmt.err });
  });
});

test('a part of a ruleset may name what is not in it', async () => {
  const text = 'table ip t {\n\tchain c {\n\t\ttype filter hook forward priority 0;\n\t\tjump d\n\t}\n}\n';
  const { status, out } = await kubenat(asked.trace?.('rules.nft') ?? [], { 'rules.nft': text });
  expect(status).toBe(0);
  expect(out).toContain('unknown');
});
