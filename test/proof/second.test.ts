import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildProgram } from '../../src/engine/program.ts';
import { assumeHost } from '../../src/proof/assume-host.ts';
import type { Turn } from '../../src/proof/second/conversation.ts';
import { lookAgain } from '../../src/proof/second/second.ts';
import { load } from './small.ts';

const folder = new URL('../../fixtures/kernel-diffs/', import.meta.url);

function look(before: string, after: string) {
  const [left, right] = [load(before), load(after)];
  const { host } = assumeHost('ipv4', [], [left, right]);
  const { differing } = lookAgain(buildProgram(left), buildProgram(right), host, { limit: 400 });
  return new Set(differing.map(({ turn }) => turn));
}

const read = (name: string, file: string) => readFileSync(new URL(`${name}/${file}.save`, folder), 'utf8');

/** What a live kernel does otherwise, by the first packet that shows it. */
const differing = [
  ['dscp-set-then-matched', 'first'],
  ['ttl-match-moved-past-forwarding', 'answer'],
  ['proves-docker-change', 'first'],
  ['nth-phase', 'first'],
  ['translated-flows-later-packets', 'later'],
  ['asked-limit-order', 'another'],
  ['asked-limit-and-quota', 'another'],
  ['limit-shared-or-apart', 'another'],
  ['nth-split', 'another'],
  ['recent-mask-of-first-rule', 'another'],
] as const satisfies readonly (readonly [string, Turn])[];

test.each(differing)('%s shows itself in the %s packet', (name, turn) => {
  expect([...look(read(name, 'a'), read(name, 'b'))]).toContain(turn);
});

test.each([
  ['a', 'b'],
  ['c', 'd'],
  ['e', 'f'],
])('equals do not: %s and %s', (before, after) => {
  const name = 'claims-change-of-equals';
  expect([...look(read(name, before), read(name, after))]).toEqual([]);
});

const marked = (restore: string) => `*mangle
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j CONNMARK --set-xmark 0x1/0x1
COMMIT
*filter
:FORWARD ACCEPT [0:0]
-A FORWARD ${restore} -m connmark --mark 0x1/0x1 -j DROP
COMMIT
`;

test('a mark saved for the connection shows itself in its answers', () => {
  const turns = look(
    marked('-s 10.96.0.10/32 -p tcp -m tcp --sport 80'),
    marked('-s 10.96.0.11/32 -p tcp -m tcp --sport 80'),
  );
  expect([...turns]).toContain('answer');
});

const letIn = (table: string) => `*${table}
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 10.244.1.5/32 -p tcp -m tcp --dport 80 -j MARK --set-xmark 0x1/0x1
COMMIT
*filter
:FORWARD ACCEPT [0:0]
-A FORWARD -d 10.244.1.5/32 -p tcp -m conntrack --ctstate NEW -m mark ! --mark 0x1/0x1 -j DROP
COMMIT
`;

/** Until the first answer a flow is NEW, and its packets skip nat all the same. */
test('what only nat does shows itself where the first packet is sent again', () => {
  expect([...look(letIn('mangle'), letIn('nat'))]).toContain('again');
});

test('a conversation of more ways than anybody follows is open: each packet made four times as many', () => {
  const chance = '-m statistic --mode random --probability 0.50000000000';
  const rules = [1, 2].map((at) => `-A PREROUTING ${chance} -m recent --set --name r${at} --rsource`);
  const text = `*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rules.join('\n')}\nCOMMIT\n`;
  const [left, right] = [load(text), load(text)];
  const { host } = assumeHost('ipv4', [], [left, right]);
  const { differing, open } = lookAgain(buildProgram(left), buildProgram(right), host, { limit: 1 });
  expect(differing).toEqual([]);
  expect(open).toBeGreaterThan(0);
});
