import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refusalOf } from '../../src/proxy/nftables/refusal.ts';
import { spellTransaction } from '../../src/proxy/nftables/sending.ts';
import { firstTransaction } from '../../src/proxy/nftables/transaction.ts';
import { cases, decideCase, fixtures } from '../cases.ts';
import { chainsInOrder } from '../compile/nftables-order.ts';

// What kube-proxy sends, loaded by nft into a network namespace of its own, lists back as what the program left there.

const namespaced = ['unshare', ['-n', 'sh', '-c', 'nft -f - && nft list ruleset']] as const;
const isThere =
  process.env.KUBENAT_KERNEL === 'required' ||
  spawnSync('unshare', ['-n', 'nft', 'list', 'ruleset']).status === 0;

test.runIf(isThere).each(['1.33.5', '1.35.4', '1.36.3', '1.37.2'])('transactions of %s', (kubeVersion) => {
  const some = cases.filter((_, index) => index % 4 === 0);
  for (const case_ of some) {
    const sent = (['ipv4', 'ipv6'] as const)
      .map((family) => firstTransaction(decideCase(case_, family, kubeVersion)))
      .filter((transaction) => refusalOf(transaction) === null)
      .map(spellTransaction);
    const { stdout, stderr } = spawnSync(...namespaced, { input: sent.join(''), encoding: 'utf8' });
    const name = case_.id.slice(case_.id.indexOf('/') + 1);
    const recorded = readFileSync(join(fixtures, 'conformance/nftables', kubeVersion, `${name}.nft`), 'utf8');
    expect(chainsInOrder(stdout), `${case_.id}: ${stderr}`).toEqual(chainsInOrder(recorded));
  }
});
