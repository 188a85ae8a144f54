import type { PassedOver } from '../../../logs/model.ts';
import type { Taken } from '../../../logs/suppositions.ts';
import type { LogWords } from '../logs.ts';

const passed: Readonly<Record<PassedOver, string>> = {
  'no-packet': 'without a packet that can be followed',
  'no-place': 'of a trace that tell no rule, end of a chain or policy',
  left: 'of packets that have left the node (Out)',
  'other-family': 'of the other address family (--family)',
  names: 'with names in place of addresses (tcpdump -n)',
  'flags-unknown': 'of TCP without its flags (tcpdump without -q)',
  zone: 'of a zone of connection tracking, which is not followed',
  destroyed: 'of connections that are gone',
};

const taken: Readonly<Record<Taken, string>> = {
  first: 'the first of its flow',
  later: 'a later packet of a known flow',
  answer: 'an answer in a known flow',
  related: 'an error about a known flow (RELATED)',
  invalid: 'a packet that fits no flow (INVALID)',
  untracked: 'a packet of no flow: connection tracking leaves it out',
};

function sayLines(lines: readonly number[]): string {
  return lines.length === 1 ? `line ${lines[0]}` : `${lines.length} lines (from ${lines[0]} on)`;
}

export const logWords: LogWords = {
  lines: (first, last) => (first === last ? `line ${first}` : `lines ${first}-${last}`),
  passed: (list) =>
    `Passed over: ${list.map(([lines, why]) => `${sayLines(lines)} ${passed[why]}`).join('; ')}.`,
  by: (writer) => ` (${writer})`,
  late: 'The first line stands after nat: what the packet asked for when it came is not in the log.',
  taken: (as, share, fate) =>
    `as ${as.map((one) => taken[one]).join(', or as ')}${share === null ? '' : ` (${share} of them)`}: ${fate}`,
  fateUnknown:
    'how its flow is translated is not in the log (conntrack -L shows it), and its way depends on that',
  dropped: 'dropped',
  droppedBy: (number, table, chain) => `dropped by rule ${number} of ${table} ${chain}`,
  lastRule: (rule) => `the last rule by the log: ${rule}`,
  nextRule: (rule) => `next: ${rule}`,
  rule: (chain, number, line, text) => `${chain} ${number} (line ${line}): ${text}`,

  part: (line, why) => `Log and rules part at line ${line}: ${why}.`,
  upToThere: (rule) => `up to there, it is at ${rule}`,
  nextByRules: (rule) => `by the rules, next is ${rule}`,
  ruleNumber: (number) => `rule ${number}`,
  someRule: (jump) => `a rule${jump === null ? '' : ` that jumps to ${jump}`}`,
  noChain: (chain) => `the dump has no chain ${chain}`,
  noRule: (rule, chain, rules) =>
    `the packet matched ${rule} of ${chain}, which the dump has not (${rules} rules)`,
  otherLength: (chain, logged, rules) => `${chain} had ${logged} rules, and has ${rules} in the dump`,
  noMatch: (rule, chain) =>
    `the packet matched ${rule} of ${chain}, and by the rules of the dump it does not`,
  noEnd: (chain) => `the packet came to the end of ${chain}, and by the rules of the dump it does not`,
  otherVerdict: (rule, chain, logged, own) =>
    `${rule} of ${chain} ended with ${logged}, and in the dump it ends with ${own}`,
  otherPolicy: (chain, logged, own) => `the policy of ${chain} was ${logged}, and is ${own} in the dump`,
  otherMark: (place, logged, own) =>
    `${place} the packet had the mark ${logged}, and by the rules it has ${own}`,
  otherDestination: (place, logged, own) =>
    `${place} the packet was on its way to ${logged}, and by the rules it is to ${own}`,
  atRule: (rule, chain) => `at ${rule} of ${chain}`,
  atEnd: (chain) => `at the end of ${chain}`,
  noLog: (prefix) => `no rule on this packet's way logs with the prefix ${prefix}`,

  entry: (packet, { to, as, state, answered, left }) => {
    const what = [
      ...(to === null ? [] : [`goes to ${to}`]),
      ...(as === null ? [] : [`as ${as}`]),
      ...(state === null ? [] : [state]),
      answered ? 'answered' : 'without an answer',
      ...(left === null ? [] : [`${left} s left`]),
    ];
    return `${packet} (conntrack: ${what.join(', ')})`;
  },
  agrees: 'the rules would lead a new connection there, too',
  agreesUnknown: 'whether the rules would lead a new connection there is not known',
  disagrees: (to) =>
    `Log and rules part: a new connection would not go ${to === null ? 'untranslated, as it goes' : `to ${to}`}, and this one does until its entry ends.`,
  anew: (fates, more) => `a new one: ${[...fates, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')}`,
  next: { request: 'the next request', answer: 'the next answer' },
  atItsEnd: 'it is at its end: no further data is expected',
};
