import { expect, test } from 'vitest';
import { Interpreter } from '../../src/engine/interpreter.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram, type ProgramRule } from '../../src/engine/program.ts';
import { Sequence } from '../../src/engine/sequence.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { whyNot } from '../../src/engine/why-not.ts';
import { buildHost } from '../../src/host/build.ts';
import type { Chain, Rule } from '../../src/iptables/rule/ruleset.ts';
import type { Target } from '../../src/iptables/rule/target.ts';

const depth = 20_000;

function chain(name: string, target: Target): [string, Chain] {
  const rule: Rule = { matches: [], target, at: 0 };
  return [name, { name, policy: name === 'FORWARD' ? 'ACCEPT' : null, rules: [rule] }];
}

const jump = (to: number): Target => ({ kind: 'jump', chain: `C${to}`, returns: true });
const chains = Array.from({ length: depth }, (_, index) =>
  chain(`C${index}`, index === depth - 1 ? { kind: 'verdict', verdict: 'DROP' } : jump(index + 1)),
);
/** Chains that call each other, one deeper than the other, below `first`. */
function program(first: number) {
  const table = { name: 'filter', chains: new Map([chain('FORWARD', jump(first)), ...chains]) } as const;
  return buildProgram({ family: 'ipv4', tables: [table] });
}
const host = { ...buildHost('ipv4', []), addressesKnown: true, routesKnown: true };
const packet = parsePacket({ name: 'packet', text: 'tcp 198.51.100.7:40000 -> 10.9.0.1:80 from external' });

test('chains may call each other however deep', () => {
  const deep = program(0);
  const traced = tracePacket(deep, host, packet, { trace: true }).outcomes;
  expect(traced.map(({ verdict, matched }) => [verdict, matched.length])).toEqual([['drop', depth + 1]]);
  expect(new Interpreter(deep, host).outcomes(packet).map(({ verdict }) => verdict)).toEqual(['drop']);
  expect(new Sequence(deep, host).next(packet, 0).outcomes.map(({ verdict }) => verdict)).toEqual(['drop']);
  const last = deep.chains.get(`filter/C${depth - 1}`)?.rules[0] as ProgramRule;
  expect(whyNot(deep, host, packet, last)).toEqual({ kind: 'matched' });
});

test('why a rule deep below chains that were not entered does not match', () => {
  const shallow = program(depth - 1);
  const rule = shallow.chains.get(`filter/C${depth - 2}`)?.rules[0] as ProgramRule;
  let fate = whyNot(shallow, host, packet, rule);
  let steps = 0;
  for (; fate.kind === 'not-entered' && fate.callers[0]; steps += 1) fate = fate.callers[0].fate;
  expect(fate.kind).toBe('too-far');
  expect(steps).toBeGreaterThan(3);
});
