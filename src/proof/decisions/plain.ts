import type { Instruction, IrChain, IrRule } from '../../engine/ir.ts';

/** What ends a plain rule. */
export type End = Extract<
  Instruction,
  {
    do:
      | 'accept'
      | 'drop'
      | 'return'
      | 'reject'
      | 'nat'
      | 'masquerade'
      | 'redirect'
      | 'netmap'
      | 'jump'
      | 'goto';
  }
>;

const ends: ReadonlySet<Instruction['do']> = new Set<End['do']>([
  'accept',
  'drop',
  'return',
  'reject',
  'nat',
  'masquerade',
  'redirect',
  'netmap',
  'jump',
  'goto',
]);

export function isEnd(instruction: Instruction): instruction is End {
  return ends.has(instruction.do);
}

/** Chains that call each other deeper than this are taken as not plain; the kernel lets 16 calls stand. */
const deepest = 16;

/**
 * Tells plain rules: they ask, change nothing while they ask, and end in what is the same for every packet. Such a rule is
 * a condition and an end, and a run of them is decided by what its packet is, whatever came before.
 */
export class PlainRules {
  private readonly known = new Map<IrChain, number>();
  private readonly isPassed: (instruction: Instruction) => boolean;

  /** `isPassed`: of what neither ends a rule nor looks up. */
  constructor(isPassed: (instruction: Instruction) => boolean = ({ do: kind }) => kind === 'test') {
    this.isPassed = isPassed;
  }

  /** How many rules are asked, those of chains that it calls included; null where the rule is not plain. */
  sizeOf({ code }: IrRule): number | null {
    return this.size(code, 0);
  }

  private size(code: readonly Instruction[], depth: number): number | null {
    let sum = 0;
    for (const [at, instruction] of code.entries()) {
      if (this.isPassed(instruction)) continue;
      if (instruction.do === 'lookup') {
        const size = this.lookupSize(instruction, depth);
        if (size === null) return null;
        sum += size;
        continue;
      }
      if (at !== code.length - 1 || !isEnd(instruction)) return null;
      if (instruction.do !== 'jump' && instruction.do !== 'goto') return sum + 1;
      const size = this.chainSize(instruction.chain, depth + 1);
      return size < 0 ? null : sum + 1 + size;
    }
    return sum + 1;
  }

  private lookupSize(
    { elements, otherwise = [] }: Extract<Instruction, { do: 'lookup' }>,
    depth: number,
  ): number | null {
    const codes = [...elements.map(({ code }) => code), otherwise].filter(
      ([first, ...more]) => first && (first.do !== 'fail' || more.length > 0),
    );
    const sizes = codes.map((code) => this.size(code, depth));
    return sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size as number), 0);
  }

  private chainSize(chain: IrChain, depth: number): number {
    const known = this.known.get(chain);
    if (known !== undefined) return known;
    let sum = 0;
    if (depth > deepest) return -1;
    for (const { code } of chain.rules) {
      const size = this.size(code, depth);
      if (size === null) {
        sum = -1;
        break;
      }
      sum += size;
    }
    this.known.set(chain, sum);
    return sum;
  }
}
