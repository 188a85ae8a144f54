import { expect, it } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import type { Backend } from '../../src/iptables/rule/syntax.ts';
import { InputError } from '../../src/text/problem.ts';
import { commandRows, savedOf } from './commands.ts';

function formatted(text: string, backend: Backend): string | null {
  try {
    return writeDump(readDump({ name: 'text', text }, { family: 'ipv4', backend }).ruleset);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** iptables-save -c prints counters of rules that were given none, and kubenat keeps those that were given. */
const withoutZeros = (saved: string | null) => saved?.replaceAll('\n[0:0] -A', '\n-A') ?? null;

it.each(['nft', 'legacy'] as const)('commands do what they do for %s', (backend) => {
  for (const row of commandRows) {
    const { text } = row;
    expect({ text, saved: formatted(text, backend) }).toEqual({
      text,
      saved: withoutZeros(savedOf(row, backend)),
    });
  }
});
