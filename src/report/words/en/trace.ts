import type { ConnectionVerdict } from '../../../engine/connect.ts';
import type { FailedAs, MetRules, TraceWords } from '../trace.ts';
import { count } from './count.ts';
import { sentenceWords } from './sentences.ts';
import { stepNames } from './steps.ts';

const { where } = sentenceWords;

const failed: Readonly<Record<FailedAs, string>> = {
  unknown: 'cannot be told',
  rejected: 'is rejected',
  'not-arriving': 'does not arrive',
  dropped: 'is dropped',
};

const failsAs: Readonly<Record<ConnectionVerdict, string>> = {
  established: '',
  refused: 'is rejected,',
  reset: 'is rejected,',
  hangs: 'does not arrive,',
  'no-answer': 'does not arrive,',
  unknown: 'cannot be told,',
};

const met: Readonly<Record<MetRules, string>> = {
  rules: ':',
  none: ' no rule',
  leading: ' no rule that decides',
};

const errorNames = { 'too-big': 'too big', 'port-unreachable': 'port unreachable' } as const;

const consequences = {
  'too-big': 'where a link beyond is narrower, large packets vanish',
  'port-unreachable': 'where nobody listens, the client waits in vain',
} as const;

const withServer = (server: string | null) => (server === null ? '' : ` with ${server}`);

