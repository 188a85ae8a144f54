import type { Check } from './check.ts';
import { checkSubject, checks } from './checks.ts';

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

/** A matcher as `expect.extend` takes it. Throws a TypeError where it is asked of the wrong thing. */
export type Matcher = (this: MatcherContext, received: unknown, ...args: readonly unknown[]) => MatcherResult;

/**
 * The matchers but for `toCompileTo`, as `expect.extend` takes them: for jest, and for whatever else has its protocol.
 * `kubenat/vitest` has extended vitest's `expect` with them already.
 *
 * A matcher speaks of everything that can happen to a packet: `toBeDropped` says that it always is, `not.toBeDropped`
 * that it never is. Where chance decides, or where it is not known what happens, both fail.
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
