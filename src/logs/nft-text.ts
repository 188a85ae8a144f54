import type { Family } from '../address/address.ts';
import { fullSet, stateNumbers } from '../engine/fields.ts';
import type { Condition, Instruction, IrRule, Test } from '../engine/ir.ts';
import { NftProgram } from '../engine/lower/nftables/program.ts';
import { printMatch } from '../iptables/rule/print.ts';
import { canonicalRule } from '../nftables/canonical/rules.ts';
import { readTaken } from '../nftables/check/load.ts';
import type { NftRuleset } from '../nftables/model.ts';
import { printRule } from '../nftables/print/tables.ts';
import { type IntervalSet, intersect, interval, subtract } from '../sets/intervals.ts';
import { dataKey } from '../text/data-key.ts';
import { plain } from './nft.ts';

/** A text that nft printed of a rule, in a table of the family that is told with it (`ip`, `inet`). */
interface Printed {
  readonly text: string;
  readonly family: string;
}

/** What a program of nft's family prints of rules, held against rules. One for each log: the same texts come again and again. */
export class NftTexts {
  private readonly family: Family;
  private readonly spellings = new Map<string, string | null>();
  private readonly questions = new Map<string, Asked | null>();

  constructor(family: Family) {
    this.family = family;
  }

  /** Whether the text can be that of the rule. Null: it cannot be read, as where nft does not tell a match of iptables. */
  isOf(printed: Printed, rule: IrRule): boolean | null {
    if (rule.language === 'iptables') return this.asksAlike(printed, rule);
    const own = plain(rule.text ?? '');
    if (own === plain(printed.text)) return true;
    const [one, other] = [this.spell(printed), this.spell({ ...printed, text: own })];
    return one === null || other === null ? null : one === other;
  }

  /** As nft lists it once it was loaded, by whichever version it was printed. */
  private spell(printed: Printed): string | null {
    return remembered(this.spellings, printed, () => {
      const [table] = readOne(printed)?.tables ?? [];
      const rule = table?.chains[0]?.rules[0];
      return table && rule ? plain(printRule(canonicalRule(rule, table))) : null;
    });
  }

  /** What iptables-nft made has nft's words for addresses, interfaces and protocols always, for other matches in some versions. */
  private asksAlike(printed: Printed, rule: IrRule): boolean | null {
    const told = this.asks(printed);
    if (told === null) return null;
    const own = questionsIn(rule.code, this.family);
    const isTold = (key: string) => told.fields.has(key) || !alwaysTold.test(key);
    return (
      [...told.fields].every((key) => own.has(key)) &&
      [...own].every(isTold) &&
      areNamed(told.modules, modulesOf(rule))
    );
  }

  private asks(printed: Printed): Asked | null {
    return remembered(this.questions, printed, () => {
      const ruleset = readOne(printed);
      if (!ruleset) return null;
      const [rule] = new NftProgram(ruleset, this.family).chains.get(`${printed.family} t/c`)?.rules ?? [];
      const fields = rule && questionsIn(rule.code, this.family);
      return fields ? { fields, modules: namedIn(ruleset) } : null;
    });
  }
}

/** What a printed rule asks: its fields, and the matches of iptables of which nft tells no more than the name. */
interface Asked {
  readonly fields: ReadonlySet<string>;
  readonly modules: readonly string[];
}

function namedIn({ tables }: NftRuleset): readonly string[] {
  return tables.flatMap(({ chains }) =>
    chains.flatMap(({ rules }) =>
      rules.flatMap(({ statements }) =>
        statements.flatMap((one) => (one.kind === 'xt' && one.type === 'match' ? [one.name] : [])),
      ),
    ),
  );
}

function modulesOf({ rule }: IrRule): ReadonlySet<string> {
  const texts = rule.matches.map(printMatch).join(' ');
  return new Set([...texts.matchAll(/-m (\S+)/g)].map(([, name]) => name as string));
}

/** Most matches are told by name or in nft's words, as libxtables is there or not; for `recent` nft has no words. */
function areNamed(told: readonly string[], own: ReadonlySet<string>): boolean {
  return told.every((name) => own.has(name)) && told.includes('recent') === own.has('recent');
}

function remembered<T>(known: Map<string, T>, { family, text }: Printed, make: () => T): T {
  const key = `${family} ${text}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

function readOne({ family, text }: Printed): NftRuleset | null {
  const lines = [`table ${family} t {`, '\tchain c {', `\t\t${plain(text)}`, '\t}', '}', ''];
  const { ruleset, problems } = readTaken({ name: 'log', text: lines.join('\n') });
  const [table, ...others] = ruleset.tables;
  const [chain, ...chains] = table?.chains ?? [];
  return others.length + chains.length + problems.length === 0 && chain?.rules.length === 1 ? ruleset : null;
}

const alwaysTold = /^"(?:source|destination|protocol|in|out)"/;

/** The single fields that a rule tests, with what they must be. */
function questionsIn(code: readonly Instruction[], family: Family): ReadonlySet<string> {
  return new Set(
    code
      .flatMap((instruction) => (instruction.do === 'test' ? testsIn(instruction.condition, family) : []))
      .map(({ field, of, mask, set }) => [field, of, mask, set].map(dataKey).join(' ')),
  );
}

function testsIn(condition: Condition, family: Family): readonly Test[] {
  if (condition.kind === 'test')
    return [{ ...condition, set: intersect(condition.set, valuesOf(condition, family)) }];
  if (condition.kind === 'all') return condition.of.flatMap((one) => testsIn(one, family));
  if (condition.kind !== 'not' || condition.of.kind !== 'test') return [];
  const { of } = condition;
  return [{ ...of, set: subtract(valuesOf(of, family), of.set) }];
}

/** Of the state there are more numbers than states. */
function valuesOf({ field }: Test, family: Family): IntervalSet {
  return field === 'ctState' ? interval(0, Math.max(...Object.values(stateNumbers))) : fullSet(field, family);
}
