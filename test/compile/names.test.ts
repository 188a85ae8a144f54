import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chainName } from '../../src/proxy/iptables/names.ts';

test('the names that kube-proxy gives', () => {
  // Recorded in fixtures/conformance/named/load-balancer-local.
  expect(chainName('KUBE-SVC-', 'default/service-testtcp')).toBe('KUBE-SVC-GBTMB5ZTD56ECL5F');
  const endpoint = 'default/service-testtcp10.244.1.5:8080';
  expect(chainName('KUBE-SEP-', endpoint)).toBe('KUBE-SEP-K3Y4KGQKHXVKF5B7');
});

/** RFC 4648, section 6, letter by letter. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{5}/g) ?? [];
  return groups.map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group, 2)]).join('');
}

test('the hash is the beginning of the base32 of the sha256', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const digest = createHash('sha256').update(text).digest();
      expect(chainName('KUBE-FW-', text)).toBe(`KUBE-FW-${base32(digest).slice(0, 16)}`);
    }),
  );
});
