import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadNft, readTaken } from '../../src/nftables/check/load.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import { fixtures } from '../cases.ts';

// Rules that are like others are made when somebody asks for them: they say what they say when all are read at once, and what is wrong
// with them is told all the same.

const recorded = (release: string) =>
  readFileSync(join(fixtures, 'conformance/nftables', release, 'r005.nft'), 'utf8');

const problemsOf = ({ problems }: ReturnType<typeof loadNft>) =>
  problems.map(({ code, message, span }) => ({ code, message, start: span?.start, end: span?.end }));

const chain = (name: string, ...rules: readonly string[]) =>
  `\tchain ${name} {\n${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}\n`;
const table = (...chains: readonly string[]) => `table ip t {\n${chains.join('\n')}}\n`;
const hook = (type: string, name: string, priority: string) =>
  `type ${type} hook ${name} priority ${priority}; policy accept;`;

/** One that is read as it stands, so that those behind it are like it. */
const model = chain('model', 'ip saddr 10.0.0.9 jump last', 'meta l4proto tcp dnat to 10.0.0.9:80');
const last = chain('last', 'accept');

describe('rules that are made later', () => {
  test.each(['1.33.5', '1.37.2'])('say the same: kube-proxy %s', (release) => {
    const source = { name: release, text: recorded(release) };
    const [later, atOnce] = [readTaken(source).ruleset.tables, readNft(source).ruleset.tables];
    const left = later.flatMap(({ chains }) => chains).filter((own) => own.later);
    expect(left.length).toBeGreaterThan(10);
    for (const [at, { chains }] of later.entries())
      for (const [place, own] of chains.entries()) {
        const same = atOnce[at]?.chains[place];
        expect(own.name).toBe(same?.name);
        expect(own.rules).toEqual(same?.rules);
        expect(own.later).toBeUndefined();
      }
  });

  test('with handles, and with rules that are added behind', () => {
    const text = `${table(model, chain('own', 'ip saddr 10.0.0.1 jump last # handle 12'), last)}add rule ip t own drop\n`;
    const [own] = readTaken({ name: 'x', text }).ruleset.tables;
    const rules = own?.chains.find(({ name }) => name === 'own')?.rules ?? [];
    expect(rules.map(({ handle }) => handle)).toEqual([12, undefined]);
  });

  test.each([
    ['a loop', chain('a', 'ip saddr 10.0.0.1 jump b'), chain('b', 'ip saddr 10.0.0.1 jump a')],
    ['a rule that is none', chain('a', 'ip saddr 10.0.0.1 jump last', 'ip saddr 10.0.0.1 jmp last')],
    ['an address that is none', chain('a', 'ip saddr 10.0.0.1 jump last', 'ip saddr 10.0.0.999 jump last')],
    ['a hook in which nothing is translated', chain('a', 'meta l4proto tcp dnat to 10.0.0.1:80')],
    [
      'too many jumps',
      ...Array.from({ length: 17 }, (_, at) =>
        chain(at === 0 ? 'a' : `c${at}`, `ip saddr 10.0.0.1 jump c${at + 1}`),
      ),
      chain('c17', 'accept'),
    ],
  ])('%s is found', (_what, ...chains) => {
    const text = table(
      model,
      ...chains,
      last,
      chain('base', hook('filter', 'input', 'filter'), 'ip saddr 10.0.0.1 jump a'),
    );
    const source = { name: 'x', text };
    const found = problemsOf(readTaken(source));
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(problemsOf(loadNft(source)));
  });

  test('as many jumps as there may be are none too many', () => {
    const chains = Array.from({ length: 14 }, (_, at) =>
      chain(`c${at}`, `ip saddr 10.0.0.1 jump c${at + 1}`),
    );
    const base = chain('base', hook('filter', 'input', 'filter'), 'ip saddr 10.0.0.1 jump c0');
    const text = table(model, ...chains, chain('c14', 'accept'), last, base);
    expect(readTaken({ name: 'x', text }).problems).toEqual([]);
  });
});
