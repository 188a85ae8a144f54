import type { Decision } from '../decide/decide.ts';
import type { ChainSpec, ElementSpec, Operation, RuleSpec, SetSpec, Transaction } from './operations.ts';

/** What stands in a table once a transaction was carried out on an empty node. */
export interface KubeProxyTable {
  readonly family: Transaction['family'];
  readonly comment: string;
  readonly counters: readonly string[];
  readonly sets: readonly TableSet[];
  readonly chains: readonly TableChain[];
}

export interface TableSet {
  readonly spec: SetSpec;
  readonly elements: readonly TableElement[];
}

export interface TableElement {
  readonly element: ElementSpec;
  readonly origin?: Decision;
}

export interface TableChain {
  readonly spec: ChainSpec;
  readonly rules: readonly TableRule[];
}

export interface TableRule {
  readonly rule: RuleSpec;
  readonly origin?: Decision;
}

interface Building {
  comment: string;
  readonly counters: Set<string>;
  readonly sets: Map<string, { spec: SetSpec; elements: Map<string, TableElement> }>;
  readonly chains: Map<string, { spec: ChainSpec; rules: TableRule[] }>;
}

/**
 * Carries a transaction out. Chains of services come in the order of names, after everything else: kube-proxy's own order is that of a
 * Go map. Sets come as they were made: service by service, and each one's in the order of its endpoints, which is not chance.
 */
export function carryOut({ family, operations }: Transaction): KubeProxyTable {
  const building: Building = { comment: '', counters: new Set(), sets: new Map(), chains: new Map() };
  for (const operation of operations) apply(building, operation);
  const sets = [...building.sets.values()].map(({ spec, elements }) => ({
    spec,
    elements: [...elements.values()],
  }));
  return {
    family,
    comment: building.comment,
    counters: [...building.counters],
    sets,
    chains: servicesLast([...building.chains.values()]),
  };
}

/** The names of what belongs to a service have a slash in them, all others have none. */
function servicesLast(all: readonly TableChain[]): readonly TableChain[] {
  const isOwn = ({ spec }: TableChain) => spec.name.includes('/');
  const own = all.filter(isOwn).sort((left, right) => (left.spec.name < right.spec.name ? -1 : 1));
  return [...all.filter((one) => !isOwn(one)), ...own];
}

function apply(building: Building, operation: Operation): void {
  switch (operation.do) {
    case 'add-table':
      building.comment = operation.comment;
      return;
    case 'add-counter':
      building.counters.add(operation.name);
      return;
    case 'add-chain':
      addOnce(building.chains, operation.chain.name, { spec: operation.chain, rules: [] });
      return;
    case 'add-set':
      addOnce(building.sets, operation.set.name, { spec: operation.set, elements: new Map() });
      return;
    case 'add-rule': {
      const { do: _, chain, ...rule } = operation;
      building.chains.get(chain)?.rules.push(rule);
      return;
    }
    case 'add-element': {
      const { do: _, set, ...element } = operation;
      building.sets.get(set)?.elements.set(keyOf(element.element), element);
      return;
    }
    case 'delete-element':
      building.sets.get(operation.set)?.elements.delete(keyOf(operation.element));
      return;
    case 'flush':
    case 'delete':
      remove(building, operation);
      return;
  }
}

function addOnce<T>(all: Map<string, T>, name: string, one: T): void {
  if (!all.has(name)) all.set(name, one);
}

function remove(building: Building, operation: Operation & { do: 'flush' | 'delete' }): void {
  const { what, name } = operation;
  if (operation.do === 'flush') {
    if (what === 'chain') building.chains.get(name)?.rules.splice(0);
    else building.sets.get(name)?.elements.clear();
    return;
  }
  if (what === 'chain') building.chains.delete(name);
  else if (what === 'counter') building.counters.delete(name);
  else building.sets.delete(name);
}

/** A key as a text that no other key has. */
export function keyOf({ key }: ElementSpec): string {
  return key.map((one) => Object.values(one).join()).join(' . ');
}
