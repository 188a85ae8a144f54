import type { IrRule, RulePlace } from '../../engine/ir.ts';
import type { Place } from '../../lint/finding.ts';
import { type Finding, isOfRules } from '../../lint/finding.ts';
import { causeOf, identityOf, serviceOf, wayOf } from '../../lint/identity.ts';
import type { Judged } from '../../lint/select.ts';
import type { CheckedInput, CheckReport } from '../../session/check/check.ts';
import type { CheckedRules } from '../../session/check/rules.ts';
import type { Severity } from '../../text/problem.ts';
import { positionAt, type Span } from '../../text/source.ts';
import { type SaidWay, sayFinding, sayWay } from '../findings.ts';
import { NodeTexts } from '../node-texts.ts';
import type { FindingWords } from '../words/findings.ts';
import type { Language } from '../words/language.ts';

/** A rule, as findings tell it. */
export interface ToldRule {
  readonly number: number;
  /** From 1. */
  readonly line: number;
  /** Without `-A CHAIN`. */
  readonly rule: string;
}

/** A finding, ready to be told in whatever form. */
export interface Told {
  readonly code: Finding['code'];
  readonly severity: Severity;
  /** A sentence without a full stop. */
  readonly message: string;
  /** As the user named it. */
  readonly file: string;
  /** Null: it is of no line. */
  readonly span: Span | null;
  readonly line: number | null;
  readonly column: number | null;
  /** `namespace/name:port`. */
  readonly service: string | null;
  readonly way: { readonly from: string; readonly to: string } | null;
  /** The way in words, and what is said of it; null: it is about none. */
  readonly said: SaidWay | null;
  /** Whether it is no part of the service that is to blame, but what others come to as well: a rule, a chain or a policy. */
  readonly byRule: boolean;
  /** What is to blame, whatever way it is about. */
  readonly cause: string;
  /** Of the packets that are meant, an exact fraction. */
  readonly share: string | null;
  /** Null: it is not about rules. */
  readonly place: ToldPlace | null;
  /** Rules that are to blame. */
  readonly by: readonly ToldRule[];
  readonly identity: string;
}

/** What is told once: a finding, and other ways of which the same is so. */
export interface ToldOnce {
  readonly told: Told;
  readonly others: readonly Told[];
}

const ranks: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/**
 * One broken chain cuts off all who ask, and one wrong rule hits all services that come to it. The worst stand first, and else in the order
 * of what is told first.
 */
export function tellOnce(all: readonly Told[]): readonly ToldOnce[] {
  const groups = new Map<unknown, Told[]>();
  for (const told of all) {
    const { code, severity, file, service, said } = told;
    const about = told.byRule ? [told.cause, told.line] : [service, said?.says];
    const key = said === null ? told : JSON.stringify([code, severity, file, ...about]);
    const known = groups.get(key);
    if (known) known.push(told);
    else groups.set(key, [told]);
  }
  return [...groups.values()]
    .map(worstFirst)
    .sort((one, other) => ranks[one.told.severity] - ranks[other.told.severity]);
}

/** Who loses all packets stands for those who lose some. */
function worstFirst(ways: readonly Told[]): ToldOnce {
  const told = ways.find(({ share }) => share === '1/1') ?? (ways[0] as Told);
  return { told, others: ways.filter((one) => one !== told) };
}

/**
 * Of the other ways: `also at node port 30081 from outside (line 47)`, a line for each place to which they go; where one rule hits several
 * services, a line for all of them.
 */
export function sayOthers({ told, others }: ToldOnce, w: FindingWords): string[] {
  const ways = [told, ...others];
  const services = new Set(ways.flatMap(({ service }) => service ?? []));
  if (told.byRule && services.size > 1) {
    const from = new Set(ways.flatMap(({ said }) => said?.from ?? []));
    return [w.byRule(saidOnce(ways).length, [...services], [...from])];
  }
  const byPlace = new Map<string, { readonly own: Told; readonly from: string[] }>();
  for (const one of saidOnce([told, ...others]).slice(1)) {
    const key = placeKey(one);
    const known = byPlace.get(key);
    const from = one.said?.from ?? '';
    if (known) known.from.push(from);
    else byPlace.set(key, { own: one, from: [from] });
  }
  return [...byPlace.values()].map(({ own: { said, line }, from }) =>
    w.also(
      said === null || said.at === told.said?.at ? null : said.at,
      from,
      line === told.line ? null : line,
    ),
  );
}

/** A port of the node is called the same in both families: where a line of each leads on from it, these are two places. */
function placeKey({ said, line }: Told): string {
  return JSON.stringify([said?.at, line]);
}

/** The ways of which not the same is said: of one line, and the same clients, both families may tell. */
function saidOnce(ways: readonly Told[]): readonly Told[] {
  const keyOf = (one: Told) => `${placeKey(one)} ${one.said?.from}`;
  const left = new Set(ways.map(keyOf));
  return ways.filter((one) => left.delete(keyOf(one)));
}

interface ToldPlace {
  readonly table: string;
  readonly chain: string;
  /** The chain's name with its service. */
  readonly name: string;
  /** Null: the chain as a whole. */
  readonly rule: ToldRule | null;
}

