import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Constant, Payload, SetElement } from '../../src/nftables/expression.ts';
import type { NftChain, NftRule, NftSet } from '../../src/nftables/model.ts';
import { printRule, printTable } from '../../src/nftables/print/tables.ts';
import { fixtures } from '../cases.ts';

// The model by hand, and what nft listed of kube-proxy's table.

const recorded = readFileSync(join(fixtures, 'conformance/nftables/1.37.2/cluster-ip.nft'), 'utf8');

const payload = (header: string, field: string): Payload => ({ kind: 'payload', header, field });
const address = (value: number): Constant => ({ kind: 'value', type: 'ipv4_addr', value });
const port = (value: number): Constant => ({ kind: 'value', type: 'inet_service', value });
const tcp: Constant = { kind: 'value', type: 'inet_proto', value: 6 };
const mark = (value: number): Constant => ({ kind: 'value', type: 'mark', value });

const frontend = {
  kind: 'concat',
  parts: [payload('ip', 'daddr'), { kind: 'meta', key: 'l4proto' }, payload('th', 'dport')],
} as const;

const rules: readonly NftRule[] = [
  {
    statements: [{ kind: 'vmap', key: frontend, map: { kind: 'set-reference', name: 'service-ips' } }],
  },
  {
    statements: [
      {
        kind: 'match',
        left: payload('ip', 'daddr'),
        operator: '==',
        right: { kind: 'set-reference', name: 'cluster-ips' },
      },
      { kind: 'reject' },
    ],
    comment: 'Reject traffic to invalid ports of ClusterIPs',
  },
  {
    statements: [
      {
        kind: 'match',
        left: { kind: 'binary', operator: '&', left: { kind: 'meta', key: 'mark' }, right: mark(0x4000) },
        operator: '!=',
        right: mark(0),
      },
      {
        kind: 'set',
        target: { kind: 'meta', key: 'mark' },
        value: { kind: 'binary', operator: '^', left: { kind: 'meta', key: 'mark' }, right: mark(0x4000) },
      },
      { kind: 'masquerade', flags: ['fully-random'] },
    ],
  },
];

test.each(rules.map((rule) => [printRule(rule), rule] as const))('%s', (text) => {
  expect(recorded).toContain(`\t\t${text}\n`);
});

const set: NftSet = {
  name: 'service-ips',
  key: { by: 'type', types: ['ipv4_addr', 'inet_proto', 'inet_service'] },
  data: { by: 'verdict' },
  flags: [],
  comment: 'ClusterIP, ExternalIP and LoadBalancer IP traffic',
  statements: [],
  elements: recordedElements(),
};

function recordedElements(): readonly SetElement[] {
  const elements = [
    ...recorded.matchAll(/(\d+)\.(\d+)\.(\d+)\.(\d+) \. tcp \. (\d+) : goto (\S+?),? ?[}\n]/g),
  ];
  return elements.map((match) => {
    const [a, b, c, d, own] = match.slice(1, 6).map(Number) as [number, number, number, number, number];
    return {
      key: { kind: 'concat', parts: [address(((a * 256 + b) * 256 + c) * 256 + d), tcp, port(own)] },
      data: { kind: 'verdict', verdict: 'goto', chain: match[6] as string },
    };
  });
}

const chain: NftChain = {
  name: 'nat-postrouting',
  base: { type: 'nat', hook: 'postrouting', priority: 100, policy: 'accept', devices: [] },
  rules: [{ statements: [{ kind: 'verdict', verdict: 'jump', chain: 'masquerading' }] }],
};

test('sets and chains', () => {
  const table = { family: 'ip', name: 'kube-proxy', flags: [], objects: [], flowtables: [] } as const;
  const blocks = printTable({ ...table, sets: [set], chains: [chain] });
  for (const block of blocks.split('\n').slice(1, -2).join('\n').split('\n\n')) {
    expect(recorded).toContain(block);
  }
  expect(set.elements.length).toBeGreaterThan(0);
});
