import { type Hook, perHook, type Rule } from '../iptables/rule/ruleset.ts';
import type { BaseChain, DynamicSet, Instruction, IrChain, IrProgram, IrRule } from './ir.ts';

/** A program without what refers to its chains. */
export interface PackedProgram extends Pick<IrProgram, 'family' | 'usesConntrack' | 'assumed'> {
  readonly dynamic: readonly (readonly [string, DynamicSet])[];
  readonly chains: readonly (Pick<IrChain, 'language' | 'table' | 'name' | 'policy'> & {
    readonly key: string;
    readonly rules: readonly PackedRule[];
  })[];
  readonly bases: readonly (Omit<BaseChain, 'chain'> & { readonly key: string })[];
}

interface PackedRule {
  readonly rule: Rule;
  readonly text: string | undefined;
  readonly code: readonly Instruction[];
}

/** The program that `packProgram` wrote. */
export function unpackProgram(text: string): IrProgram {
  const chains = new Map<string, { -readonly [K in keyof IrChain]: IrChain[K] }>();
  const chainAt = (key: string) => {
    const chain = chains.get(key) ?? { language: 'nftables', table: '', name: '', policy: null, rules: [] };
    chains.set(key, chain);
    return chain;
  };
  const packed: PackedProgram = JSON.parse(text, (_, value) => {
    if (typeof value?.big === 'string')
      return value.big === 'most' ? Number.POSITIVE_INFINITY : BigInt(value.big);
    return typeof value?.chain?.chain === 'string' ? { ...value, chain: chainAt(value.chain.chain) } : value;
  });
  for (const { key, rules, ...rest } of packed.chains) {
    const chain = Object.assign(chainAt(key), rest);
    chain.rules = rules.map(({ text: own, ...rule }, at): IrRule => {
      const last = rule.code.at(-1);
      return {
        ...rule,
        language: rest.language,
        table: rest.table,
        chain: rest.name,
        number: at + 1,
        jump: last && 'chain' in last ? last.chain : null,
        ...(own !== undefined && { text: own }),
      };
    });
  }
  const at = (hook: Hook) =>
    packed.bases
      .filter((base) => base.hook === hook)
      .map(({ key, ...base }) => ({ ...base, chain: chainAt(key) }));
  const baseChains = perHook(at);
  const states = { recent: new Map(), sets: null, dynamic: new Map(packed.dynamic) };
  // In their own order, and not in that in which they are referred to.
  const ordered = new Map(packed.chains.map(({ key }) => [key, chainAt(key)]));
  return { ...packed, chains: ordered, baseChains, states };
}
