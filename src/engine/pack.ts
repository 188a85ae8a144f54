import type { IrChain, IrProgram } from './ir.ts';
import type { PackedProgram } from './unpack.ts';

/** A program as JSON, for whoever has no reader of its language: `unpackProgram` makes it again. */
export function packProgram(program: IrProgram): string {
  const { family, baseChains, chains, states, assumed = [], usesConntrack } = program;
  const packed: PackedProgram = {
    family,
    usesConntrack,
    assumed,
    dynamic: [...(states.dynamic ?? [])],
    chains: [...chains].map(([key, { language, table, name, policy, rules }]) => ({
      key,
      language,
      table,
      name,
      policy,
      rules: rules.map(({ rule, text, code }) => ({ rule, text, code })),
    })),
    bases: Object.values(baseChains)
      .flat()
      .map(({ chain, ...base }) => ({ ...base, key: `${chain.table}/${chain.name}` })),
  };
  return JSON.stringify(packed, pack);
}

/** Chains are named, and large numbers told from words. */
function pack(this: unknown, name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { big: String(value) };
  if (name === 'chain' && typeof value === 'object' && value !== null && 'rules' in value) {
    const { table, name: own } = value as unknown as Pick<IrChain, 'table' | 'name'>;
    return { chain: `${table}/${own}` };
  }
  return value === Number.POSITIVE_INFINITY ? { big: 'most' } : value;
}
