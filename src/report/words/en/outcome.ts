import type { OutcomeWords } from '../outcome.ts';
import { sayReason } from './reasons.ts';

const copies = {
  accept: 'a copy of it reaches the node itself',
  drop: 'a copy of it is dropped',
  unknown: 'what becomes of its copy is not known',
} as const;

export const outcomeWords: OutcomeWords = {
  unknown: (because) => `unknown: ${because}`,
  dropped: (because) => (because === null ? 'dropped' : `dropped: ${because}`),
  rejected: (how) => `rejected with ${how}`,
  arrives: (where, to, from) =>
    `${where}, ${to === null ? 'to the same destination' : `to ${to}`}${from === null ? '' : `, from ${from}`}`,
  step: (where, to, from) => `${where}${to === null ? '' : `, to ${to}`}, from ${from}`,
  toPod: (link) => `leaves to a pod of this node (${link})`,
  byLink: (link) => `leaves by ${link}`,
  toNode: 'reaches the node itself',
  copy: (of, verdict, isCertain) =>
    `${of}; ${copies[verdict]}${isCertain ? '' : ' (where the node listens to the group)'}`,
  reason: sayReason,
  either: 'either',
  or: '    or',
  orOneOf: (count) => `    or one of ${count} more`,
  more: (count) => `… and ${count} more`,
  drawn: (times) => `[drawn ${times} times]`,
  assumedHere: (list) => `Assumed here: ${list}.`,
};
