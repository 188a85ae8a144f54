import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Matched } from '../engine/branch.ts';
import type {
  ConnectionError,
  ConnectionOutcome,
  ConnectionStep,
  ErrorName,
  Failure,
} from '../engine/connect.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Packet } from '../engine/packet.ts';
import { groupedBy } from '../text/lists.ts';
import { assumptionLines } from './assumptions.ts';
import type { NamedConnection } from './connection-json.ts';
import type { PlaceTexts } from './place-texts.ts';
import { explain } from './trace-sentence.ts';
import { printMatched, printPacket, printPossible, sayShare } from './trace-text.ts';
import type { Language } from './words/language.ts';

/** What each verdict means for the client. */
const verdictWords: Readonly<Record<ConnectionOutcome['verdict'], string>> = {
  established: 'established',
  refused: 'refused',
  reset: 'reset: the client takes it for open, and is then told that it is closed',
  hangs: 'hangs: the client takes it for open, and nothing more gets through',
  'no-answer': 'no answer: the client waits until it gives up',
  unknown: 'unknown',
};

/** What a verdict means; of what has no connections, a question is answered. */
export function sayVerdict(verdict: ConnectionOutcome['verdict'], protocol: number): string {
  return verdict === 'established' && protocol !== 6 ? 'answered' : verdictWords[verdict];
}

/** What becomes of connections, for people: the verdict on top, then each packet. */
export function printConnectionText(
  results: readonly NamedConnection[],
  rules: PlaceTexts,
  language: Language = 'en',
): string {
  return [
    ...results.map((result) => printConnection(result, rules)),
    ...assumptionLines(
      results.flatMap(({ trace }) => trace.assumed),
      language,
    ),
    '',
  ].join('\n');
}

/** A line for each connection: all that can become of it. */
export function sayConnections(results: readonly NamedConnection[]): string {
  const lines = results.map(({ id, trace: { outcomes, packet } }) => {
    const ways = outcomes
      .slice(0, mostOutcomes)
      .map(
        (outcome) =>
          `${sayShare(outcome)} ${sayVerdict(outcome.verdict, packet.protocol)}${withServer(outcome)}`,
      );
    const more = outcomes.length - ways.length;
    return `${id}: ${[...ways, ...(more > 0 ? [`… and ${more} more`] : [])].join('; ')}`;
  });
  return lines.join('\n');
}

/** The verdicts on top; below, each way packet by packet, with the rules that its packets meet. */
function printConnection({ id, trace }: NamedConnection, rules: PlaceTexts): string {
  const sorted = [...trace.outcomes].sort((left, right) => right.probability - left.probability);
  const shown = sorted.slice(0, mostOutcomes);
  const rest = sorted.length - shown.length;
  const told = alike(shown);
  return [
    id,
    '',
    ...shown.flatMap((outcome) => printHead(outcome, trace.packet, rules)),
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
    '',
    ...told.flatMap((group) => printWay(group, told.length > 1 || sorted.length > 1, trace.packet, rules)),
  ].join('\n');
}

const mostOutcomes = 20;

function printHead(outcome: ConnectionOutcome, { protocol }: Packet, rules: PlaceTexts): string[] {
  const { verdict, at, steps } = outcome;
  return [
    `  ${sayShare(outcome).padStart(6)}  ${sayVerdict(verdict, protocol)}${withServer(outcome)}`,
    ...(at
      ? [`          the ${at.step} ${fate(verdict, at, steps.at(-1)?.outcome)}: ${nameFailure(at, rules)}`]
      : []),
    ...(verdict === 'unknown' ? printPossible(steps.at(-1)?.outcome) : []),
    ...printLost(outcome, rules),
  ];
}

