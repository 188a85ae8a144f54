import type { VirtualServers } from '../host/virtual-servers.ts';
import { type Hook, perHook } from '../iptables/rule/ruleset.ts';
import { uniqueData } from '../text/data-key.ts';
import type { WalkAssumption } from './assumption.ts';
import type { BaseChain, DynamicSet, IrChain, IrProgram, States, UnwalkedChain } from './ir.ts';

/** What several programs do together, on one node and to packets of one family: each hook asks the chains of all of them. */
export class JoinedProgram implements IrProgram {
  readonly family: IrProgram['family'];
  readonly baseChains: IrProgram['baseChains'];
  readonly chains: ReadonlyMap<string, IrChain>;
  readonly states: States;
  readonly unwalked: readonly UnwalkedChain[];
  readonly assumed: readonly WalkAssumption[];
  readonly virtualServers?: VirtualServers;
  private readonly programs: readonly IrProgram[];

  /** `place`: what else is known of the order of base chains. */
  constructor(
    programs: readonly [IrProgram, ...IrProgram[]],
    place: (baseChains: IrProgram['baseChains']) => IrProgram['baseChains'] = (own) => own,
  ) {
    const [{ family }] = programs;
    const at = (hook: Hook): readonly BaseChain[] =>
      programs
        .flatMap(({ baseChains }) => baseChains[hook])
        .sort((left, right) => left.priority - right.priority);
    this.family = family;
    this.programs = programs;
    this.baseChains = place(perHook(at));
    this.chains = joinedChains(programs.map(({ chains }) => chains));
    this.states = new JoinedStates(programs);
    const servers = programs.find(({ virtualServers }) => virtualServers)?.virtualServers;
    if (servers) this.virtualServers = servers;
    this.unwalked = programs.flatMap(({ unwalked }) => unwalked ?? []);
    this.assumed = uniqueData(programs.flatMap(({ assumed }) => assumed ?? []));
  }

  get usesConntrack(): boolean {
    return this.programs.some((program) => program.usesConntrack);
  }
}

/** Very many are not put together with none. */
function joinedChains(maps: readonly IrProgram['chains'][]): IrProgram['chains'] {
  const [first, ...others] = maps.filter(({ size }) => size > 0);
  return first && others.length === 0 ? first : new Map(maps.flatMap((chains) => [...chains]));
}

class JoinedStates implements States {
  readonly sets: States['sets'];
  readonly dynamic: ReadonlyMap<string, DynamicSet>;
  private readonly programs: readonly IrProgram[];

  constructor(programs: readonly IrProgram[]) {
    this.programs = programs;
    this.sets = programs.find(({ states }) => states.sets)?.states.sets ?? null;
    this.dynamic = new Map(programs.flatMap(({ states }) => [...(states.dynamic ?? [])]));
  }

  get recent(): States['recent'] {
    return new Map(this.programs.flatMap(({ states }) => [...states.recent]));
  }
}
