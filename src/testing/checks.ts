import type { Check } from './check.ts';
import { maskedBy } from './mask-check.ts';
import { TestNode, TestPacket } from './node.ts';
import { dropped, type Endpoints, preservesSourceIP, reaches, rejected } from './packet-checks.ts';
import { equivalentTo, matchesRules, type Rules } from './rules-checks.ts';

/** The kinds of things that are asked, with how a test gets at one. */
export const subjects = {
  node: { is: (value: unknown) => value instanceof TestNode, from: "kubenat.node({ manifests: 'deploy' })" },
  packet: { is: (value: unknown) => value instanceof TestPacket, from: "node.packet('tcp …')" },
} as const;

/** Every matcher: what it is asked of, and the check behind it. */
export const checks = {
  toMatchRules: { of: 'node', check: matchesRules },
  toBeEquivalentTo: { of: 'node', check: equivalentTo },
  toReach: { of: 'packet', check: reaches },
  toPreserveSourceIP: { of: 'packet', check: preservesSourceIP },
  toBeMaskedBy: { of: 'packet', check: maskedBy },
  toBeDropped: { of: 'packet', check: dropped },
  toBeRejected: { of: 'packet', check: rejected },
} as const satisfies Record<string, { of: keyof typeof subjects; check: Check<never, never> }>;

/** Refuses what the matcher is not for, as a test would never get right with it. */
export function checkSubject(of: keyof typeof subjects, matcher: string, received: unknown): void {
  const { is, from } = subjects[of];
  if (!is(received)) throw new TypeError(`${matcher} is asked of ${from}, and this is ${describe(received)}`);
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? 'a string' : String(value);
  return `a ${value.constructor?.name ?? 'object'}`;
}

export type { Endpoints, Rules };
