import { AssertionError } from 'node:assert';
import { existsSync } from 'node:fs';
import { machineFiles, readSource } from '../files/files.ts';
import type { Check } from './check.ts';
import { checkSubject, checks } from './checks.ts';
import type { TestNode, TestPacket } from './node.ts';
import type { Endpoints } from './packet-checks.ts';
import { compilesTo, type Rules } from './rules-checks.ts';

/**
 * The packet arrives at these endpoints and nowhere else. `'10.0.1.2:8080'`, a list of such, or each with its share:
 * `{ '10.0.1.2:8080': '1/2', '10.0.3.2:8080': '50%' }`. Throws an AssertionError with the trace.
 */
export function assertReaches(packet: TestPacket, endpoints: Endpoints): void {
  demand('toReach', packet, false, endpoints);
}

/** The packet never arrives at any of these endpoints. Throws an AssertionError with the trace. */
export function assertNeverReaches(packet: TestPacket, endpoints: string | readonly string[]): void {
  demand('toReach', packet, true, endpoints);
}

/** Wherever the packet arrives, the server sees the client's own address. Throws an AssertionError with the trace. */
export function assertPreservesSourceIP(packet: TestPacket): void {
  demand('toPreserveSourceIP', packet, false);
}

/** Wherever the packet arrives, the server sees another address than the client's. Throws an AssertionError with the trace. */
export function assertMasked(packet: TestPacket): void {
  demand('toPreserveSourceIP', packet, true);
}

/**
 * Wherever the packet arrives, this rule replaced its source, or marked it for that: `nat/KUBE-POSTROUTING/3`,
 * `nat/KUBE-EXT[default/web]`, or the rule's comment. Throws an AssertionError with the trace.
 */
export function assertMaskedBy(packet: TestPacket, rule: string): void {
  demand('toBeMaskedBy', packet, false, rule);
}

/** The packet is dropped, whatever chance decides. Throws an AssertionError with the trace. */
export function assertDropped(packet: TestPacket): void {
  demand('toBeDropped', packet, false);
}

/** The packet is rejected, and the client told so, whatever chance decides. Throws an AssertionError with the trace. */
export function assertRejected(packet: TestPacket): void {
  demand('toBeRejected', packet, false);
}

/** The node has these rules, whatever their counters and comment lines. Throws an AssertionError with a unified diff. */
export function assertMatchesRules(node: TestNode, rules: Rules): void {
  demand('toMatchRules', node, false, rules);
}

/**
 * It is proved that no packet has another fate than by these rules. Throws an AssertionError that says which do, by
 * service and by packet.
 */
export function assertEquivalent(node: TestNode, rules: Rules): void {
  demand('toBeEquivalentTo', node, false, rules);
}

/** What to do with a golden file that does not hold what it should. */
export interface GoldenFileOptions {
  /** Write it. Default: false. Of node:test: `process.execArgv.includes('--test-update-snapshots')`. */
  readonly update?: boolean;
}

/**
 * What is compiled for the node is what the golden file holds, counters and comment lines aside; the path is relative to
 * the working directory. Throws an AssertionError that says what changed, by service, by packet and by line; an
 * InputError where the file is no dump, or cannot be written.
 */
export function assertCompilesTo(
  node: TestNode,
  file: string,
  { update = false }: GoldenFileOptions = {},
): void {
  checkSubject('node', 'assertCompilesTo', node);
  const result = holdsGolden(node, file, update);
  if (!result.fits && update) machineFiles.write(file, node.text);
  else if (!result.fits) fail(result.message, 'assertCompilesTo');
}

/** Where the file is to be written anyway, it does not matter that it is no dump. */
function holdsGolden(node: TestNode, file: string, update: boolean) {
  try {
    return compilesTo(node, false, readGolden(file), file);
  } catch (error) {
    if (!update) throw error;
    return { fits: false, message: '' };
  }
}

/** The text of a golden file; null: there is none. */
export function readGolden(file: string): ReturnType<typeof readSource> | null {
  return existsSync(file) ? readSource(machineFiles, file) : null;
}

function demand(
  name: keyof typeof checks,
  received: unknown,
  negated: boolean,
  ...args: readonly unknown[]
): void {
  const { of, check } = checks[name];
  checkSubject(of, name, received);
  const { fits, message, ...sides } = (check as Check<unknown, readonly unknown[]>)(
    received,
    negated,
    ...args,
  );
  if (!fits) fail(message, name, sides);
}

function fail(
  message: string,
  operator: string,
  sides: { expected?: unknown; actual?: unknown } = {},
): never {
  throw new AssertionError({ message, operator, ...sides });
}
