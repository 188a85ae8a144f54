import type { Expression, SetElement } from '../expression.ts';
import type { BaseChain, NftChain, NftTable, RuleForm } from '../model.ts';
import { findNamed, placeOfNamed } from '../named.ts';
import type { Statement } from '../statement.ts';
import { lacking, type Places, placesOf } from './hooks.ts';

/**
 * Whether nothing is wrong on the ways from base chains, found without the rules that are like others: of them what they have in common and
 * the chains that they name are enough. Where something may be wrong, whoever looks at each rule says what.
 */
export function isSound(table: NftTable, deepest: number): boolean {
  const ways = new Ways(table, deepest);
  return table.chains.every(({ base }, place) => !base || ways.suit(base, place));
}

/** So many different needs have a bit of a way's each. */
const most = 26;
const bitsOfDepth = 4;

/** Not looked at yet; being looked at; and a way on which something may be wrong. */
const [unknown, open, doubtful] = [-1, -2, -3];

class Ways {
  private readonly table: NftTable;
  private readonly deepest: number;
  private readonly needs: Places[] = [];
  private readonly ofForms = new Map<RuleForm, number>();
  private readonly maps = new Map<string, readonly string[]>();
  /** By the place of a chain: a bit for each need from there on, and how many jumps may follow each other. */
  private readonly known: Int32Array;

  constructor(table: NftTable, deepest: number) {
    this.table = table;
    this.deepest = deepest;
    this.known = new Int32Array(table.chains.length).fill(unknown);
  }

  suit(base: BaseChain, place: number): boolean {
    const way = this.from(place, 0);
    if (way < 0) return false;
    const needs = way >> bitsOfDepth;
    return this.needs.every((one, bit) => !(needs & (1 << bit)) || !lacking(one, base, this.table.family));
  }

  private from(place: number, level: number): number {
    const known = this.known[place] as number;
    if (known !== unknown) return known === open ? doubtful : known;
    if (level > this.deepest) return doubtful;
    this.known[place] = open;
    const way = this.of(this.table.chains[place] as NftChain, level);
    this.known[place] = way;
    return way;
  }

  private of(chain: NftChain, level: number): number {
    let way = 0;
    const { later } = chain;
    if (later) {
      for (const form of later.forms) way = joined(way, this.ofForm(form, level));
      return joined(way, this.behind(later.targets, level));
    }
    for (const { statements } of chain.rules)
      for (const one of statements)
        way = joined(joined(way, this.needed(one)), this.behind(this.targetsOf(one), level));
    return way;
  }

  /** What its rules need, and the maps that they look into, without the chains that they name themselves. */
  private ofForm(form: RuleForm, level: number): number {
    const { statements } = form.sample;
    let way = this.ofForms.get(form);
    if (way === undefined) {
      way = statements.reduce((sum, one) => joined(sum, this.needed(one)), 0);
      this.ofForms.set(form, way);
    }
    for (const one of statements)
      if (one.kind === 'vmap' && one.map.kind === 'set-reference')
        way = joined(way, this.behind(this.targetsIn(one.map), level));
    return way;
  }

  private needed(statement: Statement): number {
    let bits = 0;
    for (const places of placesOf(statement)) {
      const known = this.needs.findIndex(({ what }) => what === places.what);
      const bit = known === -1 ? this.needs.push(places) - 1 : known;
      if (bit >= most) return doubtful;
      bits |= 1 << bit;
    }
    return bits << bitsOfDepth;
  }

  private behind(targets: readonly string[], level: number): number {
    let way = 0;
    for (const name of targets) {
      const place = placeOfNamed(this.table.chains, name);
      if (place === undefined) continue;
      const own = this.from(place, level + 1);
      const isTooDeep = (own & ((1 << bitsOfDepth) - 1)) >= this.deepest;
      way = joined(way, own < 0 || isTooDeep ? doubtful : own + 1);
    }
    return way;
  }

  private targetsOf(statement: Statement): readonly string[] {
    if (statement.kind === 'verdict') return 'chain' in statement ? [statement.chain] : [];
    return statement.kind === 'vmap' ? this.targetsIn(statement.map) : [];
  }

  private targetsIn(map: Expression): readonly string[] {
    if (map.kind === 'set') return chainsIn(map.elements);
    if (map.kind !== 'set-reference') return [];
    const known = this.maps.get(map.name) ?? chainsIn(findNamed(this.table.sets, map.name)?.elements ?? []);
    this.maps.set(map.name, known);
    return known;
  }
}

/** The needs of both, and the longer of two ways. */
function joined(left: number, right: number): number {
  if (left < 0 || right < 0) return doubtful;
  const mask = (1 << bitsOfDepth) - 1;
  return ((left | right) & ~mask) | Math.max(left & mask, right & mask);
}

const chainsIn = (elements: readonly SetElement[]): readonly string[] =>
  elements.flatMap(({ data }) => (data?.kind === 'verdict' && 'chain' in data ? [data.chain] : []));
