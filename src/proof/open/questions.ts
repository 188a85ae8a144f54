import { type Branch, currentRule } from '../../engine/branch.ts';
import { neededPart } from '../../engine/lower/iptables/other-matches.ts';
import type { Question } from '../../engine/truth.ts';
import type { Match, OtherMatch, OwnerMatch, SetMatch } from '../../iptables/rule/match.ts';
import { printMatch } from '../../iptables/rule/print.ts';
import { type IntervalSet, interval, single, unionOf } from '../../sets/intervals.ts';
import { asksCounters, type CountingMatch, hasOwnState } from './asking.ts';
import { type Instance, type Instances, ownStates } from './instances.ts';
import { type OpenTest, yes, yesOrNo } from './suppositions.ts';
import {
  count,
  headerTags,
  lostByForwarding,
  markOf,
  ofPacket,
  ofState,
  tosOf,
  ttlOf,
  writtenOf,
} from './written.ts';

/** What a match that the walk has no answer for asks: all of the tests must hold, each as it is or turned round. */
export interface OpenQuestion {
  readonly tests: readonly { readonly test: OpenTest; readonly negated: boolean }[];
}

/** `question` is what the walk itself says of the match. May note on the branch that a state was asked. */
export function openQuestion(
  match: Match,
  question: Question,
  branch: Branch,
  instances: Instances,
): OpenQuestion {
  switch (match.kind) {
    case 'owner':
      return branch.answer ? fallback(match, question, branch) : { tests: askOwner(match) };
    case 'mac':
      return needing(
        `frame${returned(branch)}`,
        '-m mac',
        ask(match, `mac${returned(branch)}`, interval(0, 2 ** 48 - 1), single(macNumber(match.address))),
      );
    case 'length':
      return ask(
        match,
        `length${changed(branch, ['mss', 'tcp options'])}`,
        [0, 65535],
        [match.first, match.last],
      );
    case 'tcpmss':
      return ask(
        match,
        `mss${changed(branch, ['mss', 'tcp options'])}`,
        [0, 65536],
        [match.first, match.last],
      );
    case 'set':
      return askSet(match, branch);
    case 'other':
      return askOther(match, branch, instances);
    case 'statistic':
      return match.mode === 'nth' ? askCounter(match, branch, instances) : fallback(match, question, branch);
    default:
      return fallback(match, question, branch);
  }
}

const ends = ['source', 'sourcePort', 'destination', 'destinationPort'] as const;

/** The state of its own that a match asks, noted as asked: what it answers to later packets hangs on that. */
function noteAsked(match: OtherMatch | CountingMatch, branch: Branch, instances: Instances): string | null {
  if (!hasOwnState(match)) return null;
  const { name, isPaired } = instances.get(currentRule(branch)) as Instance;
  const isOwn = match.kind === 'statistic' || ownStates.has(match.name);
  if (isPaired) count(branch, `${ofState}counted by ${name}`);
  else if (!isOwn) count(branch, `${ofState}counted by ${printMatch(match).trim()}`);
  return name;
}

/** What comes back by the loopback interface has a frame of its own, and so has the node's own error. */
function returned(branch: Branch): string {
  return branch.answer ? ' of the answer' : branch.ingress === 'lo' ? ' on lo' : '';
}

/** After these were written, it may be something else. */
function changed(branch: Branch, names: readonly string[]): string {
  const written = names.flatMap((name) => writtenOf(branch, ofPacket + name) ?? []);
  return `${returned(branch)}${written.length === 0 ? '' : ` after ${written.join(', ')}`}`;
}

function ask(match: Match, field: string, domain: IntervalSet, set: IntervalSet): OpenQuestion {
  const negated = 'negated' in match && match.negated === true;
  return { tests: [{ test: { field, domain, set, says: says(match) }, negated }] };
}

/** Where a part of the packet is missing, a match that asks for it does not hold, `!` or not. */
function needing(part: string, says: string, { tests }: OpenQuestion): OpenQuestion {
  const present = { field: `has ${part}`, domain: yesOrNo, set: yes, says };
  return { tests: [{ test: present, negated: false }, ...tests] };
}

const says = (match: Match) => printMatch(positive(match)).trim();

function positive(match: Match): Match {
  if (match.kind === 'other') return { ...match, words: match.words.filter((word) => word !== '!') };
  return 'negated' in match ? ({ ...match, negated: false } as Match) : match;
}

function macNumber(address: string): number {
  return Number.parseInt(address.replaceAll(':', ''), 16);
}

