import { instructionsIn } from '../engine/instructions.ts';
import type { Instruction, IrChain, IrProgram } from '../engine/ir.ts';
import { tiedChains } from '../engine/registered.ts';
import { chainPlace, type FindingOf } from './finding.ts';
import { ownerOfPlace } from './reach/owners.ts';
import type { NodeRules } from './reach.ts';

/**
 * Base chains of one hook and priority of which the order is chance, where one of them is of nobody who is known: those whom programs make
 * for each other's company are theirs to order. Where neither changes anything, each packet meets both alike in any order.
 */
export function findTied({ program, nft }: NodeRules): FindingOf<'chains-tied'>[] {
  if (nft.length === 0) return [];
  return tiedChains(program).flatMap((ties): FindingOf<'chains-tied'>[] => {
    const places = ties.chains.map((name) => placeOfChain(name, program));
    const own = places.find((place) => ownerOfPlace(place) === null && place.table.includes(' '));
    if (!own || places.some(({ table }) => !table.includes(' '))) return [];
    const chains = ties.chains.flatMap((name) => program.chains.get(name) ?? []);
    if (!chains.some((chain) => changes(chain, new Set()))) return [];
    return [{ code: 'chains-tied', place: chainPlace(own.table, own.chain), ties }];
  });
}

/** Both the names of tables and of chains may have anything in them. */
function placeOfChain(
  name: string,
  { chains }: IrProgram,
): { readonly table: string; readonly chain: string } {
  const found = chains.get(name);
  return found ? { table: found.table, chain: found.name } : { table: name, chain: name };
}

/** What the other chain may ask is another thing behind it. */
const changing: ReadonlySet<Instruction['do']> = new Set([
  'set',
  'nat',
  'masquerade',
  'redirect',
  'netmap',
  'notrack',
  'remember',
  'recall',
]);

function changes(chain: IrChain, seen: Set<IrChain>): boolean {
  if (seen.has(chain)) return false;
  seen.add(chain);
  for (const { code } of chain.rules)
    for (const one of instructionsIn(code)) {
      if (changing.has(one.do)) return true;
      if ((one.do === 'jump' || one.do === 'goto') && changes(one.chain, seen)) return true;
    }
  return false;
}
