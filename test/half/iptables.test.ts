import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commands, recorded } from './half.ts';

const dumps = new Map(
  ['node-port', 'load-balancer-source-ranges', 'node-port-local-no-local', 'cluster-ip'].map((name) => [
    name,
    recorded(`named/${name}`),
  ]),
);

/** In which lines, and so far from their beginning, or from their end. */
const places: readonly (readonly [lines: RegExp, from: 'start' | 'end', most: number])[] = [
  [/^./gm, 'start', 400],
  [/^:/gm, 'start', 30],
  [/^-A /gm, 'start', 24],
  [/^-A .*$/gm, 'end', 24],
];

const cuts = fc.record({
  dump: fc.constantFrom(...dumps.keys()),
  place: fc.constantFrom(...places.keys()),
  line: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  into: fc.nat(400),
});

/** With the end of the line at the most. */
function cutAt(text: string, place: number, line: number, into: number): string {
  const [lines, from, most] = places[place] as (typeof places)[number];
  const found = [...text.matchAll(lines)];
  const { index } = found[Math.floor(line * found.length)] as RegExpExecArray;
  const end = text.indexOf('\n', index) + 1;
  const at = from === 'start' ? index + (into % most) : end - (into % most);
  return text.slice(0, Math.min(Math.max(at, index), end));
}

/** Of cuts for each command. */
const runs = Number(process.env.KUBENAT_HALVES ?? 10);

/** What was not read is never taken as "there is none": whatever is said of a half dump as certain is so of the whole. */
describe('of a dump that breaks off anywhere', () => {
  test.each(Object.entries(commands))('%s says nothing that the whole contradicts', (_, contradictions) =>
    fc.assert(
      fc.asyncProperty(cuts, async ({ dump, place, line, into }) => {
        const one = dumps.get(dump) as ReturnType<typeof recorded>;
        const cut = cutAt(one.text, place, line, into);
        // A table that is ended has no sign that others follow.
        fc.pre(!/\nCOMMIT\n?$/.test(cut));
        expect(await contradictions(one, cut), `behind ${cut.slice(-60)}`).toEqual([]);
      }),
      { numRuns: runs, endOnFailure: true },
    ),
  );
});

/** One table of a dump, as iptables prints it alone. */
const alone = {
  'iptables-save -t filter': (text: string) =>
    text.slice(text.indexOf('*filter'), text.indexOf('COMMIT\n', text.indexOf('*filter')) + 7),
  'iptables -S': (text: string) =>
    alone['iptables-save -t filter'](text)
      .split('\n')
      .filter((line) => /^(?::|-A)/.test(line))
      .map((line) => line.replace(/^:(\S+) - .*/, '-N $1').replace(/^:(\S+) (\S+) .*/, '-P $1 $2'))
      .join('\n')
      .concat('\n'),
} as const;

describe('of the table filter alone, whose kube-proxy has one of nat', () => {
  test.each(Object.entries(alone))(
    'as %s prints it, trace says nothing that the whole contradicts',
    async (_, cut) => {
      for (const one of dumps.values()) expect(await commands.trace(one, cut(one.text)), one.id).toEqual([]);
    },
  );
});
