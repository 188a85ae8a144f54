import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { severities } from '../../src/lint/finding.ts';
import { openNode } from '../../src/session/check/rules.ts';
import { fixtures } from '../cases.ts';

const read = (path: string) => readFileSync(join(fixtures, path), 'utf8');

/** What makes the status 1. */
const toldOf = (...texts: readonly string[]) =>
  openNode(
    texts.map((text, at) => ({ name: `text ${at}`, text })),
    { host: [] },
  )
    .flatMap(({ findings }) => findings)
    .filter(({ code }) => severities[code] !== 'note')
    .map(({ code, place }) => `${code} ${place.table} ${place.chain}`);

/** Rulesets after the shapes that programs document, each behind `### NAME`. */
const documented = read('nftables/programs.txt')
  .split(/^### /m)
  .slice(1)
  .map((block) => [block.slice(0, block.indexOf('\n')), block.slice(block.indexOf('\n') + 1)] as const);

describe('on a host that runs no kube-proxy nothing is found', () => {
  test.each(documented)('%s', (_, text) => {
    expect(toldOf(text)).toEqual([]);
  });

  // Written by firewalld 1.3.3 of Debian 12, as it is installed, into an empty network namespace.
  test('firewalld', () => {
    expect(toldOf(read('check/firewalld.nft'))).toEqual([]);
  });

  test('ufw', () => {
    expect(toldOf(read('check/ufw.save'))).toEqual([]);
  });
});

test('firewalld beside kube-proxy of nftables mode takes nothing of its Services', () => {
  const proxy = read('conformance/nftables/1.36.3/cluster-ip.nft');
  expect(toldOf(proxy, read('check/firewalld.nft'))).toEqual([]);
});
