import { type Hook, perHook } from '../iptables/rule/ruleset.ts';
import type { BaseChain, IrProgram } from './ir.ts';

/** Two base chains of different tables that one hook asks at one priority: which comes first, rules do not tell. */
export interface TiedChains {
  readonly hook: Hook;
  readonly priority: number;
  /** `table/chain`, in the order in which they are told. */
  readonly chains: readonly [string, string];
}

/** All base chains of which the order matters and is not known. Chains of translation are asked in an order of their own. */
export function tiedChains({ baseChains }: IrProgram): readonly TiedChains[] {
  return Object.values(baseChains).flatMap((chains) =>
    chains.flatMap((one, at) =>
      chains.slice(at + 1).flatMap((other): TiedChains[] => {
        const isTied =
          one.priority === other.priority &&
          (one.type === 'nat') === (other.type === 'nat') &&
          one.chain.table !== other.chain.table &&
          !isTold(one, other) &&
          one.chain.rules.length > 0 &&
          other.chain.rules.length > 0;
        return isTied
          ? [{ hook: one.hook, priority: one.priority, chains: [nameOf(one), nameOf(other)] }]
          : [];
      }),
    ),
  );
}

/** Whether somebody said which of them came later. */
function isTold({ registered: one }: BaseChain, { registered: other }: BaseChain): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function nameOf({ chain: { table, name } }: BaseChain): string {
  return `${table}/${name}`;
}

/** The same rules, as if tables had been made in the order in which they are told, or the other way round. */
export function registered(program: IrProgram, order: 'as-told' | 'turned-round'): IrProgram {
  const tables = [...new Set([...program.chains.values()].map(({ table }) => table))];
  if (order === 'turned-round') tables.reverse();
  const chains = [...program.chains.values()].sort(
    (one, other) => tables.indexOf(one.table) - tables.indexOf(other.table),
  );
  const places = new Map(chains.map((chain, at) => [chain, at]));
  const at = (hook: Hook): readonly BaseChain[] =>
    program.baseChains[hook].map((base) => ({
      ...base,
      registered: base.registered ?? places.get(base.chain) ?? -1,
    }));
  const baseChains = perHook(at);
  const { family, chains: all, states, virtualServers, unwalked, assumed, usesConntrack } = program;
  return {
    family,
    baseChains,
    chains: all,
    states,
    usesConntrack,
    ...(virtualServers && { virtualServers }),
    ...(unwalked && { unwalked }),
    ...(assumed && { assumed }),
  };
}
