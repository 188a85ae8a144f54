import { instructionsIn } from '../engine/instructions.ts';
import type { IrProgram } from '../engine/ir.ts';
import type { NftTable } from '../nftables/model.ts';
import { nameOfTable } from '../proxy/nftables/listed.ts';
import { placeOf, type RuleFinding } from './finding.ts';

/** Where kube-proxy's masquerade picks ports in turn: two flows that do so at once may get one port, and one of them is lost. */
export function findPlainMasquerade(table: NftTable, { chains }: IrProgram): RuleFinding[] {
  const rules = chains.get(`${nameOfTable(table)}/masquerading`)?.rules ?? [];
  return rules.flatMap((rule): RuleFinding[] => {
    const isPlain = [...instructionsIn(rule.code)].some(
      (instruction) => instruction.do === 'masquerade' && !instruction.range.randomFully,
    );
    return isPlain ? [{ code: 'ports-predictable', place: placeOf(rule) }] : [];
  });
}
