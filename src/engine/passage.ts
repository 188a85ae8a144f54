import type { Hook, Policy } from '../iptables/rule/ruleset.ts';
import { alignWays } from './both-ways.ts';
import { type Branch, type Header, headerOf, type Matched } from './branch.ts';
import type { Instruction, IrRule } from './ir.ts';

/** One place of a packet's way, as the kernel's own trace tells of it: a rule that it matched, or a chain's end. */
export interface Passage {
  readonly hook: Hook;
  readonly table: string;
  readonly chain: string;
  /** Null: the end of the chain. */
  readonly rule: IrRule | null;
  /** Of a rule: what ended it; null: it went on to the next one. */
  readonly how: Instruction | null;
  /** Of the end of a base chain. */
  readonly policy: Policy | null;
  /** Behind it. Null: nobody knows it. */
  readonly mark: number | null;
  /** Before anything is translated by it. */
  readonly header: Header;
  readonly in: string;
  readonly out: string;
  /** The last rule that was matched by then. */
  readonly matched: Matched | null;
  /** On another way, of which nobody knows whether it is the right one, the packet did not come by. */
  readonly perhaps?: true;
  readonly before: Passage | null;
}

/** The branch, which is the walk's own, has come by. */
export function notePassage(
  branch: Branch,
  at: Pick<Passage, 'table' | 'chain' | 'rule' | 'how' | 'policy' | 'perhaps'>,
): void {
  const { hook, mark, matched, passed, contents } = branch;
  branch.passed = {
    ...at,
    hook,
    mark: contents.has('mark') ? null : mark,
    header: headerOf(branch),
    in: branch.in,
    out: branch.out,
    matched,
    before: passed,
  };
}

/** In the order in which the packet came by. */
export function listPassages(last: Passage | null): readonly Passage[] {
  const list: Passage[] = [];
  for (let next = last; next; next = next.before) list.push(next);
  return list.reverse();
}

/** Equal for equal ways. */
export function keyOfPassages(last: Passage | null): string {
  return listPassages(last).map(nameOf).join(' ');
}

/** The places of two ways of which nobody knows the right one. */
export function passedOnBoth(left: Passage | null, right: Passage | null): Passage | null {
  return alignWays(left, right, nameOf);
}

function nameOf({ hook, table, chain, rule }: Passage): string {
  return `${hook} ${table}/${chain}/${rule?.number ?? 'end'}`;
}
