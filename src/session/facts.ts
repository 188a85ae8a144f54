import { type Address, type Family, families, parseAddress } from '../address/address.ts';
import { check } from '../expect/file/check.ts';
import { either, field, list, type RecordShape, type Shape, text } from '../expect/file/shape.ts';
import { readSmallDocument, type SmallDocument } from '../host/document.ts';
import { isMulticast } from '../host/route.ts';
import { readDump } from '../iptables/dump/read.ts';
import type { Match, MatchKind } from '../iptables/rule/match.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { type Facts, factText } from '../proof/facts.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { InputError, type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { SessionDetail } from './detail.ts';

const match = text(want.thing('match-as-saved'), undefined, ['-m owner --uid-owner 1000']);

const none: Shape = { kind: 'choice', values: ['none'] };

/** The form of a file of facts. */
const factsShape: RecordShape = {
  kind: 'record',
  what: 'facts',
  fields: {
    never: field(list(match), 'Matches that hold for no packet.'),
    always: field(list(match), 'Matches that hold for every packet.'),
    interfaces: field(
      either(list(text(want.thing('interface-name'), '^[^\\s/]{1,15}$')), none),
      'The interfaces that are there, of those that rules name. There is none that no rule names.',
    ),
    multicast: field(
      either(list(text(want.thing('multicast-address'))), none),
      'The groups that the node listens to, all of them.',
    ),
  },
};

interface Written {
  readonly never?: readonly string[];
  readonly always?: readonly string[];
  readonly interfaces?: readonly string[] | 'none';
  readonly multicast?: readonly string[] | 'none';
}

/** Facts about a host, from YAML or JSON. Throws an InputError with every problem, each at its place. */
export function readFacts(source: Source): Facts {
  const document = readSmallDocument(source);
  check(document, document.value ?? {}, [], factsShape);
  refuseErrors(document.problems);
  const { never = [], always = [], interfaces, multicast } = (document.value ?? {}) as Written;
  const answers = new Map<string, boolean>();
  for (const [name, texts] of Object.entries({ never, always })) {
    for (const [at, given] of texts.entries()) noteAnswer(document, answers, given, name, at);
  }
  const groups = multicast ? listOf(multicast).map((one, at) => groupOf(document, one, at)) : null;
  refuseErrors(document.problems);
  return { answers, interfaces: interfaces ? listOf(interfaces) : null, groups };
}

const listOf = (given: readonly string[] | 'none') => (given === 'none' ? [] : given);

/** A fact about what no rule asks is a slip, and ends no doubt. */
export function unasked({ answers }: Facts, rulesets: readonly Ruleset[]): readonly Problem[] {
  if (answers.size === 0) return [];
  const asked = new Set<string>();
  for (const { tables } of rulesets) {
    for (const { chains } of tables) {
      for (const { rules } of chains.values())
        for (const { matches } of rules) for (const one of matches) asked.add(factText(one).text);
    }
  }
  return [...answers.keys()]
    .filter((text_) => !asked.has(text_))
    .map((text_) => ({
      code: 'field-value',
      severity: 'warning',
      ...told<SessionDetail>({ code: 'fact-unasked', text: text_ }),
    }));
}

function noteAnswer(
  document: SmallDocument,
  answers: Map<string, boolean>,
  given: string,
  name: string,
  at: number,
): void {
  const found = matchIn(given);
  const path = [name, at];
  if (typeof found === 'string') {
    document.report(path, 'field-value', `${JSON.stringify(given)}: ${found}`, match.expected);
    return;
  }
  const why = tells[found.kind];
  if (why !== undefined) {
    document.report(path, 'field-value', `${given} is no open question: ${why}`, want.thing('open-match'));
    return;
  }
  const { text: key, negated } = factText(found);
  const holds = (name === 'always') !== negated;
  if ((answers.get(key) ?? holds) !== holds)
    document.report(path, 'field-value', told<SessionDetail>({ code: 'fact-for-all-and-none', text: given }));
  answers.set(key, holds);
}

const byHeader = 'each packet tells it by itself';
const byRules = 'the rules tell it';

/** Matches that are answered without anybody's word. */
const tells: Partial<Record<MatchKind, string>> = {
  source: byHeader,
  destination: byHeader,
  protocol: byHeader,
  udp: byHeader,
  sctp: byHeader,
  dccp: byHeader,
  icmp: byHeader,
  icmp6: byHeader,
  multiport: byHeader,
  iprange: byHeader,
  state: byHeader,
  'in-interface': byHeader,
  'out-interface': byHeader,
  mark: byRules,
  connmark: byRules,
  recent: byRules,
  statistic: byRules,
  comment: byRules,
};

/** The one match of a text beside the protocol that it needs; else what is wrong with it. */
function matchIn(given: string): Match | string {
  let wrong = '';
  for (const family of families) {
    const found = readIn(given, family);
    if (typeof found !== 'string') return found;
    wrong ||= found;
  }
  return wrong;
}

function readIn(given: string, family: Family): Match | string {
  if (/\n/.test(given)) return 'several lines';
  const text_ = `*filter\n:FACT - [0:0]\n-A FACT ${given} -j ACCEPT\nCOMMIT\n`;
  try {
    const { ruleset, problems } = readDump({ name: 'fact', text: text_ }, { family, open: true });
    // What is kept of a rule that a node has loaded is wrong where somebody writes one.
    const [wrong] = problems;
    if (wrong) return wrong.message;
    const [rule, ...others] = ruleset.tables.flatMap(({ chains }) => chains.get('FACT')?.rules ?? []);
    const matches = rule?.matches.filter(({ kind }) => kind !== 'protocol') ?? [];
    const [only] = matches.length === 0 ? (rule?.matches ?? []) : matches;
    if (!only || others.length > 0 || matches.length > 1) return 'not one match';
    return only;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems[0]?.message ?? 'no match';
  }
}

function groupOf(document: SmallDocument, given: string, at: number): Address {
  const address = parseAddress(given);
  if (address !== undefined && isMulticast(address)) return address;
  document.report(
    ['multicast', at],
    'address-syntax',
    told<SessionDetail>({ code: 'no-multicast', text: given }),
    want.suchAs('224.0.0.251'),
  );
  return 0;
}
