import type { RulePlace } from '../engine/ir.ts';
import type { RulesIn } from '../engine/masking.ts';
import type { NodeProgram, NodeText } from '../session/program.ts';
import { positionAt, type Source } from '../text/source.ts';
import { nftChainName } from './nft-names.ts';
import type { PlaceTexts } from './place-texts.ts';
import { RuleTexts } from './rule-texts.ts';
import type { Where } from './words/where.ts';

/** The rules of a node whose tables stand in several texts, or in the language of nft. */
export class NodeTexts implements PlaceTexts {
  private readonly program: NodeProgram['program'];
  private readonly texts: readonly NodeText[];
  private readonly iptables: RuleTexts | null;

  constructor({ program, texts, iptables }: Pick<NodeProgram, 'program' | 'texts' | 'iptables'>) {
    this.program = program;
    this.texts = texts;
    this.iptables = iptables && new RuleTexts(iptables.ruleset, iptables.source);
  }

  get isCompiled(): boolean {
    return this.texts.every(({ source }) => source.name === '<compiled>');
  }

  readonly rulesIn: RulesIn = (table, chain) =>
    this.program.chains.get(`${table}/${chain}`)?.rules.map(({ rule }) => rule) ?? [];

  chain(table: string, name: string): string {
    const { language } = this.program.chains.get(`${table}/${name}`) ?? {};
    if (language === 'nftables') return nftChainName(table, name);
    return this.iptables?.chain(table, name) ?? name;
  }

  lineOf(place: RulePlace): number {
    return positionAt(this.sourceOf(place), place.rule.at).line;
  }

  where(place: RulePlace): Where {
    const source = this.sourceOf(place);
    const { file, line } = positionAt(source, place.rule.at);
    return { file: this.texts.length === 1 && !source.parts ? null : file, line };
  }

  textOf(place: RulePlace): string {
    return place.text ?? this.iptables?.textOf(place) ?? '';
  }

  private sourceOf({ table }: RulePlace): Source {
    return (this.texts.find(({ tables }) => tables.has(table)) ?? (this.texts[0] as NodeText)).source;
  }
}
