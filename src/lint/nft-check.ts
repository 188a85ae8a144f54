import type { IrChain, IrProgram } from '../engine/ir.ts';
import type { Host } from '../host/model.ts';
import { hasAllNamed } from '../nftables/check/named.ts';
import type { NftTable } from '../nftables/model.ts';
import { nameOfTable, proxyTable } from '../proxy/nftables/listed.ts';
import { findForgottenInTable } from './affinity.ts';
import type { FindingCode, RuleFinding } from './finding.ts';
import { findEmptyJumps, findRepeated, findUnreached } from './nft-chains.ts';
import { findPlainMasquerade } from './nft-masquerade.ts';
import { findLostAddresses, findRefused, findUnguarded } from './nft-services.ts';
import { findNeverMatching } from './nft-shadow.ts';
import { findUnevenNumbers } from './nft-shares.ts';
import { ownerOfPlace } from './reach/owners.ts';
import type { NodeRules } from './reach.ts';

/** What is wrong with the tables of nft by themselves, in the families that are asked. What others keep in theirs is their own affair. */
export function checkNft(
  families: readonly NodeRules[],
  hosts: (rules: NodeRules) => readonly Host[],
): RuleFinding[] {
  if (families.every(({ nft }) => nft.length === 0)) return [];
  const tables = tablesOf(families);
  const names = new Set(tables.map(({ table }) => nameOfTable(table)));
  const isOurs = (chain: IrChain) => names.has(chain.table) && isLookedAt(chain.table, chain.name);
  const proxied = families.flatMap((rules) =>
    rules.nft.flatMap((ruleset) => {
      const table = proxyTable(ruleset, rules.program.family);
      return table ? [{ table, rules, program: rules.program }] : [];
    }),
  );
  const chains = tables.flatMap(({ table, program }) =>
    table.chains.flatMap(({ name }) => {
      const chain = program.chains.get(`${nameOfTable(table)}/${name}`);
      return chain && isOurs(chain) ? [chain] : [];
    }),
  );
  const lacking = new Set(
    families.flatMap(({ nft }) =>
      nft.flatMap((ruleset) => ruleset.tables.filter((table) => !hasAllNamed(table)).map(nameOfTable)),
    ),
  );
  const found = [
    ...proxied.flatMap(({ table, program, rules }) => findRefused(table, program, () => hosts(rules))),
    ...proxied.flatMap(({ table, program }) => findLostAddresses(table, program)),
    ...proxied.flatMap(({ table }) => findUnevenNumbers(table)),
    ...proxied.flatMap(({ table, program }) => findForgottenInTable(table, program)),
    ...proxied.flatMap(({ table, program, rules }) => findUnguarded(table, program, () => hosts(rules))),
    ...proxied.flatMap(({ table, program }) => findPlainMasquerade(table, program)),
    ...findNeverMatching(
      families.map(({ program }) => program),
      isOurs,
    ),
    ...tables.flatMap(({ table, program }) => findUnreached(table, program)),
    ...chains.flatMap(findRepeated),
    ...chains.flatMap(findEmptyJumps),
  ];
  // Who refuses a service is a rule: where its chain is not shown, it is not known.
  const isOpen = ({ code, place }: RuleFinding) =>
    lacking.has(place.table) && (ofAbsence.has(code) || (code === 'service-rejects' && place.rule === null));
  return found.filter((one) => !isOpen(one));
}

/** What says that something is not there, which nobody can say of a table of which not all is shown. */
const ofAbsence: ReadonlySet<FindingCode> = new Set([
  'address-lost',
  'ports-unrefused',
  'uneven-shares',
  'affinity-lost',
  'source-lost',
  'masquerade-missing',
  'unreachable',
  'stale-service',
]);

function isLookedAt(table: string, chain: string): boolean {
  const owner = ownerOfPlace({ table, chain });
  return owner === null || owner === 'kube-proxy';
}

interface LookedAt {
  readonly table: NftTable;
  readonly program: IrProgram;
}

/** Each table once, with the first program that has it. */
function tablesOf(families: readonly NodeRules[]): readonly LookedAt[] {
  const found = new Map<string, LookedAt>();
  for (const { nft, program } of families) {
    for (const { tables } of nft) {
      for (const table of tables) {
        const name = nameOfTable(table);
        const isHere = table.chains.some((chain) => program.chains.has(`${name}/${chain.name}`));
        if (isHere && !found.has(name)) found.set(name, { table, program });
      }
    }
  }
  return [...found.values()];
}