/** Errors that surely do not arrive, those for one reason together. */
function printLost({ errors }: ConnectionOutcome, rules: PlaceTexts): string[] {
  const lost = errors.filter(
    (error): error is Lost => error.at !== null && error.outcome.verdict !== 'unknown',
  );
  const groups = groupedBy(
    lost,
    ({ error, at }) => `${error} ${fate('no-answer', at)}: ${nameFailure(at, rules)}`,
  );
  return [...groups.values()].map(([first, ...others]) => {
    const { error, at } = first;
    const about = [first, ...others].map((one) => one.about).join(' and the ');
    const what = `the ICMP error (${errorNames[error]}) about the ${about} ${fate('no-answer', at)}`;
    return `          ${consequences[error]}: ${what}: ${nameFailure(at, rules)}`;
  });
}

/** What the sender does who does not hear of an error. */
const consequences: Readonly<Record<ErrorName, string>> = {
  'too-big': 'where a link beyond is narrower, large packets vanish',
  'port-unreachable': 'where nobody listens, the client waits in vain',
};

type Lost = ConnectionError & { readonly at: Failure };

const errorNames: Readonly<Record<ErrorName, string>> = {
  'too-big': 'too big',
  'port-unreachable': 'port unreachable',
};

function withServer({ reached, dnat, src }: ConnectionOutcome): string {
  if (reached === null) return '';
  const server = dnat ?? formatEnd(reached);
  return `, with ${server}${src === null ? '' : `, which sees ${src}`}`;
}

function formatEnd({ address, port }: NonNullable<ConnectionOutcome['reached']>): string {
  return port === null ? formatAddress(address) : formatEndpoint(address, port);
}

/** Outcomes that differ in nothing but the endpoint are told once: by the first of them. */
function alike(
  outcomes: readonly ConnectionOutcome[],
): readonly (readonly [ConnectionOutcome, ...ConnectionOutcome[]])[] {
  const groups = groupedBy(outcomes, ({ verdict, at, dnat, src, steps }) => {
    const place = at?.rule?.place;
    return JSON.stringify([
      verdict,
      at?.step,
      place && [place.table, place.chain, place.number],
      at?.policy,
      at?.because,
      dnat === null,
      src,
      steps.map((step) => step.outcome?.interface),
    ]);
  });
  return [...groups.values()];
}

function printWay(
  [first, ...others]: readonly [ConnectionOutcome, ...ConnectionOutcome[]],
  titled: boolean,
  packet: Packet,
  rules: PlaceTexts,
): string[] {
  const [opening] = first.steps;
  const more = others.length > 0 ? `, and ${others.length} more like it` : '';
  const title = `${titleOf(first, packet)}${more}:`;
  const stays = opening?.outcome?.sticks;
  return [
    ...(titled ? [title] : []),
    ...printSteps(first),
    ...printErrors(first.errors),
    '',
    ...(opening?.outcome?.verdict === 'accept' ? explain(opening.outcome, packet, rules) : []),
    ...(stays ? [`  The client stays with this endpoint until ${stays.until} s (list ${stays.list}).`] : []),
    ...printRules(first.steps, rules),
    '',
  ];
}

function titleOf({ verdict, reached, dnat, at }: ConnectionOutcome, { protocol }: Packet): string {
  const where = reached === null ? '' : ` with ${dnat ?? formatEnd(reached)}`;
  return at === null
    ? `${capital(sayVerdict(verdict, protocol))}${where}`
    : `Where the ${at.step} ${failed[verdict]}${where}`;
}

const failed: Readonly<Record<ConnectionOutcome['verdict'], string>> = {
  established: '',
  refused: 'is rejected,',
  reset: 'is rejected,',
  hangs: 'does not arrive,',
  'no-answer': 'does not arrive,',
  unknown: 'cannot be told,',
};

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The rules that packets meet: those of the same rules together. */
function printRules(steps: readonly ConnectionStep[], rules: PlaceTexts): string[] {
  const groups = new Map<string, { readonly names: string[]; readonly matched: readonly Matched[] }>();
  for (const { step, outcome } of steps) {
    if (!outcome) continue;
    const { matched } = outcome;
    const key = matched.map(({ hook, place }) => `${hook} ${place.table}/${place.chain}/${place.number}`);
    const known = groups.get(key.join(' '));
    if (known) known.names.push(step);
    else groups.set(key.join(' '), { names: [step], matched });
  }
  return [...groups.values()].flatMap(({ names, matched }) => [
    `  ${namesOf(names, steps)}${matched.length > 0 ? ':' : ' no rule'}`,
    ...(matched.length > 0 ? printMatched(matched, rules) : []),
  ]);
}

