/**
 * Matchers for vitest 3, 4 and 5: `import { kubenat } from 'kubenat/vitest'`, or the entry in `setupFiles`.
 *
 * @module
 */

import { dirname, resolve } from 'node:path';
import { expect } from 'vitest';
import '../report/words/en/details.ts';
import { readGolden } from './assert.ts';
import { checkSubject } from './checks.ts';
import { type KubenatMatchers, type MatcherResult, matchers } from './matchers.ts';
import type { TestNode } from './node.ts';
import { compilesTo } from './rules-checks.ts';

export * from './index.ts';

/** What vitest's `expect` can be asked of a node and of a packet. */
export interface VitestMatchers extends KubenatMatchers {
  /**
   * Of a node: what is compiled for it is what the golden file holds, whose path is relative to the test. Written as
   * vitest writes snapshots of files: where it is missing, but not in CI; where it differs, with `--update`.
   */
  toCompileTo(file: string): Promise<void>;
}

declare global {
  // vitest's own interface has other type parameters in each major version; all of them take over chai's.
  namespace Chai {
    interface Assertion extends VitestMatchers {}
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