export const traceWords: TraceWords = {
  where,
  likewise: (title, more) => (more > 0 ? `${title}, and ${more} more like it:` : `${title}:`),
  to: (dnat, source) => (dnat === null ? `To the same destination, from ${source}` : `To ${dnat}`),
  stopped: { drop: 'Where it is dropped', reject: 'Where it is rejected', unknown: 'Where it is unknown' },
  back: (comesBack, why) => {
    const said =
      comesBack === null
        ? 'The answer may pass this node by'
        : comesBack
          ? 'The way of the answer leads back through this node'
          : 'The answer does not come back through this node';
    return `${said}: ${why}.`;
  },
  backOfMany: (why) => `The answer belongs to no connection that this node knows: ${why}.`,
  connectionNotAsked: (packet) =>
    `Whether the connection comes about is not asked here; --connection '${packet}' tells.`,
  stays: (until, list) => `The client stays with this endpoint until ${until} s (list ${list}).`,
  silent: ({ address, family, link, state, steps }) => {
    const asked = family === 'ipv4' ? 'ARP requests' : 'neighbour solicitations';
    const answered = { FAILED: 'had answered', INCOMPLETE: 'had yet answered' }[state];
    const whose =
      steps.length === 0 ? 'the packet' : steps.map((name) => `the ${stepNames[name]}`).join(', ');
    return `When the node's neighbours were listed, nobody ${answered} its ${asked} for ${address}${link === null ? '' : ` on ${link}`} (${state}), the next hop of ${whose}: the node asks again, and while nobody answers, no packet gets past it.`;
  },
  noRule: 'no rule matched',
  noneDecides: 'no rule matched that decides',
  leadingRules: (number) =>
    `(and ${count(number, 'rule', 'rules')} that only ${number === 1 ? 'leads' : 'lead'} from chain to chain: --all-rules)`,
  hiddenRules: (count) => `… and ${count} more …`,
  rule: (chain, number, place, perhaps) =>
    `${chain} ${number} (${where(place)})${perhaps ? ', perhaps' : ''}`,

  compiledLines: 'Lines are those of what kubenat compile prints for this node.',
  namedRule: (number, table, chain, place) => `rule ${number} of ${table} ${chain} (${where(place)})`,
  whyNot: (rule) => `Why not ${rule}?`,
  matches: 'It matches.',
  byChance: 'Chance decides whether it matches, and on some ways it does.',
  doesNotHold: (match, found) => `${match} does not hold: ${found}.`,
  cannotBeTold: (match, why) => `It cannot be told whether ${match} holds: ${why}.`,
  leftBefore: 'The packet left the chain before it.',
  goneBy: (rule) => `The packet had gone away by ${rule}.`,
  tooFar: 'The packet did not come to its chain either.',
  noCaller: 'No rule leads to its chain.',
  notEntered: 'The packet did not come to its chain:',
  leadsThere: (rule) => `${rule} leads there.`,

  stepNames,
  verdicts: {
    established: 'established',
    answered: 'answered',
    refused: 'refused',
    reset: 'reset: the client takes it for open, and is then told that it is closed',
    hangs: 'hangs: the client takes it for open, and nothing more gets through',
    'never-closed':
      'hangs at its end: data gets through, and its close does not, so that who waits for it waits on',
    'no-answer': 'no answer: the client waits until it gives up',
    unknown: 'unknown',
  },
  titles: {
    established: 'Established',
    answered: 'Answered',
    refused: 'Refused',
    reset: 'Reset: the client takes it for open, and is then told that it is closed',
    hangs: 'Hangs: the client takes it for open, and nothing more gets through',
    'never-closed':
      'Hangs at its end: data gets through, and its close does not, so that who waits for it waits on',
    'no-answer': 'No answer: the client waits until it gives up',
    unknown: 'Unknown',
  },
  server: (verdict, server, seen) =>
    `${verdict}, with ${server}${seen === null ? '' : `, which sees ${seen}`}`,
  titleWith: (title, server) => `${title}${withServer(server)}`,
  failsAt: (step, verdict, server) => `Where the ${stepNames[step]} ${failsAs[verdict]}${withServer(server)}`,
  failure: (step, as, why) => `the ${stepNames[step]} ${failed[as]}: ${why}`,
  policy: (table, chain) => `the policy of ${table} ${chain}`,
  byKernel: 'by the kernel',
  steps: (names, matched) =>
    `The ${names.map((name) => stepNames[name]).join(', ')} ${names.length > 1 ? 'match' : 'matches'}${met[matched]}`,
  others: (matched) => `The packets after it match${met[matched]}`,
  alikeSteps: (names) => `${names.join(', ')} likewise`,
  each: (share) => `${share} each`,
  oneOf: (servers, rest) =>
    rest > 0 ? `${servers.join(', ')} or one of ${rest} more` : servers.join(' or '),
  notThrough: (why) => `not through this node: ${why}`,
  errorsArrive: 'ICMP errors about them (path MTU) come back',
  errorNames,
  consequences,
  lostError: (error, about, as, why) =>
    `${consequences[error]}: the ICMP error (${errorNames[error]}) about the ${about.map((name) => stepNames[name]).join(' and the ')} ${failed[as]}: ${why}`,
  errorAbout: (error, about) => `${errorNames[error]}, about the ${stepNames[about]}`,
  more: (count) => `… and ${count} more`,

  otherWays: (number) => `(${count(number, 'way', 'ways')} like these, packet by packet: --verbose)`,
  throughAll: (packet) => `${packet}, through all nodes on its way`,
  rejection: 'rejection',
  packetFails: (step, how) => `the ${stepNames[step]} ${how}`,
  rejectionFails: (how) => `its rejection ${how}`,
  lost: (why) => `does not arrive: ${why}`,
  perhapsLost: (why) => `perhaps does not arrive: ${why}`,
  strays: (from, called, past) =>
    `comes from ${from}${past.length === 0 ? '' : `, past ${past.join(' and ')}, which alone could translate it`}: what was called is ${called}, so it is not taken`,
  endsOn: (node, how) => `ends on ${node}: ${how}`,
  ends: 'ends',
  droppedByPolicy: (table, chain) => `dropped by the policy of ${table} ${chain}`,
  stoppedBy: (rejected, number, table, chain, text) =>
    `${rejected ? 'rejected' : 'dropped'} by rule ${number} of ${table} ${chain}: ${text}`,
};