function namesOf(names: readonly string[], steps: readonly ConnectionStep[]): string {
  if (names.length > 2 && names.length === steps.length - 1) return 'The packets after it match';
  return `The ${names.join(', ')} ${names.length > 1 ? 'match' : 'matches'}`;
}

function fate(
  verdict: ConnectionOutcome['verdict'],
  { because, policy, rule }: Failure,
  outcome: Outcome | null = null,
): string {
  if (outcome?.verdict === 'reject') return 'is rejected';
  if (verdict === 'unknown') return 'cannot be told';
  return because !== null && !policy && !rule ? 'does not arrive' : 'is dropped';
}

function nameFailure({ rule, policy, because }: Failure, rules: PlaceTexts): string {
  if (policy) return `the policy of ${policy.table} ${policy.chain}`;
  if (rule) {
    const { table, chain, number } = rule.place;
    const text = rules.textOf(rule.place);
    const why = because === null ? '' : `; ${because}`;
    return `rule ${number} of ${table} ${rules.chain(table, chain)} (${rules.where(rule.place)}): ${text}${why}`;
  }
  return because ?? 'by the kernel';
}

/** Packets that go like those before them in their direction are told in a word. */
function printSteps({ steps }: ConnectionOutcome): string[] {
  const lines: string[] = [];
  let alike: string[] = [];
  const tell = (rest: string) => {
    if (alike.length > 0) lines.push(`    ${alike.join(', ').padEnd(9)} ${rest}`);
    alike = [];
  };
  steps.forEach((step, index) => {
    const before = steps.slice(0, index).findLast((other) => isBack(other) === isBack(step));
    if (before && step.outcome?.verdict === 'accept' && wayOf(step) === wayOf(before)) alike.push(step.step);
    else {
      tell('likewise');
      lines.push(printStep(step));
    }
  });
  tell('likewise');
  return lines;
}

function isBack({ step }: ConnectionStep): boolean {
  return ['SYN-ACK', 'data back', 'FIN back', 'answer'].includes(step);
}

function wayOf({ outcome, past }: ConnectionStep): string {
  if (!outcome) return `past ${past}`;
  const { verdict, dnat, src, interface: name, delivered } = outcome;
  return [verdict, dnat, src, name, delivered].join(' ');
}

function printErrors(errors: readonly ConnectionError[]): string[] {
  if (errors.length === 0) return [];
  if (errors.every(({ at }) => at === null))
    return ['    ICMP errors about its packets (path MTU) come back to who sent them'];
  return errors.flatMap(({ error, about, packet, outcome, at }) =>
    at === null
      ? []
      : [
          `    ICMP      ${errorNames[error]}, about the ${about}: ${printPacket(packet)}: ${sayFate(outcome)}`,
        ],
  );
}

function printStep({ step, packet, outcome, past }: ConnectionStep): string {
  const sent = `    ${step.padEnd(9)} ${printPacket(packet)}`;
  return `${sent}: ${outcome ? sayFate(outcome) : `not through this node: ${past}`}`;
}

function sayFate(outcome: Outcome): string {
  const { verdict, dnat, src, delivered, interface: name, because, rejectWith } = outcome;
  if (verdict === 'drop') return `dropped${because === null ? '' : `: ${because}`}`;
  if (verdict === 'reject') return `rejected with ${rejectWith}`;
  if (verdict === 'unknown') return `unknown: ${because}`;
  const where = delivered === 'local' ? 'reaches the node itself' : `leaves by ${name}`;
  return `${where}${dnat === null ? '' : `, to ${dnat}`}, from ${src}`;
}