/** More than any number of a user or group: nobody's, of what the kernel sends by a socket of its own, or without any. */
const nobody = 2 ** 32;
const noSocket = nobody + 1;

/** Of the node's own packets: the kernel sends some by itself, which no process's socket says (owner_mt). */
export const owner: Question = {
  kind: 'question',
  key: 'owner',
  reason: { code: 'field-unknown', field: { field: 'owned' } },
};

function askOwner(match: OwnerMatch): OpenQuestion['tests'] {
  const one = (option: 'user' | 'group') => {
    const range = match[option];
    if (!range) return [];
    const kind = option === 'group' && match.supplementaryGroups ? 'groups' : option;
    const { first, last } = range.value;
    const only: OwnerMatch = {
      kind: 'owner',
      [option]: { value: range.value, negated: false },
      supplementaryGroups: match.supplementaryGroups,
    };
    const asked =
      kind === 'groups'
        ? { field: `owner groups ${first}-${last}`, domain: yesOrNo, set: yes }
        : { field: `owner ${kind}`, domain: interval(0, noSocket), set: interval(first, last) };
    return [{ test: { ...asked, says: says(only) }, negated: range.negated }];
  };
  const { socketExists } = match;
  const hasSocket = {
    field: 'owner user',
    domain: interval(0, noSocket),
    set: interval(0, nobody),
    says: '-m owner --socket-exists',
  };
  return [
    ...(socketExists ? [{ test: hasSocket, negated: socketExists.negated }] : []),
    ...one('user'),
    ...one('group'),
  ];
}

/** What an element of a set has counted, of those with the ends that the packet has by now. */
export function countedIn({ name, directions }: SetMatch, branch: Branch): string {
  return `${ofState}counted by set ${name} as ${directions.join()}:${headerTags(branch, ends)}`;
}

/** A set is asked for what the packet has by now in the fields that are named. */
function askSet(match: SetMatch, branch: Branch): OpenQuestion {
  const asked = match.directions.flatMap((side) =>
    side === 'src' ? (['source', 'sourcePort'] as const) : (['destination', 'destinationPort'] as const),
  );
  const since = writtenOf(branch, `${ofState}set ${match.name}`);
  const tags = headerTags(branch, asked);
  const moved = /^[=,]*$/.test(tags) ? '' : ` after it became ${tags}`;
  const counted = asksCounters(match) ? writtenOf(branch, countedIn(match, branch)) : undefined;
  const after = [since, counted].flatMap((one) => (one === undefined ? [] : ` after ${one}`)).join('');
  const field = `set ${match.name} ${match.directions.join()} ${match.further.join(' ')}${moved}${after}`;
  return ask(match, field, yesOrNo, yes);
}

function fallback(match: Match, { key, negated = false }: Question, branch: Branch): OpenQuestion {
  const place =
    match.kind === 'socket' || match.kind === 'rpfilter'
      ? `${headerTags(branch, ends)} ${branch.hook}${routedBy(match, branch)}`
      : '';
  const options = match.kind === 'tcp' ? changed(branch, ['mss', 'tcp options']) : returned(branch);
  const field = `${key ?? printMatch(positive(match)).trim()}${place}${options}`;
  return { tests: [{ test: { field, domain: yesOrNo, set: yes, says: says(match) }, negated }] };
}

/** The mark, where the way back is looked for by it. */
function routedBy(match: Match, branch: Branch): string {
  return match.kind === 'rpfilter' && match.validMark ? ` by the mark ${branch.mark} ${markOf(branch)}` : '';
}

/** Of a field of eight bits: the values that it can have had for what it is now to be in the set. */
function values(size: number, holds: (old: number) => boolean): IntervalSet {
  return unionOf(
    Array.from({ length: size }, (_, old) => old)
      .filter(holds)
      .map(single),
  );
}

function askOther(match: OtherMatch, branch: Branch, instances: Instances): OpenQuestion {
  const header = headers[match.name];
  if (header && match.understood) return header(match, branch);
  const own = noteAsked(match, branch, instances);
  const { plain, negated } = withoutNot(match);
  if (own !== null) return again(plain, negated, own, branch);
  if (match.name === 'hashlimit') {
    const list = match.words[match.words.indexOf('--hashlimit-name') + 1];
    const tags = headerTags(branch, ends);
    count(branch, `${ofState}counted by hashlimit ${list} as ${tags}`);
    return again(plain, negated, `hashlimit ${list} of ${tags}`, branch);
  }
  if (match.name === 'nfacct') {
    const object = `nfacct ${match.words.at(-1)}`;
    count(branch, `${ofState}counted by ${object}`);
    return again(plain, negated, object, branch);
  }
  const isLabelled = match.name === 'connlabel' && match.words.includes('--set');
  if (isLabelled) count(branch, `${ofState}labelled ${match.words.join(' ')} of the connection`);
  return fixed(match, branch);
}

