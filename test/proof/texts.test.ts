import { applyPatch, formatPatch, structuredPatch } from 'diff';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareTexts } from '../../src/diff/text.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';

const rulesetOf = (sources: readonly number[]) => {
  const rules = sources.map((source) => `-A INPUT -s 10.0.0.${source} -j DROP\n`).join('');
  const text = `*filter\n:INPUT ACCEPT [0:0]\n${rules}COMMIT\n`;
  return readDump({ name: 'dump', text }, { family: 'ipv4' }).ruleset;
};

const edits = (hunks: readonly { readonly lines: readonly string[] }[]) =>
  hunks.flatMap(({ lines }) => lines).filter((line) => !line.startsWith(' ')).length;

it('lays side by side what is between equal ends, with as few changes as all of it, and numbers its lines', () => {
  const sources = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 12 });
  fc.assert(
    fc.property(sources, sources, fc.integer({ min: 0, max: 3 }), (left, right, context) => {
      const [before, after] = [rulesetOf(left), rulesetOf(right)];
      const [old, fresh] = [writeDump(before), writeDump(after)];
      const hunks = [...(compareTexts(before, after, context) ?? [])].map((hunk) => ({
        ...hunk,
        lines: [...hunk.lines],
      }));
      const whole = structuredPatch('a', 'b', old, fresh, '', '', { context });
      expect(edits(hunks)).toBe(edits(whole.hunks));
      const patch = formatPatch({ ...whole, hunks });
      expect(applyPatch(old, patch, { fuzzFactor: 0 })).toBe(fresh);
    }),
  );
});
