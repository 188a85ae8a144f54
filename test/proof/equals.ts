import type { Dice } from './dense.ts';

/** Rewrites the lines of a dump so that it does the same, by construction. Gives null where there is nothing to rewrite. */
type Rewrite = (lines: readonly string[], dice: Dice) => string[] | null;

const verdicts = /-j (?:ACCEPT|DROP|RETURN)$/;
/** Asked twice, these answer for themselves each time. */
const states = /-m (?:statistic|recent|limit|hashlimit|quota|connlimit)/;

function pick(lines: readonly string[], wanted: (line: string) => boolean, dice: Dice): number {
  const fitting = lines.flatMap((line, at) => (line.startsWith('-A ') && wanted(line) ? [at] : []));
  return fitting.length === 0 ? -1 : (fitting[dice(fitting.length)] as number);
}

function replace(wanted: (line: string) => boolean, make: (line: string) => readonly string[]): Rewrite {
  return (lines, dice) => {
    const at = pick(lines, wanted, dice);
    if (at < 0) return null;
    return [...lines.slice(0, at), ...make(lines[at] as string), ...lines.slice(at + 1)];
  };
}

const verdictOf = (line: string | undefined) => verdicts.exec(line ?? '')?.[0];

/** Moves a rule that ends its packets into a chain that it alone calls. */
function inChain(make: (line: string, chain: string) => readonly string[]): Rewrite {
  return (lines, dice) => {
    const at = pick(lines, (line) => isPlain(line) && !line.endsWith('RETURN'), dice);
    if (at < 0) return null;
    const table = lines.slice(0, at).findLastIndex((line) => line.startsWith('*'));
    const chain = `OWN-${lines.length}`;
    const line = lines[at] as string;
    const called = `-A ${line.split(' ')[1]} -j ${chain}`;
    const changed = [...lines.slice(0, at), called, ...lines.slice(at + 1)];
    const end = changed.indexOf('COMMIT', at);
    return [
      ...changed.slice(0, table + 1),
      `:${chain} - [0:0]`,
      ...changed.slice(table + 1, end),
      ...make(line, chain),
      ...changed.slice(end),
    ];
  };
}

const isPlain = (line: string) => verdicts.test(line) && !states.test(line);
const ipv4Prefix = /(?<!! *)-([sd]) (\d+)\.(\d+)\.(\d+)\.(\d+)\/(8|16|24)(?= )/;

export const rewrites: Readonly<Record<string, Rewrite>> = {
  'the rule twice': replace(isPlain, (line) => [line, line]),
  'a comment': replace(
    (line) => / -j /.test(line),
    (line) => [line.replace(' -j ', ' -m comment --comment "the same" -j ')],
  ),
  'an empty chain beside': (lines, dice) => {
    const at = lines.findIndex((line) => line.startsWith('*filter'));
    const rule = pick(lines, (line) => /^-A (?:INPUT|FORWARD|OUTPUT) /.test(line), dice);
    if (at < 0 || rule < at) return null;
    const chain = (lines[rule] as string).split(' ')[1];
    const made = [...lines.slice(0, at + 1), ':EMPTY - [0:0]', ...lines.slice(at + 1)];
    return [...made.slice(0, rule + 1), `-A ${chain} -j EMPTY`, ...made.slice(rule + 1)];
  },
  'split by port': replace(
    (line) => isPlain(line) && /(?<!! *)--dport \d+:\d+/.test(line),
    (line) => {
      const [, first, last] = /--dport (\d+):(\d+)/.exec(line) as unknown as [string, string, string];
      const middle = Math.floor((Number(first) + Number(last)) / 2);
      if (first === last) return [line];
      return [
        line.replace(/--dport \d+:\d+/, `--dport ${first}:${middle}`),
        line.replace(/--dport \d+:\d+/, `--dport ${middle + 1}:${last}`),
      ];
    },
  ),
  'split by prefix': replace(
    (line) => isPlain(line) && ipv4Prefix.test(line),
    (line) => {
      const [text, side, a, b, c, d, length] = ipv4Prefix.exec(line) as unknown as string[];
      const half = Number(length) + 1;
      const parts = [a, b, c, d].map(Number);
      const upper = [...parts];
      upper[Number(length) / 8] = (upper[Number(length) / 8] as number) + 128;
      const one = (bytes: readonly number[]) =>
        line.replace(text as string, `-${side} ${bytes.join('.')}/${half}`);
      return [one(parts), one(upper)];
    },
  ),
  'a negation in two steps': replace(
    (line) => isPlain(line) && /-j DROP$/.test(line) && /^-A \S+ ! -s \S+ -j DROP$/.test(line),
    (line) => [line, line],
  ),
  'a chain of its own': inChain((line, chain) => [line.replace(/^-A \S+/, `-A ${chain}`)]),
  'a chain that others leave': inChain((line, chain) => {
    const [text, side, subnet] = /(?<!! *)-([sd]) (\S+)/.exec(line) ?? [];
    if (text === undefined) return [line.replace(/^-A \S+/, `-A ${chain}`)];
    return [
      `-A ${chain} ! -${side} ${subnet} -j RETURN`,
      line.replace(/^-A \S+/, `-A ${chain}`).replace(`${text} `, ''),
    ];
  }),
  'state for conntrack': replace(
    (line) => isPlain(line) && /-m conntrack --ctstate [A-Z,]+ -j/.test(line) && !/[SD]NAT/.test(line),
    (line) => [line.replace('-m conntrack --ctstate', '-m state --state')],
  ),
  'several ports': replace(
    (line) => isPlain(line) && /-m (?:tcp|udp) --dport \d+ -j/.test(line),
    (line) => [line.replace(/-m (?:tcp|udp) --dport (\d+)/, '-m multiport --dports $1,$1')],
  ),
  'neighbours that end alike': (lines, dice) => {
    const at = pick(lines, isPlain, dice);
    const [line, next] = [lines[at], lines[at + 1]];
    const start = (text: string | undefined) => text?.split(' ').slice(0, 2).join(' ');
    const alike = start(line) === start(next) && verdictOf(line) === verdictOf(next);
    if (at < 0 || !alike || !isPlain(next as string)) return null;
    return [...lines.slice(0, at), next as string, line as string, ...lines.slice(at + 2)];
  },
  'an end that comes anyhow': (lines, dice) => {
    const at = pick(lines, (line) => /^-A [A-Z][A-Z0-9-]* /.test(line), dice);
    if (at < 0) return null;
    const chain = (lines[at] as string).split(' ')[1] as string;
    const table = lines.slice(0, at).findLastIndex((line) => line.startsWith('*'));
    const end = lines.findIndex((line, index) => index > at && line === 'COMMIT');
    const isUsers = lines.slice(table, end).some((line) => line.startsWith(`:${chain} - `));
    if (!isUsers) return null;
    const last = lines.slice(0, end).findLastIndex((line) => line.startsWith(`-A ${chain} `));
    return [...lines.slice(0, last + 1), `-A ${chain} -j RETURN`, ...lines.slice(last + 1)];
  },
};

export function rewrite(text: string, dice: Dice): string | null {
  let lines: readonly string[] = text.split('\n');
  let changed = false;
  const names = Object.keys(rewrites);
  for (let round = 0; round < 4; round += 1) {
    const next = rewrites[names[dice(names.length)] as string]?.(lines, dice);
    if (next) changed = true;
    lines = next ?? lines;
  }
  return changed ? lines.join('\n') : null;
}
