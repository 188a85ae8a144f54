import type { RulePlace } from '../engine/ir.ts';
import type { RulesIn } from '../engine/masking.ts';
import type { Rule, Ruleset } from '../iptables/rule/ruleset.ts';
import { positionAt, type Source } from '../text/source.ts';
import type { PlaceTexts } from './place-texts.ts';
import { chainNames, nameOfChain } from './trace-names.ts';
import type { Where } from './words/where.ts';

/** The rules of a dump, as the dump spells them. */
export class RuleTexts implements PlaceTexts {
  readonly ruleset: Ruleset;
  private readonly source: Source;
  private named: ReadonlyMap<string, string> | undefined;

  constructor(ruleset: Ruleset, source: Source) {
    this.ruleset = ruleset;
    this.source = source;
  }

  get isCompiled(): boolean {
    return this.source.name === '<compiled>';
  }

  /** A name that people can read: `KUBE-SVC[default/web]`, where kube-proxy's own holds only a hash. */
  chain(table: string, name: string): string {
    const chain = this.ruleset.tables.find((one) => one.name === table)?.chains.get(name);
    return (chain && nameOfChain(table, chain)) ?? name;
  }

  /** The names of all chains that have one for people. */
  get chains(): ReadonlyMap<string, string> {
    this.named ??= chainNames(this.ruleset);
    return this.named;
  }

  readonly rulesIn: RulesIn = (table, chain) =>
    this.ruleset.tables.find(({ name }) => name === table)?.chains.get(chain)?.rules ?? [];

  lineOf({ rule }: RulePlace): number {
    return this.line(rule);
  }

  /** The line, and no file where there is but one. */
  where({ rule }: RulePlace): Where {
    const { file, line } = positionAt(this.source, rule.at);
    return { file: this.source.parts ? file : null, line };
  }

  /** The file in which a rule stands. */
  fileOf({ rule }: { readonly rule: Rule }): string {
    return positionAt(this.source, rule.at).file;
  }

  textOf({ rule }: RulePlace): string {
    return this.text(rule);
  }

  /** Counts from 1. */
  line(rule: Rule): number {
    return positionAt(this.source, rule.at).line;
  }

  /** Without `-A CHAIN`. */
  text(rule: Rule): string {
    const { text } = this.source;
    const newline = text.indexOf('\n', rule.at);
    const line = text.slice(rule.at, newline === -1 ? text.length : newline).trimEnd();
    return line.replace(/^(?:\[\d+:\d+\] )?-A \S+ ?/, '');
  }
}
