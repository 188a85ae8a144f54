/**
 * Checks of nodes and packets for any test runner: node:test, jest, mocha. Reads files; vitest has `kubenat/vitest`.
 *
 * @module
 */

import '../report/words/en/details.ts';
import { type NodeOptions, openNode } from './open.ts';

/** What tests begin with. */
export const kubenat: {
  /** A node with its rules: compiled from manifests, or read from a dump. Throws an InputError. */
  readonly node: (options: NodeOptions) => import('./node.ts').TestNode;
} = { node: openNode };

export {
  assertCompilesTo,
  assertDropped,
  assertEquivalent,
  assertMasked,
  assertMaskedBy,
  assertMatchesRules,
  assertNeverReaches,
  assertPreservesSourceIP,
  assertReaches,
  assertRejected,
  type GoldenFileOptions,
} from './assert.ts';
export { type KubenatMatchers, type Matcher, type MatcherResult, matchers } from './matchers.ts';
export { type NodeParts, TestNode, TestPacket } from './node.ts';
export type { NodeOptions } from './open.ts';
export type { Endpoints } from './packet-checks.ts';
export type { Rules } from './rules-checks.ts';
