import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { DumpDetail } from '../rule/detail.ts';
import type { TableName } from '../rule/ruleset.ts';

/** A table that a text shows, and its chains. */
export interface ShownChains {
  readonly name: TableName | null;
  readonly chains: { has(chain: string): boolean };
}

type Half = 'nat' | 'filter';

/** kube-proxy writes nat and filter together: where one of them is shown alone, the other one is there all the same. Null: none is missing. */
export function otherHalf(tables: readonly ShownChains[]): Half | null {
  const isShown = (half: Half) => tables.some(({ name }) => name === half);
  const isProxys = (half: Half) =>
    tables.some(({ name, chains }) => name === half && chains.has('KUBE-SERVICES'));
  if (isProxys('nat') && !isShown('filter')) return 'filter';
  return isProxys('filter') && !isShown('nat') ? 'nat' : null;
}

/**
 * Without nat no Service is anything, so that what packets to one meet is open. What kube-proxy has in filter lets through all but
 * exceptions: that there is nothing can be assumed, and said.
 */
export const isOpenHalf = (half: Half | null): half is 'nat' => half === 'nat';

/** That a half is missing, where nothing else tells that the text is a part. */
export function halfShown(missing: Half | null, { name, parts }: Source): Problem[] {
  if (missing === null) return [];
  const files = parts?.map((part) => part.name) ?? [name];
  const detail: DumpDetail = { code: 'part-of-rules', files, table: missing };
  const expected = want.thing('all-of-save-or-beside');
  return [{ code: 'rules-missing', severity: 'warning', ...told<DumpDetail>(detail), expected }];
}
