/**
 * Matchers for vitest 3, 4 and 5: `import { kubenat } from 'kubenat/vitest'`, or the entry in `setupFiles`.
 *
 * @module
 */

import { dirname, resolve } from 'node:path';
import { expect } from 'vitest';
import { readGolden } from './testing/assert.ts';
import { checkSubject } from './testing/checks.ts';
import { type MatcherResult, matchers } from './testing/matchers.ts';
import type { TestNode } from './testing/node.ts';
import type { Endpoints } from './testing/packet-checks.ts';
import { compilesTo, type Rules } from './testing/rules-checks.ts';

export * from './testing/index.ts';

/**
 * What `expect` can be asked of a node, `kubenat.node({ manifests: 'deploy', node: 'worker-1' })`, and of a packet on it,
 * `node.packet('tcp 198.51.100.7:40000 -> 10.96.0.1:80 from external')`. Everything is said of all that can happen to a
 * packet: `toBeDropped` means always, `not.toBeDropped` never. What is not known fits neither.
 */
export interface KubenatMatchers {
  /**
   * Of a node: what is compiled for it is what the golden file holds, whose path is relative to the test. Written as
   * vitest writes snapshots of files: where it is missing, but not in CI; where it differs, with `--update`.
   */
  toCompileTo(file: string): Promise<void>;
  /** Of a node: it has these rules, whatever their counters and comment lines. */
  toMatchRules(rules: Rules): void;
  /** Of a node: it is proved that no packet fares otherwise than by these rules. */
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

declare global {
  // vitest's own interface has other type parameters in each major version; all of them take over chai's.
  namespace Chai {
    interface Assertion extends KubenatMatchers {}
  }
}

async function toCompileTo(
  this: { readonly isNot?: boolean; readonly testPath?: string },
  received: TestNode,
  file: string,
): Promise<MatcherResult> {
  checkSubject('node', 'toCompileTo', received);
  const { testPath } = this;
  // vitest 3 leaves it out.
  const negated = this.isNot === true;
  const path = testPath === undefined ? resolve(file) : resolve(dirname(testPath), file);
  const golden = readGolden(path);
  const { fits, message } = compilesTo(received, negated, golden, file);
  const answer = (pass: boolean) => ({ pass, message: () => message });
  if (fits || negated) return answer(fits !== negated);
  try {
    // Whether it is written, and how that is counted, is vitest's to say.
    await expect(received.text).toMatchFileSnapshot(path);
    return answer(true);
  } catch {
    return answer(false);
  }
}

expect.extend({ ...matchers, toCompileTo });