/** All findings, those of one cause as one. */
export function tellAll({ inputs }: CheckReport, language: Language = 'en'): readonly ToldOnce[] {
  return tellOnce(inputs.flatMap((input) => tellEach(input, language)));
}

/** Each way by itself, as programs read it. */
export function tellWays({ inputs }: CheckReport): readonly Told[] {
  return inputs.flatMap((input) => tellEach(input));
}

export function tellInput(input: CheckedInput, language: Language = 'en'): readonly ToldOnce[] {
  return tellOnce(tellEach(input, language));
}

/** The finding, and what is said of the other ways, in one line. */
export function sayWhole(once: ToldOnce, w: FindingWords): string {
  return [once.told.message, ...sayOthers(once, w)].join('; ');
}

/** Known again when lines before it change, and services come and go that are hit, too. */
export function identityOfAll({ told, others }: ToldOnce): string {
  return others.length > 0 && told.byRule ? told.cause : told.identity;
}

function tellEach(input: CheckedInput, language: Language = 'en'): Told[] {
  const texts = input.rules && new FamilyTexts(input.rules);
  return input.judged.map((one) => tell(one, input.name, texts, language));
}

function tell(
  { finding, severity, span }: Judged,
  name: string,
  texts: FamilyTexts | null,
  language: Language,
): Told {
  const position = span && positionAt(span.source, span.start);
  return {
    code: finding.code,
    severity,
    message: sayFinding(finding, language),
    file: position?.file ?? name,
    span,
    line: position?.line ?? null,
    column: position?.column ?? null,
    service: serviceOf(finding),
    way: wayOf(finding),
    said: sayWay(finding, language),
    byRule: isByRule(finding),
    cause: causeOf(finding),
    share: 'share' in finding ? finding.share : null,
    place: texts && placeOf(finding, texts),
    by: texts ? blamed(finding).map((one) => texts.told(one)) : [],
    identity: identityOf(finding),
  };
}

function isByRule(finding: Finding): boolean {
  if (!('share' in finding)) return false;
  const { place, front } = finding;
  return (
    place.table !== front.place.table ||
    place.chain !== front.place.chain ||
    place.number !== front.place.number
  );
}

function placeOf(finding: Finding, texts: FamilyTexts): ToldPlace | null {
  if (!isOfRules(finding)) return null;
  const { table, chain } = finding.place;
  return { table, chain, name: texts.chain(table, chain), rule: texts.ruleAt(finding.place) };
}

function blamed(finding: Finding): readonly RulePlace[] {
  if (finding.code === 'shadowed') return finding.by;
  return finding.code === 'repeated' ? [finding.first] : [];
}

/** The texts of all families of a node. */
class FamilyTexts {
  private readonly families: readonly { readonly rules: CheckedRules; readonly texts: NodeTexts }[];

  constructor(rules: readonly CheckedRules[]) {
    this.families = rules.map((one) => ({ rules: one, texts: new NodeTexts(one) }));
  }

  chain(table: string, name: string): string {
    return this.of(table, name).texts.chain(table, name);
  }

  ruleAt(place: Place): ToldRule | null {
    const rule = this.placeAt(place);
    return rule ? this.told(rule) : null;
  }

  placeAt({ table, chain, rule, number }: Place): IrRule | null {
    if (rule === null || number === null) return null;
    return this.of(table, chain).rules.program.chains.get(`${table}/${chain}`)?.rules[number - 1] ?? null;
  }

  told(place: RulePlace): ToldRule {
    const { texts } = this.of(place.table, place.chain);
    return { number: place.number, line: texts.lineOf(place), rule: texts.textOf(place) };
  }

  private of(table: string, chain: string) {
    const key = `${table}/${chain}`;
    const [first] = this.families;
    return (
      this.families.find(({ rules }) => rules.program.chains.has(key)) ?? (first as NonNullable<typeof first>)
    );
  }
}

/** `dump:9`, `web.yaml:7:3`. */
export function placeText({ file, line, column, place }: Told): string {
  if (line === null) return file;
  return place === null ? `${file}:${line}:${column}` : `${file}:${line}`;
}

/** `filter INPUT 2`; nothing where it is not about rules. */
export function ruleText({ place }: Told): string {
  if (place === null) return '';
  return `${place.table} ${place.name}${place.rule === null ? '' : ` ${place.rule.number}`}`;
}

/** Of what is told once, and the ways of which it is said. */
export function sayOnce(once: readonly ToldOnce[], w: FindingWords, isPart: boolean): string {
  if (once.length === 0 && isPart) return w.noneInPart;
  const ways = once.reduce((sum, { told, others }) => sum + saidOnce([told, ...others]).length, 0);
  return ways === once.length ? w.findings(ways) : w.inWays(w.findings(once.length), ways);
}

/** What was left out, in sentences. */
export function sayLeftOut({ silenced, known, gone }: CheckReport, w: FindingWords): string[] {
  return [
    ...(silenced > 0 ? [w.silenced(w.findings(silenced))] : []),
    ...(known > 0 ? [w.known(w.findings(known))] : []),
    ...(gone.length > 0 ? [w.gone(w.findings(gone.length))] : []),
  ];
}
