import type { LazyChain, LazyProgram } from '../proof/rules/program.ts';
import { keptBy } from '../text/kept.ts';
import { type UsualChains, usualChains } from './reach/usual.ts';

/** A rule set of iptables, and which of its chains packets can come to. */
export interface Reached {
  readonly program: LazyProgram;
  readonly usual: UsualChains;
  /** Every chain that a built-in one reaches, after all those that it leads to. */
  readonly reached: ReadonlySet<LazyChain>;
  /** Those of them of which something may be wrong by themselves. */
  readonly unusual: readonly LazyChain[];
}

export const reachedIn = keptBy((program: LazyProgram): Reached => {
  const usual = usualChains(program.chains);
  const reached = new Set<LazyChain>();
  const unusual: LazyChain[] = [];
  for (const entry of program.entries.values()) visit(entry, reached, unusual, usual);
  return { program, usual, reached, unusual };
});

/** Callees first, with a stack of its own: a dump may chain thousands of chains together. */
function visit(entry: LazyChain, reached: Set<LazyChain>, unusual: LazyChain[], usual: UsualChains): void {
  if (reached.has(entry)) return;
  const stack = [{ chain: entry, called: called(entry, usual), next: 0 }];
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const { chain, called: callees, next } = frame;
    const callee = callees[next];
    if (callee === undefined) {
      if (!reached.has(chain) && !usual.has(chain)) unusual.push(chain);
      reached.add(chain);
      stack.pop();
      continue;
    }
    frame.next += 1;
    if (reached.has(callee)) continue;
    // Of very many: all that is called there is known.
    const known = reached.has(usual.marking as LazyChain) ? usual.of(callee) : null;
    if (known?.kind === 'service') for (const one of known.endpoints) reached.add(one.chain);
    if (known !== null) reached.add(callee);
    else stack.push({ chain: callee, called: called(callee, usual), next: 0 });
  }
}

function called(chain: LazyChain, usual: UsualChains): readonly LazyChain[] {
  const { rules } = chain.source;
  const known = usual.of(chain);
  if (known?.kind === 'service') {
    const [first] = known.marking;
    const marking = first && chain.jumpOf(first);
    const endpoints = known.endpoints.map((one) => one.chain);
    return marking ? [marking, ...endpoints] : endpoints;
  }
  const calling = known === null ? rules : rules.slice(0, 1);
  return calling.flatMap((rule) => chain.jumpOf(rule) ?? []);
}
