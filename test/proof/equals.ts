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

const isPlain = (line: string) => verdicts.test(line) && !states.test(line);
const ipv4Prefix = /(?<!! )-([sd]) (\d+)\.(\d+)\.(\d+)\.(\d+)\/(8|16|24)(?= )/;

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
    (line) => isPlain(line) && /(?<!! )--dport \d+:\d+/.test(line),
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
