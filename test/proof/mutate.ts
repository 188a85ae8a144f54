import type { Dice } from './dense.ts';

type Mutation = (lines: string[], dice: Dice) => void;

const isRule = (line: string) => line.startsWith('-A ');

function someRule(lines: readonly string[], dice: Dice, wanted: RegExp): number {
  const fitting = lines.flatMap((line, index) => (isRule(line) && wanted.test(line) ? [index] : []));
  return fitting.length === 0 ? -1 : (fitting[dice(fitting.length)] as number);
}

function edit(wanted: RegExp, change: (line: string, dice: Dice) => string): Mutation {
  return (lines, dice) => {
    const at = someRule(lines, dice, wanted);
    if (at >= 0) lines[at] = change(lines[at] as string, dice);
  };
}

/** Changes of one line, as slips of a hand or of a release would make them. Whether one matters is for others to say. */
export const mutations: Readonly<Record<string, Mutation>> = {
  port: edit(/--dport \d+/, (line, dice) => line.replace(/--dport \d+/, `--dport ${1 + dice(65535)}`)),
  'port range': edit(/--dport \d+ /, (line) => line.replace(/--dport (\d+)/, '--dport $1:65535')),
  target: edit(/--to-destination/, (line, dice) => line.replace(/:\d+$/, `:${1 + dice(65535)}`)),
  mark: edit(/--set-xmark/, (line) => line.replace(/--set-xmark \S+/, '--set-xmark 0x8000/0x8000')),
  'mark asked': edit(/--mark/, (line) => line.replace(/--mark \S+/, '--mark 0x8000/0x8000')),
  'negated source': edit(/ -s /, (line) =>
    line.includes('! -s') ? line.replace('! -s', '-s') : line.replace('-s', '! -s'),
  ),
  'negated destination': edit(/(?<!!) -d /, (line) => line.replace(' -d', ' ! -d')),
  prefix: edit(/ -[sd] \S+\/\d+/, (line, dice) =>
    line.replace(
      /( -[sd] \S+\/)(\d+)/,
      (_, start, length) => `${start}${Math.max(1, Number(length) - 1 - dice(8))}`,
    ),
  ),
  comment: edit(/--comment/, (line) => line.replace(/--comment ("[^"]*"|\S+)/, '--comment other')),
  'no comment': edit(/--comment/, (line) => line.replace(/ -m comment --comment ("[^"]*"|\S+)/, '')),
  probability: edit(/--probability/, (line, dice) =>
    line.replace(/--probability \S+/, `--probability 0.${1 + dice(9)}`),
  ),
  state: edit(/--ctstate/, (line) => line.replace(/--ctstate \S+/, '--ctstate NEW,ESTABLISHED')),
  'goto for jump': edit(/ -j KUBE-/, (line) => line.replace(' -j KUBE-', ' -g KUBE-')),
  'accept for target': edit(/ -j /, (line) => line.replace(/ -j .*$/, ' -j ACCEPT')),
  'return for target': edit(/ -j /, (line) => line.replace(/ -j .*$/, ' -j RETURN')),
  'unknown match': edit(/ -j /, (line) => line.replace(/ -j /, ' -m limit --limit 3/sec -j ')),
  policy(lines, dice) {
    const bases = lines.flatMap((line, index) => (/^:\S+ ACCEPT/.test(line) ? [index] : []));
    const at = bases[dice(Math.max(1, bases.length))];
    if (at !== undefined) lines[at] = (lines[at] as string).replace('ACCEPT', 'DROP');
  },
  removed(lines, dice) {
    const at = someRule(lines, dice, /./);
    if (at >= 0) lines.splice(at, 1);
  },
  doubled(lines, dice) {
    const at = someRule(lines, dice, /./);
    if (at >= 0) lines.splice(at, 0, lines[at] as string);
  },
  moved(lines, dice) {
    const at = someRule(lines, dice, /./);
    const chain = lines[at]?.split(' ')[1];
    const same = lines.flatMap((line, index) =>
      isRule(line) && line.split(' ')[1] === chain ? [index] : [],
    );
    const to = same[dice(Math.max(1, same.length))];
    if (to === undefined || to === at) return;
    const [line] = lines.splice(at, 1) as [string];
    lines.splice(to, 0, line);
  },
};

export function mutate(text: string, kind: string, dice: Dice): string {
  const lines = text.split('\n');
  mutations[kind]?.(lines, dice);
  return lines.join('\n');
}
