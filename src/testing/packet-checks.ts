import { formatEndpoint, parseAddress } from '../address/address.ts';
import { isPort } from '../address/port.ts';
import type { Outcome } from '../engine/outcome.ts';
import { endpointGoal, type Goal, type PacketClaim, type SharedGoal } from '../expect/claims.ts';
import { judge, printGoal } from '../expect/judge.ts';
import { parseShare, type Share } from '../expect/shares.ts';
import { sayInstead } from '../report/instead.ts';
import { sayReason } from '../report/reasons.ts';
import { type Expected, want } from '../text/expected.ts';
import { InputError } from '../text/problem.ts';
import type { Check, CheckResult } from './check.ts';
import type { TestPacket } from './node.ts';

/** Endpoints, `address:port` or `address`; as an object with the share that each gets: `{'10.0.1.2:8080': '1/2'}`. */
export type Endpoints = string | readonly string[] | Readonly<Record<string, string>>;

/**
 * The packet arrives at these endpoints: always at one of them, and at each of them sometimes, or in its share of all
 * cases. Negated: it never arrives at any of them, and shares cannot be said.
 */
export const reaches: Check<TestPacket, [Endpoints]> = (received, negated, endpoints) => {
  const goals = goalsOf(endpoints);
  const names = goals.map(({ name, share }) => (share ? `${name} (${share.text})` : name)).join(', ');
  if (negated && goals.some(({ share }) => share))
    refuse('a packet that must not arrive has no shares', want.written("['10.0.1.2:8080']"));
  const claim: PacketClaim = negated ? { kind: 'never', goals } : { kind: 'endpoints', goals };
  const result = ask(received, claim, `${negated ? 'never ' : ''}to reach ${names}`);
  // Beside what must not be, a runner's list of what is says nothing.
  return negated ? result : { ...result, expected: sayExpected(goals), actual: sayActual(received) };
};

/** Wherever the packet arrives, the server sees the client's own address. Negated: it never does. */
export const preservesSourceIP: Check<TestPacket, []> = (received, negated) =>
  ask(
    received,
    { kind: 'source', is: negated ? 'masked' : 'preserved' },
    negated ? 'to have its source replaced' : 'to preserve the source address',
  );

/** The rules drop the packet, whatever chance decides. Negated: they never do. */
export const dropped: Check<TestPacket, []> = (received, negated) => verdict(received, negated, 'drop');

/** The packet is rejected, and the client told so, whatever chance decides. Negated: it never is. */
export const rejected: Check<TestPacket, []> = (received, negated) => verdict(received, negated, 'reject');

const sayVerdict = { drop: 'to be dropped', reject: 'to be rejected' } as const;

function verdict(received: TestPacket, negated: boolean, is: 'drop' | 'reject'): CheckResult {
  const claim: PacketClaim = { kind: 'verdict', is };
  return negated ? askNone(received, claim, sayVerdict[is]) : ask(received, claim, sayVerdict[is]);
}

/** The claim must hold of all that can happen. */
function ask(received: TestPacket, claim: PacketClaim, says: string): CheckResult {
  const failure = judge(claim, received.trace);
  return {
    fits: !failure,
    message: sayPacket(received, says, failure ? sayInstead(failure.instead) : 'it is so'),
  };
}

/** The claim must hold of nothing that can happen. */
function askNone(received: TestPacket, claim: PacketClaim, says: string): CheckResult {
  const { trace } = received;
  const alone = (outcome: Outcome) => judge(claim, { ...trace, outcomes: [outcome] });
  const unknown = trace.outcomes.find(({ verdict: one }) => one === 'unknown');
  const some = trace.outcomes.some((outcome) => alone(outcome) === undefined);
  const because = some
    ? 'it can be'
    : unknown?.reason
      ? `it is not known: ${sayReason(unknown.reason)}`
      : 'it never is';
  return { fits: !some && !unknown, message: sayPacket(received, `never ${says}`, because) };
}

/** The message of every check of a packet: what was expected, what happens, and the trace. */
export function sayPacket(received: TestPacket, says: string, instead: string): string {
  return `expected ${received} on ${received.node.name}\n${says}, but ${instead}\n\n${received.printTrace()}`;
}

function goalsOf(endpoints: Endpoints): readonly SharedGoal[] {
  const list =
    typeof endpoints === 'string'
      ? [[endpoints, null] as const]
      : Array.isArray(endpoints)
        ? (endpoints as readonly string[]).map((name) => [name, null] as const)
        : Object.entries(endpoints).map(([name, share]) => [name, shareOf(name, share)] as const);
  if (list.length === 0)
    refuse('there is no endpoint that the packet could reach', want.written("['10.0.1.2:8080']"));
  return list.map(([name, share]) => ({ ...goalOf(name), share }));
}

/** `10.0.0.1:80`, `[fd00::1]:80`, or an address alone. */
function splitEndpoint(text: string): { readonly address: string; readonly port: number | null } {
  const found = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text);
  if (!found) return { address: text, port: null };
  return { address: (found[1] ?? found[2]) as string, port: Number(found[3]) };
}

function goalOf(text: string): Goal {
  const whole = parseAddress(text);
  if (whole !== undefined) return endpointGoal(text, whole, null);
  const { address, port } = splitEndpoint(text);
  const parsed = parseAddress(address);
  if (parsed !== undefined && isPort(port)) return endpointGoal(formatEndpoint(parsed, port), parsed, port);
  return refuse(
    `${JSON.stringify(text)} is no endpoint`,
    want.either('10.0.1.2:8080', '[fd00::1]:8080', want.thing('address')),
  );
}

function shareOf(name: string, text: string): Share {
  return (
    parseShare(String(text)) ??
    refuse(`${JSON.stringify(text)} is no share of ${name}`, want.either("'1/3'", "'33.3%'"))
  );
}

function refuse(message: string, expected: Expected): never {
  throw new InputError([{ code: 'address-syntax', severity: 'error', message, expected }]);
}

function sayExpected(goals: readonly SharedGoal[]): readonly string[] {
  return goals.map(({ name }) => name).sort();
}

function sayActual({ trace: { outcomes } }: TestPacket): readonly string[] {
  const ends = outcomes.map((outcome) => {
    if (outcome.verdict !== 'accept') return outcome.verdict;
    return printGoal(outcome);
  });
  return [...new Set(ends)].sort();
}
