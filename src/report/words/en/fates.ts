import type { Ending, Goal, Written, WrittenEffect } from '../../../proof/classes/effect.ts';
import type { FateWords } from '../fates.ts';
import { sayReason } from './reasons.ts';

const written: Readonly<Record<Written, string>> = {
  counted: 'counted by',
  tracked: 'tracked with',
  untracked: 'going past connection tracking',
  set: 'put into or taken out of the set',
  passed: 'passed through',
  'mark-at-routing': 'with the mark at routing',
  'mark-on-leaving': 'with the mark on leaving',
  'source-port': 'with a source port of',
  'random-port': 'with a random source port',
  'other-port': 'with another port, where its own is taken, of',
  field: 'with another',
};

const changeOfWritten = { now: 'now', 'no-longer': 'no longer' } as const;

function sayWritten(effect: WrittenEffect): string {
  const { change, what, times, ofCopy } = effect;
  const often = times === undefined ? '' : `, ${times} times`;
  const said = what === '' ? written[effect.written] : `${written[effect.written]} ${what}`;
  return `${changeOfWritten[change]} ${said}${often}${ofCopy ? " (the node's own copy)" : ''}`;
}

const copied = {
  accept: 'the node itself gets a copy',
  drop: "the node's own copy is dropped",
  unknown: "what becomes of the node's own copy is not known",
} as const;

function sayEndings(endings: readonly Ending[]): string {
  return endings.map(sayEnding).join(' or ');
}

function sayEnding(ending: Ending): string {
  switch (ending.kind) {
    case 'rejected':
      return `rejected (${ending.how})`;
    case 'dropped':
      return 'dropped';
    case 'unknown':
      return 'unknown';
    case 'local':
      return 'delivered to the node itself';
    case 'led':
      return `sent to ${ending.to}`;
    case 'copied':
      return copied[ending.verdict];
    case 'passed':
      if (ending.to === null) return 'forwarded unchanged';
      return ending.to === 'pods'
        ? 'forwarded unchanged to the pods'
        : `forwarded unchanged by ${ending.to.interface}${ending.to.via === undefined ? '' : ` to the next hop ${ending.to.via}`}`;
  }
}

const sayGoal = (goal: Goal) => goal ?? 'the same destination';

const list = (sign: string, goals: readonly Goal[]) =>
  goals.length > 4 ? [`${sign}${goals.length} endpoints`] : goals.map((goal) => sign + sayGoal(goal));

const through = {
  'let-through': 'now let through',
  'more-often': 'let through more often',
} as const;

const lost = {
  rejected: 'now rejected',
  dropped: 'now dropped',
  unknown: 'now unknown whether they arrive',
  'more-often': 'lost more often',
} as const;

const affinity = {
  remembered: 'clients are now remembered (session affinity)',
  'not-remembered': 'clients are no longer remembered (session affinity)',
  'other-lists': 'clients are remembered in other lists',
  'noted-otherwise': 'lists of clients are changed otherwise, or another number of times',
  'flow-mark': 'connections get another mark',
  'spread-anew': 'clients that were remembered are balanced anew',
} as const;

export const fateWords: FateWords = {
  language: 'en',
  effects: {
    exposure: (effect) =>
      effect.change === 'led'
        ? `now sent to endpoints (before: ${sayEndings(effect.before)})`
        : through[effect.change],
    loss: (effect) =>
      effect.change === 'not-led'
        ? `no longer sent to endpoints (now ${sayEndings(effect.after)})`
        : lost[effect.change],
    'source-ip': ({ change }) =>
      change === 'masqueraded' ? 'source IP now masqueraded' : 'source IP now preserved',
    endpoints: ({ came, went }) => [...list('+', came), ...list('−', went)].join(' '),
    shares: ({ of }) =>
      of === 'outcomes' ? 'as before, but to another share of them' : 'the endpoints get other shares',
    affinity: (effect) =>
      effect.change === 'stay'
        ? `clients that are remembered stay with ${sayGoal(effect.with)}`
        : affinity[effect.change],
    header: sayWritten,
    state: sayWritten,
    delivery: ({ before, after }) => `now ${sayEndings(after)} (before: ${sayEndings(before)})`,
  },

  masqueraded: 'masqueraded',
  preserved: 'source IP preserved',
  dropped: (because) => (because === null ? 'dropped' : `dropped (${because})`),
  rejected: (how) => `rejected (${how})`,
  unknown: (because) => `unknown: ${because}`,
  reason: sayReason,
  doubts: {
    'mask-has-holes': () => 'a mask has too many holes to tell for which packets this holds',
    'set-untold': ({ set }) =>
      `only one side asks the set ${set}, and what it holds is not told, or not evaluated`,
    'sets-apart': ({ set }) => `the set ${set} does not hold the same on both sides`,
    'chosen-from-range': () => 'an address or port is chosen from a range for each flow on its own',
    'errors-untracked': () =>
      'ICMP errors about translated flows are translated back only where ICMP is tracked',
    'fate-unknown': ({ reason }) => sayReason(reason),
  },
  copied: (verdict) => copied[verdict],
  toNode: 'the node itself',
  unchanged: 'forwarded unchanged',
  more: (shown, more) => `${shown} and ${more} more`,

  packets: 'packets',
  anyProtocol: 'any protocol',
  protocol: (number) => `protocol ${number}`,
  protocols: (first, last) => `protocols ${first}-${last}`,
  anywhere: 'anywhere',
  places: ['the node itself', 'outside', 'pods of the node'],
  otherPlace: 'another interface',
  allPlaces: 'anywhere',
  and: (parts) => parts.join(' and '),
  anyone: 'any',
  allBut: (all) => `all but ${all}`,
  range: (first, last) => `${first} to ${last}`,
  box: ({ protocols, destination, ports, sourcePorts, states, places, source }) =>
    [
      `${protocols} to ${destination ?? 'anything'}`,
      ports === null ? '' : ` port ${ports}`,
      sourcePorts === null ? '' : ` from port ${sourcePorts}`,
      states.length === 0 ? '' : ` (${states.join(', ')})`,
      `, from ${places}, source ${source}`,
    ].join(''),
};