function askCounter(match: CountingMatch, branch: Branch, instances: Instances): OpenQuestion {
  const state = noteAsked(match, branch, instances) as string;
  return again(positive(match), match.negated, state, branch);
}

/** A state may answer otherwise each time that it is asked. */
function again(plain: Match, negated: boolean, state: string, branch: Branch): OpenQuestion {
  const text = printMatch(plain).trim();
  const name = `times ${state} ${text}`;
  count(branch, name);
  const test = {
    field: `${state} ${text} ${writtenOf(branch, name)}`,
    domain: yesOrNo,
    set: yes,
    says: text,
  };
  return { tests: [{ test, negated }] };
}

/** What has no policy of IPsec is what does not have any (policy_mt). */
function withoutNone(match: OtherMatch): { readonly plain: OtherMatch; readonly negated: boolean } {
  const at = match.name === 'policy' ? match.words.indexOf('none') : -1;
  if (at === -1) return { plain: match, negated: false };
  return { plain: { ...match, words: [...match.words.slice(0, at), 'ipsec'] }, negated: true };
}

/** With several options a `!` is of one of them, and then the whole is one question. */
function withoutNot(match: OtherMatch): { readonly plain: OtherMatch; readonly negated: boolean } {
  const single = match.words.filter((word) => word.startsWith('-')).length <= 1;
  if (!single || match.words[0] !== '!') return withoutNone(match);
  return { plain: { ...match, words: match.words.slice(1) }, negated: true };
}

/** The same each time, while the packet and where it is are the same. */
function fixed(match: OtherMatch, branch: Branch): OpenQuestion {
  const { plain, negated } = withoutNot(match);
  const tags = headerTags(branch, ends);
  const written = [...(branch.memory.written ?? [])].filter(
    ([name]) => name.startsWith(ofPacket) || name.endsWith('connection'),
  );
  const place = [
    tags,
    lostByForwarding(branch),
    branch.in,
    branch.out,
    branch.hook,
    ...written.flat(),
  ].join();
  const text = printMatch(plain).trim();
  const field = `${text} at ${place}${returned(branch)}`;
  const asked = { tests: [{ test: { field, domain: yesOrNo, set: yes, says: text }, negated }] };
  const part = neededPart(match, branch.protocol);
  return part === null ? asked : needing(`${part}${returned(branch)}`, `-m ${part}`, asked);
}

const headers: Readonly<Record<string, (match: OtherMatch, branch: Branch) => OpenQuestion>> = {
  dscp: (match, branch) => askTos(match, branch, 0xfc, Number(match.words.at(-1)) << 2),
  tos(match, branch) {
    const [value, mask] = (match.words.at(-1) as string).split('/').map(Number) as [number, number];
    return askTos(match, branch, mask, value);
  },
  ttl: askTtl,
  hl: askTtl,
};

function askTos(match: OtherMatch, branch: Branch, mask: number, value: number): OpenQuestion {
  const { keep, change } = tosOf(branch);
  const set = values(256, (old) => (((old & keep) ^ change) & mask) === (value & 0xff));
  return askHeader(match, branch, 'tos', set);
}

function askTtl(match: OtherMatch, branch: Branch): OpenQuestion {
  const { replaced, added } = ttlOf(branch);
  const [option, number] = [match.words.at(-2) as string, Number(match.words.at(-1))];
  const holds = (now: number) =>
    option.endsWith('-lt') ? now < number : option.endsWith('-gt') ? now > number : now === number;
  const lost = lostByForwarding(branch);
  // What has no hop left is not forwarded, and is asked nothing there: it answers as what has one.
  const least = lost > 0 && writtenOf(branch, `${ofPacket}ttl`) === undefined ? lost + 1 : 0;
  const set = values(256, (old) => holds((replaced ? 0 : Math.max(old, least)) + added - lost));
  return askHeader(match, branch, 'ttl', set);
}

function askHeader(match: OtherMatch, branch: Branch, name: string, set: IntervalSet): OpenQuestion {
  const field = `${name}${returned(branch)}`;
  const test = { field, domain: [0, 255], set, says: says(match) };
  return { tests: [{ test, negated: match.words.includes('!') }] };
}
