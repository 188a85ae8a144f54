import type { Check } from './check.ts';
import { checkSubject, checks, type Endpoints, type Rules } from './checks.ts';

/** What the matchers of vitest and jest are called with as `this`. */
interface MatcherContext {
  readonly isNot?: boolean;
}

/** What `expect.extend` of vitest and jest demands of a matcher. */
export interface MatcherResult {
  readonly pass: boolean;
  /** What the runner prints where the test fails: what was expected, what happens, and the trace. */
  readonly message: () => string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

/**
 * What `expect` can be asked of a node, `kubenat.node({ manifests: 'deploy', node: 'worker-1' })`, and of a packet on it,
 * `node.packet('tcp 198.51.100.7:40000 -> 10.96.0.1:80 from external')`. Everything is said of all that can happen to a
 * packet: `toBeDropped` means always, `not.toBeDropped` never. What is not known fits neither. Types for jest:
 *
 * ```ts
 * declare module 'expect' {
 *   interface Matchers<R> extends KubenatMatchers {}
 * }
 * ```
 */
export interface KubenatMatchers {
  /** Of a node: it has these rules, whatever their counters and comment lines. */
  toMatchRules(rules: Rules): void;
  /** Of a node: it is proved that no packet has another fate than by these rules. */
  toBeEquivalentTo(rules: Rules): void;
  /** Of a packet: it arrives at these endpoints and nowhere else; `{'10.0.1.2:8080': '1/2'}` says how often. */
  toReach(endpoints: Endpoints): void;
  /** Of a packet: wherever it arrives, the server sees the client's own address. */
  toPreserveSourceIP(): void;
  /** Of a packet: this rule replaced its source or marked it for that: its place, its chain, or its comment. */
  toBeMaskedBy(rule: string): void;
  /** Of a packet: the rules drop it. */
  toBeDropped(): void;
  /** Of a packet: it is rejected, and the client told so. */
  toBeRejected(): void;
}

/** A matcher as `expect.extend` takes it. Throws a TypeError where it is asked of the wrong thing. */
export type Matcher = (this: MatcherContext, received: unknown, ...args: readonly unknown[]) => MatcherResult;

/**
 * The matchers but for `toCompileTo`, as `expect.extend` takes them: for jest, and for whatever else has its protocol.
 * `kubenat/vitest` has extended vitest's `expect` with them already. `KubenatMatchers` says what each of them asks.
 */
export const matchers: Readonly<Record<keyof typeof checks, Matcher>> = Object.fromEntries(
  Object.entries(checks).map(([name, { of, check }]) => [name, matcher(name, of, check as never)]),
) as never;

function matcher(
  name: string,
  of: Parameters<typeof checkSubject>[0],
  check: Check<unknown, readonly unknown[]>,
): Matcher {
  return function (received, ...args) {
    checkSubject(of, name, received);
    const negated = this.isNot === true;
    const { fits, message, ...sides } = check(received, negated, ...args);
    // A runner turns the answer round where the matcher is negated.
    return { pass: fits !== negated, message: () => message, ...sides };
  };
}
