import type { Matched } from '../engine/branch.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Parting } from '../logs/compare.ts';
import type { FollowedEntry } from '../logs/entry.ts';
import type { Followed, FollowedWay } from '../logs/follow.ts';
import type { LoggedPacket, LoggedPlace, Sight } from '../logs/model.ts';
import { assumptionLines } from './assumptions.ts';
import type { LogAnswer } from './log-json.ts';
import type { PlaceTexts } from './place-texts.ts';
import { printOutcome, printPacket } from './trace-text.ts';
import { logWords as en } from './words/en/logs.ts';
import { logWords as ko } from './words/ko/logs.ts';
import type { Language } from './words/language.ts';
import type { LogWords } from './words/logs.ts';

const tables: Readonly<Record<Language, LogWords>> = { en, ko };

/** Where the packets and connections of a log are in the rules, for people. */
export function printLogText(
  { packets, entries, passed }: LogAnswer,
  rules: PlaceTexts,
  language: Language = 'en',
): string {
  const told = new LogTexts(rules, language);
  const over = [...passed].map(([why, lines]) => [lines, why] as const);
  return [
    ...packets.flatMap((one) => [...told.followed(one), '']),
    ...entries.flatMap((one) => [...told.entry(one), '']),
    ...(over.length > 0 ? [tables[language].passed(over)] : []),
    ...assumptionLines(
      packets.flatMap((one) => one.assumed),
      language,
    ),
    '',
  ].join('\n');
}

const mostFates = 4;

/** Lines about one log and the rules that it is held against. */
class LogTexts {
  private readonly rules: PlaceTexts;
  private readonly language: Language;
  private readonly w: LogWords;

  constructor(rules: PlaceTexts, language: Language) {
    this.rules = rules;
    this.language = language;
    this.w = tables[language];
  }

  followed({ logged, ways, parting, late }: Followed): string[] {
    const [way] = ways as [FollowedWay];
    const head = `${this.linesOf(logged)}: ${printPacket(way.packet)}`;
    return [
      `${head}${this.w.by(writerOf(logged.sights[0]))}`,
      ...(parting ? this.parting(parting, way) : ways.flatMap((one) => this.way(one, ways))),
      ...(late ? [`  ${this.w.late}`] : []),
    ];
  }

  private linesOf({ sights }: LoggedPacket): string {
    return this.w.lines(sights[0].line, (sights.at(-1) as Sight).line);
  }

  private way(
    { taken, outcome, sourceKnown, at, next }: FollowedWay,
    ways: readonly FollowedWay[],
  ): string[] {
    const others = ways.filter((other) => other.taken[0] === taken[0]);
    const share = others.length > 1 && outcome ? outcome.weight : null;
    const fate = outcome ? this.fate(outcome, sourceKnown) : this.w.fateUnknown;
    return [
      `  ${this.w.taken(taken, share, fate)}`,
      ...(at ? [`    ${this.w.lastRule(this.rule(at))}`] : []),
      ...next.map((matched) => `    ${this.w.nextRule(this.rule(matched))}`),
    ];
  }

  private fate(outcome: Outcome, sourceKnown = true): string {
    if (!sourceKnown && outcome.verdict === 'accept')
      return printOutcome({ ...outcome, src: null }, this.language);
    if (outcome.verdict !== 'drop' || outcome.reason !== null) return printOutcome(outcome, this.language);
    if (outcome.by === null) return this.w.dropped;
    const { table, chain, number } = outcome.by.place;
    return this.w.droppedBy(number, table, this.rules.chain(table, chain));
  }

  /** How often, where not always, and what becomes of it then. */
  private sharedFate(outcome: Outcome): string {
    return `${outcome.weight === '1/1' ? '' : `${outcome.weight} `}${this.fate(outcome)}`;
  }

  private rule({ place }: Matched): string {
    const { table, chain, number } = place;
    const name = `${table} ${this.rules.chain(table, chain)}`;
    return this.w.rule(name, number, this.rules.lineOf(place), this.rules.textOf(place));
  }

  private parting(parting: Parting, { at }: FollowedWay): string[] {
    return [
      `  ${this.w.part(parting.sight.line, this.why(parting))}`,
      ...(at ? [`    ${this.w.upToThere(this.rule(at))}`] : []),
      ...((parting.kind === 'other' || parting.kind === 'end') && parting.instead
        ? [`    ${this.w.nextByRules(this.rule(parting.instead))}`]
        : []),
    ];
  }

  private why(parting: Parting): string {
    const { place, prefix } = parting.sight;
    const chain = place ? `${place.table} ${this.rules.chain(place.table, place.chain)}` : '';
    const where = () =>
      place?.kind === 'rule' ? this.w.atRule(this.loggedRule(place), chain) : this.w.atEnd(chain);
    switch (parting.kind) {
      case 'missing':
        return parting.rules === null
          ? this.w.noChain(chain)
          : this.w.noRule(this.loggedRule(place), chain, parting.rules);
      case 'length':
        return this.w.otherLength(chain, parting.logged, parting.rules);
      case 'other':
        return this.w.noMatch(this.loggedRule(place), chain);
      case 'end':
        return this.w.noEnd(chain);
      case 'verdict':
        return this.w.otherVerdict(this.loggedRule(place), chain, parting.logged, parting.own);
      case 'policy':
        return this.w.otherPolicy(chain, parting.logged, parting.own);
      case 'mark':
        return this.w.otherMark(where(), spelledMark(parting.logged), spelledMark(parting.own));
      case 'destination':
        return this.w.otherDestination(where(), parting.logged, parting.own);
      case 'no-log':
        return this.w.noLog(JSON.stringify(prefix));
    }
  }

  private loggedRule(place: LoggedPlace | null): string {
    return place?.number === null
      ? (place.text ?? place.nft?.text ?? this.w.someRule(place.jump))
      : this.w.ruleNumber(place?.number);
  }

  entry({ entry, request, to, as, today, agrees, next }: FollowedEntry): string[] {
    const { line, stateName, answered, left } = entry;
    const parts = { to, as, state: stateName, answered, left };
    return [
      `${this.w.lines(line, line)}: ${this.w.entry(printPacket(request), parts)}`,
      ...this.agreement(agrees, to, today),
      ...(next
        ? [...this.next('request', next.request), ...this.next('answer', next.answer)]
        : [`  ${this.w.atItsEnd}`]),
    ];
  }

  private agreement(agrees: boolean | null, to: string | null, today: readonly Outcome[]): string[] {
    if (agrees !== false) return [`  ${agrees ? this.w.agrees : this.w.agreesUnknown}`];
    const fates = today.map((outcome) => this.sharedFate(outcome));
    const shown = fates.slice(0, mostFates);
    return [`  ${this.w.disagrees(to)}`, `    ${this.w.anew(shown, fates.length - shown.length)}`];
  }

  private next(what: 'request' | 'answer', outcomes: readonly Outcome[]): string[] {
    return outcomes.map((outcome) => {
      const share = outcome.weight === '1/1' ? '' : ` (${outcome.weight})`;
      return `  ${this.w.next[what]}${share}: ${this.fate(outcome)}`;
    });
  }
}

function spelledMark(mark: number): string {
  return `0x${mark.toString(16)}`;
}

function writerOf({ writer, prefix }: Sight): string {
  if (writer !== 'log') return writer === 'trace' ? 'TRACE' : 'tcpdump';
  return prefix ? `LOG ${JSON.stringify(prefix)}` : 'LOG';
}
