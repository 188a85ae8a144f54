import { keptBy } from '../../text/kept.ts';
import type { NftChain, NftTable, RuleForm } from '../model.ts';
import { findNamed } from '../named.ts';
import { Refusal } from '../refusal.ts';
import type { Statement } from '../statement.ts';
import { checkReferences } from './references.ts';

/**
 * Whether a table has the chains, sets, maps and objects that its rules and maps name, of the types that they ask for: else nft loads none of
 * it. Rules that are like others are not made for it.
 */
export const hasAllNamed = keptBy((table: NftTable): boolean => {
  const isThere = (chain: string) => findNamed(table.chains, chain)?.base === undefined && has(table, chain);
  const elements = table.sets.flatMap(({ elements: own }) => own);
  const forms = new Set(table.chains.flatMap(({ later }) => later?.forms ?? []));
  return (
    elements.every(({ data }) => data?.kind !== 'verdict' || !('chain' in data) || isThere(data.chain)) &&
    [...forms].every((form) => isTaken(form.sample.statements, besideChains(table, form))) &&
    table.chains.every(({ later, rules }) =>
      later ? later.targets.every(isThere) : rules.every(({ statements }) => isTaken(statements, table)),
    )
  );
});

const has = ({ chains }: NftTable, chain: string) => findNamed(chains, chain) !== undefined;

/** A form names chains that no text has: whether those of the rules are there is asked by itself. */
function besideChains(table: NftTable, { sample }: RuleForm): NftTable {
  const chains = [...chainsIn(sample.statements)].map((name): NftChain => ({ name, rules: [] }));
  return { ...table, chains };
}

function isTaken(statements: readonly Statement[], table: NftTable): boolean {
  try {
    checkReferences(statements, table);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** The chains that are named anywhere in it. */
function* chainsIn(value: unknown): Iterable<string> {
  if (value === null || typeof value !== 'object') return;
  if ('kind' in value && value.kind === 'verdict' && 'chain' in value) yield String(value.chain);
  for (const one of Object.values(value)) yield* chainsIn(one);
}
