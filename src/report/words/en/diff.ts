import type { DiffWords } from '../diff.ts';
import { count } from './count.ts';
import { fateWords } from './fates.ts';
import { othersLeftOut } from './left-out.ts';

const again = (time: number) => (time === 1 ? '' : ` (asked ${time} times)`);

function doubt(unproved: number, left: number): string {
  return [
    unproved > 0 ? `; of ${count(unproved, 'class', 'classes')} it could not be proved` : '',
    left > 0 ? `; ${count(left, 'further set was', 'further sets were')} not examined` : '',
  ].join('');
}

export const diffWords: DiffWords = {
  ...fateWords,
  severity: { high: 'high', medium: 'medium', low: 'low' },
  entry: {
    'cluster IP': 'cluster IP',
    'node port': 'node port',
    'load balancer IP': 'load balancer IP',
    'external IP': 'external IP',
    'health check': 'health check',
    other: 'packets',
  },
  status: { added: 'added', removed: 'removed', changed: 'changed' },

  equalText: 'no packet changes fate (proved); the rules are the same text',
  equalPackets: 'no packet changes fate (proved); only the text of the rules differs',
  ofProxy: {
    equalText: "kube-proxy's rules are the same text",
    equalPackets: "kube-proxy's rules do the same to every packet (proved), only their text differs",
  },
  asked: { of: (packets) => `of ${packets} alone: `, equal: 'no packet changes fate (proved)' },
  othersLeftOut,
  changes: ({ services, changes, classes, unproved, left }) => {
    const of = services > 0 ? ` of ${count(services, 'service port', 'service ports')}` : '';
    const joined = classes > changes ? ` (${count(changes, 'change', 'changes')})` : '';
    return `${count(classes, 'class', 'classes')} of packets${of} change fate${joined}${doubt(unproved, left)}`;
  },
  notProved: ({ unproved, left }) =>
    `it could not be proved that no packet changes fate${doubt(unproved, left)}`,
  servicePorts: (number) => count(number, 'service port', 'service ports'),
  rulesOfNoService: 'rules of no service',
  nothingChanges: 'no packet changes fate',
  reachable: ({ outside, nodes, ends }) =>
    [
      'now reachable',
      outside ? ' from outside' : '',
      nodes === null ? '' : nodes === 'every' ? ' on every node' : ' on this node',
      ends === null ? '' : `: ${ends.after}; before: ${ends.before}`,
    ].join(''),
  endpoints: (came, went) =>
    [
      came > 0 ? `+${count(came, 'endpoint', 'endpoints')}` : '',
      went > 0 ? `−${count(went, 'endpoint', 'endpoints')}` : '',
    ]
      .filter((part) => part !== '')
      .join(' '),
  others: (shares) => `each of the others ${shares}`,

  labels: {
    packets: 'packets',
    before: 'before',
    after: 'after',
    packet: 'example',
    field: 'caused by',
    sameField: 'set by',
    rule: 'rule',
    also: 'also',
    note: 'Note',
    assumed: 'Assumptions',
  },
  furtherSets: (number) => `and ${count(number, 'further set', 'further sets')} like that`,
  otherwise: (packets) => `also ${packets}`,
  otherConditions: (number) => `and ${count(number, 'further set', 'further sets')} under other conditions`,
  furtherChanges: (number) => `… and ${count(number, 'change', 'changes')} more (--verbose lists all)`,
  later: 'a later packet of a translated connection',
  again: 'sent again, before an answer',
  supposed: {
    remembered: (list, time) => `where the client is remembered by ${list}${again(time)}`,
    notEvaluated: (match, time) => `where ${match} holds, which is not evaluated${again(time)}`,
    fails: (match, time) => `where ${match} does not hold, which is not evaluated${again(time)}`,
    sentBy: (link, time) => `where the sender has it leave by ${link}, which is not known${again(time)}`,
    linkLocal: (link, holds, time) =>
      `where ${link} has ${holds ? 'a' : 'no'} link-local address, which is not known${again(time)}`,
    notKnown: (what, time) => `where ${what}, which is not known${again(time)}`,
  },
  groupHeard: 'where the node listens to the multicast group, which is not known',
  only: (condition) => `only ${condition}`,
  leftOpen: 'trace leaves it open',
  notShownByTrace: 'trace alone does not show it',
  notProvedTitle: 'Could not be proved',
  because: (why) => `because ${why}`,
  tooManyKinds: (number) =>
    `${count(number, 'further set', 'further sets')} of packets: there are too many kinds of them`,
  suchAs: (some) => `such as ${some}`,
  textChange: (added, removed) => `Rules: +${added} −${removed} lines (--format unified shows them).`,
  textTooDifferent: 'Rules: the texts are too different to be compared line by line.',
  assumptions: (first, more) =>
    `Assumptions: ${first}${more > 0 ? `; and ${more} more (--verbose lists them)` : ''}.`,
  remembered: (where) => `clients are remembered in ${typeof where === 'number' ? `${where} lists` : where}`,
  flowMark: (marks) => `the connection gets the mark ${marks.join(' or ')}`,
  rule: (chain, number, line, text) => `${chain} ${number} (line ${line}): ${text}`,
  field: (field, object) => `${field} of ${object}`,
  whole: {
    title: 'What this change does to packets',
    classes: (number) => count(number, 'class of packets', 'classes of packets'),
    rules: 'The rules',
    assumptions: 'Assumptions',
    notProved: 'Not proved:',
    noService: 'no service',
    tooMany: 'there are too many kinds of packets',
    columns: ['service', 'change'],
    rule: { before: 'rule before', after: 'rule after' },
    field: { before: 'field before', after: 'field after' },
    more: (number) => `… and ${number} more`,
    moreLines: (number) => `… and ${number} lines more`,
    moreAlike: (number) => `and ${number} more like that`,
    moreRules: {
      before: (number) => `… and ${number} more rules before`,
      after: (number) => `… and ${number} more rules after`,
    },
  },
  titles: { classes: 'Packets that change fate', narrower: 'Narrower classes', text: 'Text' },
  furtherClasses: (number) => `… and ${count(number, 'class', 'classes')} more; --format json has them all`,
  furtherLines: (number) => `… and ${number} lines more; --format unified has them all`,

  node: (names, number, shownFor) =>
    `${number === 1 ? 'Node' : `${number} nodes that agree:`} ${names}${shownFor === null ? '' : `; shown for ${shownFor}`}`,
  onlyBefore: (names) => `Only before, with nothing to compare it with: ${names}.`,
  onlyAfter: (names) => `Only after, with nothing to compare it with: ${names}.`,
  onNodes: ({ all, changed, unproved, services }) => {
    const rest = all - changed - unproved;
    if (rest === all) return `on ${count(all, 'node', 'nodes')} no packet changes fate (proved).`;
    const of = services > 0 ? ` of ${count(services, 'service port', 'service ports')}` : '';
    return [
      changed > 0 ? [`packets${of} change fate on ${changed} of ${count(all, 'node', 'nodes')}`] : [],
      unproved > 0 ? [`it could not be proved on ${count(unproved, 'node', 'nodes')}`] : [],
      rest > 0 ? [`no packet changes fate on ${count(rest, 'node', 'nodes')} (proved)`] : [],
    ]
      .flat()
      .join('; ')
      .concat('.');
  },
  familyLost: (family) => `the rules of ${family} are gone`,
  familyGained: (family) => `there were no rules of ${family} before`,
};
