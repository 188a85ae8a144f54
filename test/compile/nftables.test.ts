import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printTable } from '../../src/nftables/print/tables.ts';
import { modelOf } from '../../src/proxy/nftables/model.ts';
import { refusalOf } from '../../src/proxy/nftables/refusal.ts';
import { carryOut } from '../../src/proxy/nftables/table.ts';
import { firstTransaction } from '../../src/proxy/nftables/transaction.ts';
import { type Case, cases, decideCase, fixtures } from '../cases.ts';
import { count } from '../claims.ts';
import { chainsInOrder } from './nftables-order.ts';

// What `nft list ruleset` printed on an empty node after the program of each release had run there.

const recorded = join(fixtures, 'conformance/nftables');

function listing(case_: Case, kubeVersion: string): string {
  const transactions = (['ipv4', 'ipv6'] as const).map((family) =>
    firstTransaction(decideCase(case_, family, kubeVersion)),
  );
  return transactions
    .filter((transaction) => refusalOf(transaction) === null)
    .map((transaction) => printTable(modelOf(carryOut(transaction))))
    .join('');
}

/** 1.32.9 printed what 1.33.5 did, and 1.34.4 what 1.35.4 did. */
const releases = [
  ['1.32.9', '1.33.5'],
  ['1.33.5', '1.33.5'],
  ['1.34.4', '1.35.4'],
  ['1.35.4', '1.35.4'],
  ['1.36.3', '1.36.3'],
  ['1.37.2', '1.37.2'],
] as const;

describe.each(releases)('kube-proxy %s', (kubeVersion, printed) => {
  test.each(cases)('$id', (case_) => {
    const name = case_.id.slice(case_.id.indexOf('/') + 1);
    const text = readFileSync(join(recorded, printed, `${name}.nft`), 'utf8');
    expect(chainsInOrder(listing(case_, kubeVersion))).toEqual(chainsInOrder(text));
    count('tables of nftables mode');
  });
});
