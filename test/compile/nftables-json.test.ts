import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { printJson } from '../../src/nftables/json/print.ts';
import { modelOf } from '../../src/proxy/nftables/model.ts';
import { carryOut } from '../../src/proxy/nftables/table.ts';
import { firstTransaction } from '../../src/proxy/nftables/transaction.ts';
import { cases, decideCase, fixtures } from '../cases.ts';

// What `nft -j list ruleset` printed on an empty node where kube-proxy 1.37.2 had run, for clusters of one service. Handles tell the order in
// which it happened to work, and so does the order of the chains of services, which are compared in the order of their names.

const folder = join(fixtures, 'nftables/json');
const names = readdirSync(folder).map((name) => name.replace('.json', ''));

type Item = Readonly<
  Record<string, { readonly name?: string; readonly chain?: string; readonly family?: string }>
>;

/** Each item, and before it what it is sorted by: chains of services and their rules by the name of the chain, nothing else. */
const itemsOf = (text: string) =>
  (JSON.parse(text).nftables as readonly Item[])
    .map((item) => [ownChain(item), JSON.stringify(item).replace(/,"handle":\d+/g, '')] as const)
    .toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));

function ownChain(item: Item): string {
  const [[kind = '', { name, chain = name, family } = {}] = []] = Object.entries(item);
  const isOwn = (kind === 'chain' || kind === 'rule') && chain?.includes('/');
  return isOwn ? `${kind} ${family} ${chain}` : '';
}

test.each(names)('%s', (name) => {
  const case_ = cases.find(({ id }) => id.endsWith(`/${name}`));
  if (!case_) throw new Error(`no case ${name}`);
  const tables = (['ipv4', 'ipv6'] as const).map((family) =>
    modelOf(carryOut(firstTransaction(decideCase(case_, family, '1.37.2')))),
  );
  const recorded = readFileSync(join(folder, `${name}.json`), 'utf8');
  expect(itemsOf(printJson({ tables }))).toEqual(itemsOf(recorded));
});
