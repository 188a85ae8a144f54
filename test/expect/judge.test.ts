import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/address/address.ts';
import { describeClaim, endpointGoal, type PacketClaim, type SharedGoal } from '../../src/expect/claims.ts';
import { type Failure, judge } from '../../src/expect/judge.ts';
import { parseShare } from '../../src/expect/shares.ts';
import {
  buildCluster,
  buildHost,
  buildProgram,
  hostFieldsOf,
  parsePacket,
  readDump,
  readManifests,
  tracePacket,
} from '../../src/index.ts';
import { sayInstead } from '../../src/report/instead.ts';
import { fixtures } from '../cases.ts';

const folder = join(fixtures, 'service-test');
const read = (name: string) => ({ name, text: readFileSync(join(folder, name), 'utf8') });
const dump = read('expected/node-2.save');

/** What the worked example's second node does to a packet; `more` are rules put before all others. */
function traceOf(packet: string, more: readonly string[] = []) {
  const text = more.reduce((all, rule) => all.replace(/^(?=-A PREROUTING)/m, `${rule}\n`), dump.text);
  const { ruleset } = readDump({ name: 'dump', text });
  const { cluster } = buildCluster(readManifests([read('nodes.yaml')]).objects);
  const node = cluster.nodes.find(({ name }) => name === 'node-2');
  const host = buildHost('ipv4', node ? [hostFieldsOf(node, 'ipv4')] : []);
  return tracePacket(buildProgram(ruleset), host, parsePacket({ name: 'packet', text: packet }), {
    trace: true,
  });
}

const address = (text: string) => parseAddress(text) as number;
const goal = (text: string, share: string | null = null): SharedGoal => {
  const [ip = '', port] = text.split(':');
  const wanted = share === null ? null : (parseShare(share) ?? null);
  return { ...endpointGoal(text, address(ip), port ? Number(port) : null), share: wanted };
};
const service = (port: string | null = null): PacketClaim => ({
  kind: 'by',
  cause: { kind: 'service', service: 'default/service-test', port },
});
const chain = (name: string, number: number | null = null): PacketClaim => ({
  kind: 'by',
  cause: { kind: 'rule', table: 'nat', chain: name, number },
});
const to = (...texts: string[]): PacketClaim => ({ kind: 'to', goals: texts.map((text) => goal(text)) });
const never = (...texts: string[]): PacketClaim => ({
  kind: 'never',
  goals: texts.map((text) => goal(text)),
});
const endpoints = (...goals: SharedGoal[]): PacketClaim => ({ kind: 'endpoints', goals });
const [first, second] = ['10.0.3.2:8080', '10.0.1.2:8080'];

const nodePort = 'tcp 198.51.100.7:40000 -> 10.100.0.3:32213 from external';
const other = 'tcp 198.51.100.7:40000 -> 10.100.0.3:22 from external';

describe('claims on the node port of the worked example, on a node without endpoints', () => {
  const table: readonly (readonly [PacketClaim, string | null])[] = [
    [to(first, second), null],
    [to('10.0.3.2', '10.0.1.2'), null],
    [to(first), 'it arrives at 10.0.1.2:8080 in 50.00 % (1/2) of all cases'],
    [to('10.0.3.2:80', second), 'it arrives at 10.0.3.2:8080 in 50.00 % (1/2) of all cases'],
    [endpoints(goal(first), goal(second)), null],
    [endpoints(goal(first, '1/2'), goal(second, '50%')), null],
    [endpoints(goal(first, '1/3'), goal(second, '2/3')), '10.0.3.2:8080 gets 50.00 % (1/2)'],
    [endpoints(goal(first)), 'it arrives at 10.0.1.2:8080 in 50.00 % (1/2) of all cases'],
    [endpoints(goal(first), goal(second), goal('10.0.2.2:8080')), '10.0.2.2:8080 gets none'],
    [{ kind: 'source', is: 'masked' }, null],
    [{ kind: 'source', is: address('10.100.0.3') }, null],
    [{ kind: 'source', is: address('10.100.0.2') }, 'the server sees 10.100.0.3'],
    [{ kind: 'source', is: 'preserved' }, 'the server sees 10.100.0.3'],
    [{ kind: 'verdict', is: 'accept' }, null],
    [
      { kind: 'verdict', is: 'drop' },
      'it arrives at 10.0.3.2:8080 in 50.00 % (1/2) of all cases, it arrives at 10.0.1.2:8080 in 50.00 % (1/2) of all cases',
    ],
    [service(), null],
    [service('http'), 'no rule of it is met'],
    [chain('KUBE-POSTROUTING', 3), null],
    [chain('KUBE-POSTROUTING'), null],
    [chain('KUBE-POSTROUTING', 1), 'no rule of it is met'],
    [never('10.0.2.2'), null],
    [never(second), 'it arrives at 10.0.1.2:8080 in 50.00 % (1/2) of all cases'],
  ];
  const titled = table.map(([claim, says]) => [describeClaim(claim), claim, says] as const);
  test.each(titled)('%s', (_title, claim, says) => {
    const failure = judge(claim, traceOf(nodePort));
    expect(failure ? sayInstead(failure.instead) : null).toBe(says);
    expect(failure?.kind).toBe(says === null ? undefined : 'mismatch');
  });

  test('nothing holds of what is not known, and it is said which rule is to blame', () => {
    const trace = traceOf(nodePort, ['-A PREROUTING -m bpf --bytecode "1,6 0 0 1" -j ACCEPT']);
    const claims = [to(first, second), service(), never('10.9.9.9'), chain('KUBE-POSTROUTING')];
    claims.push({ kind: 'source', is: 'masked' }, { kind: 'verdict', is: 'accept' }, endpoints(goal(first)));
    for (const claim of claims) {
      const failure = judge(claim, trace);
      expect(failure?.kind, describeClaim(claim)).toBe('unknown');
      expect(failure && sayInstead(failure.instead)).toContain('nat/PREROUTING');
    }
  });

  test('a packet that no rule touches arrives where it was sent, with its own source', () => {
    const trace = traceOf(other);
    expect(judge(to('10.100.0.3:22'), trace)).toBeUndefined();
    expect(judge({ kind: 'source', is: 'preserved' }, trace)).toBeUndefined();
    expect(sayInstead((judge({ kind: 'source', is: 'masked' }, trace) as Failure).instead)).toBe(
      "the server sees the client's own address 198.51.100.7",
    );
  });
});

test.each([
  ['1/3', '715827883/2147483648', true],
  ['1/3', '1/4', false],
  ['1/1000', '1/1001', false],
  ['33%', '1/3', true],
  ['33.3%', '1/3', true],
  ['33.4%', '1/3', false],
  ['1', '1/1', true],
])('a share of %s is met by %s: %s', (text, weight, holds) => {
  const share = parseShare(text);
  const outcome = traceOf(other).outcomes[0];
  if (!outcome || !share) throw new Error('no outcome or no share');
  const target = { ...endpointGoal('there', address('10.100.0.3'), 22), share };
  const trace = { packet: traceOf(other).packet, outcomes: [{ ...outcome, weight }], assumed: [] };
  expect(judge({ kind: 'endpoints', goals: [target] }, trace) === undefined).toBe(holds);
});

test.each(['0', '0/3', '4/3', '2', '101%', '0%', 'half', '1/0', '', '-1/2', '1e9', '33,3%'])(
  '%j is no share',
  (text) => {
    expect(parseShare(text)).toBeUndefined();
  },
);
