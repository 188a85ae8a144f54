import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { kubenat } from '../../src/testing/vitest.ts';
import { fixtures } from '../cases.ts';

// What the kernel did under the same rules is recorded in fixtures/conformance/nftables/flows.

const recorded = join(fixtures, 'conformance/nftables/1.37.2');
const rules = join(recorded, 'node-port-local.nft');
const directory = mkdtempSync(join(tmpdir(), 'kubenat-nft-'));
afterAll(() => rmSync(directory, { recursive: true }));
const host = join(directory, 'host.yaml');
writeFileSync(host, 'addresses: [192.168.10.11/24]\npodCIDR: 10.244.1.0/24\nclusterCIDR: 10.244.0.0/16\n');
const node = kubenat.node({ rules, host, family: 'ipv4' });
const text = readFileSync(rules, 'utf8');
const packet = node.packet('tcp 198.51.100.7:40000 -> 10.96.0.10:80 from external');

test('packets through rules of nft', () => {
  expect(packet).toReach(['10.244.1.5:8080', '10.244.2.7:8080', '10.244.3.9:8080']);
  expect(packet).not.toReach(['10.244.9.9:8080']);
  expect(packet).not.toBeDropped();
  expect(packet.printTrace()).toContain('service default/web/tcp');
});

test('rules of nft are compared by what they do', () => {
  expect(node).toBeEquivalentTo(text.replaceAll('meta l4proto tcp dnat', 'ip protocol tcp dnat'));
  const other = text.replaceAll('10.244.1.5 . 8080', '10.244.1.6 . 8080');
  expect(other).not.toBe(text);
  expect(node).not.toBeEquivalentTo(other);
  expect(() => expect(node).toBeEquivalentTo(other)).toThrow(/The rules differ/);
});

test('what is for rules of iptables says so', () => {
  expect(() => expect(node).toMatchRules(text)).toThrow(/toMatchRules compares rules of iptables/);
});
