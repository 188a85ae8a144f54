import type { Dice } from '../proof/dense.ts';

/** Changes the lines of a ruleset of nft. Null where there is nothing to change. */
type Change = (lines: readonly string[], dice: Dice) => readonly string[] | null;

const isRule = (line: string) => /^\t\t(?!type |flags |elements )/.test(line);
const ends = / (?:accept|drop)$/;
/** What answers otherwise when it is asked twice. */
const isPlain = (line: string) => isRule(line) && ends.test(line) && !/numgen|limit/.test(line);

/** Puts other lines into the place of one that is wanted. */
function replace(
  wanted: (line: string) => boolean,
  make: (line: string, dice: Dice) => readonly string[],
): Change {
  return (lines, dice) => {
    const fitting = lines.flatMap((line, at) => (wanted(line) ? [at] : []));
    if (fitting.length === 0) return null;
    const at = fitting[dice(fitting.length)] as number;
    return [...lines.slice(0, at), ...make(lines[at] as string, dice), ...lines.slice(at + 1)];
  };
}

function swap(wanted: RegExp, ...words: readonly string[]): Change {
  return replace(
    (line) => wanted.test(line),
    (line, dice) => [
      line.replace(wanted, (found) => words.filter((one) => one !== found)[dice(words.length - 1)] ?? found),
    ],
  );
}

const pair = /\{ ([^ ,{}]+), ([^ ,{}]+) \}/;
const isPaired = (line: string) =>
  isPlain(line) && pair.test(line) && !/!=|vmap|map |tcp flags|ct |fib |numgen/.test(line);
const prefix = / (ip [sd]addr) (\d+\.\d+)\.0\.0\/16(?= )/;

/** Ways to write a ruleset otherwise, which does the same by construction. */
export const rewrites: Readonly<Record<string, Change>> = {
  'the rule twice': replace(isPlain, (line) => [line, line]),
  'a counter': replace(isRule, (line) =>
    [line.replace(/ (\S+)$/, ' counter $1')].map((one) =>
      / (?:jump|goto|to|set|:\d\S*) counter |vmap|map |[{}]/.test(one) ? line : one,
    ),
  ),
  'a comment': replace(isPlain, (line) => [`${line} comment "the same"`]),
  'a set in two rules': replace(isPaired, (line) => [line.replace(pair, '$1'), line.replace(pair, '$2')]),
  'a prefix in halves': replace(
    (line) => isPlain(line) && prefix.test(line),
    (line) => ['0.0/17', '128.0/17'].map((end) => line.replace(prefix, ` $1 $2.${end}`)),
  ),
  'a protocol written out': replace(
    (line) => / (?:tcp|udp) [sd]port (?!vmap)/.test(` ${line.trim()}`),
    (line) => [line.replace(/\b(tcp|udp) ([sd]port) /, 'meta l4proto $1 th $2 ')],
  ),
  'a set of one': replace(
    (line) => / ip6? [sd]addr [0-9a-f:.]+ /.test(line),
    (line) => [line.replace(/( ip6? [sd]addr) ([0-9a-f:.]+) /, '$1 { $2 } ')],
  ),
  'a range': replace(
    (line) => /\b[sd]port \d+ /.test(line),
    (line) => [line.replace(/\b([sd]port) (\d+) /, '$1 $2-$2 ')],
  ),
  'a rule that asks and does nothing': replace(isPlain, (line) => ['\t\tmeta mark 0x7 counter', line]),
  'the end of a base chain': (lines, dice) => {
    const heads = lines.flatMap((line, at) => (/policy drop/.test(line) ? [at] : []));
    if (heads.length === 0) return null;
    const end = lines.indexOf('\t}', heads[dice(heads.length)]);
    return [...lines.slice(0, end), '\t\tcounter', ...lines.slice(end)];
  },
};

/** Slips of a hand, most of which a packet can tell. */
export const slips: Readonly<Record<string, Change>> = {
  verdict: swap(/\b(?:accept|drop|return)$/, 'accept', 'drop', 'return'),
  'jump or goto': swap(/\b(?:jump|goto)(?= (?:one|two)$)/, 'jump', 'goto'),
  side: swap(/\b[sd]addr\b/, 'saddr', 'daddr'),
  port: swap(/\b(?:80|81|443|8080)(?= )/, '80', '81', '443', '8080'),
  protocol: swap(/\b(?:tcp|udp)(?= [sd]port)/, 'tcp', 'udp'),
  direction: swap(/\b(?:original|reply)\b/, 'original', 'reply'),
  state: swap(/\b(?:new|established|invalid|untracked)\b(?= )/, 'new', 'established', 'invalid', 'untracked'),
  bits: swap(/\b0x(?:1|2|4000|4001|ff)\b/, '0x1', '0x2', '0x4000', '0x4001', '0xff'),
  negation: replace(
    (line) => / != /.test(line),
    (line) => [line.replace(' != ', ' ')],
  ),
  'a negation more': replace(
    (line) => / [sd]addr (?!!=|map|vmap|\. )/.test(line),
    (line) => [line.replace(/( [sd]addr) /, '$1 != ')],
  ),
  policy: swap(/policy (?:accept|drop)/, 'policy accept', 'policy drop'),
  priority: swap(/priority -?\d+/, 'priority -10', 'priority 10', 'priority -150', 'priority 50'),
  hook: swap(/hook (?:input|forward)/, 'hook input', 'hook forward'),
  element: replace(
    (line) => /elements = \{ .*, /.test(line),
    (line) => [line.replace(/\{ [^,]*, /, '{ ')],
  ),
  'a rule less': replace(isRule, () => []),
  'an order': (lines, dice) => {
    const fitting = lines.flatMap((line, at) => (isRule(line) && isRule(lines[at + 1] ?? '') ? [at] : []));
    if (fitting.length === 0) return null;
    const at = fitting[dice(fitting.length)] as number;
    return [...lines.slice(0, at), lines[at + 1] as string, lines[at] as string, ...lines.slice(at + 2)];
  },
  'another table first': (lines) => {
    const at = lines.findLastIndex((line) => line.startsWith('table '));
    return at > 0 ? [...lines.slice(at, -1), ...lines.slice(0, at), ''] : null;
  },
  interface: swap(/"(?:eth0|cni0|lo)"(?= )/, '"eth0"', '"cni0"', '"lo"'),
  'what is in the family': replace(
    (line) => /^table inet /.test(line),
    (line) => [line.replace('inet', 'ip')],
  ),
};

/** Up to three changes of a table one after the other; null where none of them could be made. */
export function changed(text: string, table: Readonly<Record<string, Change>>, dice: Dice): string | null {
  const names = Object.keys(table);
  let lines: readonly string[] = text.split('\n');
  let isDone = false;
  for (let times = 1 + dice(3); times > 0; times -= 1) {
    const made = table[names[dice(names.length)] as string]?.(lines, dice);
    if (!made) continue;
    lines = made;
    isDone = true;
  }
  return isDone ? lines.join('\n') : null;
}
