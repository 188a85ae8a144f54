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

/** Blocks, each behind `### NAME`. */
const blocksOf = (path: string) =>
  read(path)
    .split(/^### /m)
    .slice(1)
    .map((block) => [block.slice(0, block.indexOf('\n')), block.slice(block.indexOf('\n') + 1)] as const);

describe('on a host that runs no kube-proxy nothing is found', () => {
  test.each(blocksOf('nftables/programs.txt'))('%s', (_, text) => {
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

/** What iptables-save printed of them, alone and with the rules of kube-proxy loaded after them. */
const dumps = blocksOf('check/stock.txt');

describe('nor of what iptables-save prints there', () => {
  test.each(dumps)('%s', (_, text) => {
    expect(toldOf(text)).toEqual([]);
  });
});

describe('nor beside kube-proxy of nftables mode', () => {
  const proxy = read('conformance/nftables/1.36.3/node-port.nft');
  /** Where the policy of FORWARD drops, this mode lets nothing through, and in a pod's own network there is no kube-proxy. */
  const apart = /^(?:beside|Docker|ufw .* denied|ufw .*IPv6|OpenWrt|Istio, in a pod)/;

  test.each(dumps.filter(([name]) => !apart.test(name)))('%s', (_, text) => {
    expect(toldOf(text, proxy)).toEqual([]);
  });

  // Loaded into a network namespace with the rules of kube-proxy, Linux 6.18 answers "No route to host" (ICMP admin-prohibited) to a pod
  // of another node that connects to a pod of this one; without firewalld it is connected.
  test('but firewalld cuts off pods of other nodes', () => {
    expect(toldOf(proxy, read('check/firewalld.nft'))).toEqual(['cut-off inet firewalld filter_FWD_public']);
    const trusted = read('check/firewalld.nft').replace(
      /(chain filter_FORWARD_ZONES \{\n)/,
      '$1\t\tip saddr 10.244.0.0/16 accept\n',
    );
    expect(toldOf(proxy, trusted)).toEqual([]);
  });

  test.each(['Docker', 'ufw 0.36.2, as it ran, with routing denied'])('but %s cuts off', (name) => {
    const [, text] = dumps.find(([own]) => own.startsWith(name)) as (typeof dumps)[number];
    expect(new Set(toldOf(text, proxy))).toEqual(new Set(['cut-off filter FORWARD']));
  });

  test('and NodeLocal DNS Cache answers instead of the endpoints', () => {
    const [, text] = dumps.find(([own]) => own === 'NodeLocal DNS Cache') as (typeof dumps)[number];
    const dns = read('conformance/nftables/1.37.2/cluster-ip-dns-tcp-udp.nft');
    expect(toldOf(text, dns)).toEqual([]);
    // What is not let in, nobody answers.
    expect(toldOf(text.replace(/^-A INPUT .*\n/gm, ''), dns)).not.toEqual([]);
  });

  test('rules of IPv4 that name no address are not asked of IPv6', () => {
    const [, text] = dumps.find(([own]) => own === 'OpenWrt fw3') as (typeof dumps)[number];
    expect(new Set(toldOf(text, proxy))).toEqual(new Set(['cut-off filter reject']));
  });
});
