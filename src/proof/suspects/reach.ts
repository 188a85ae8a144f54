import { type Box, meet } from '../../sets/box.ts';
import type { HostSets } from '../explore/host-sets.ts';
import type { Fingerprint } from '../rules/fingerprint.ts';
import type { LazyChain } from '../rules/program.ts';
import { ruleBox } from '../rules/rule-box.ts';
import type { Standing } from '../rules/survey.ts';

/** More ways to a chain than this, or longer ones, are taken as one that lets everything through. */
const mostWays = 256;
const mostSteps = 64;

/** Which packets can come to a rule, as they are when they enter the table. */
export class Reach {
  private readonly print: Fingerprint;
  private readonly host: HostSets;
  private readonly everything: Box;
  private readonly known = new Map<LazyChain, readonly Box[]>();

  constructor(print: Fingerprint, host: HostSets, everything: Box) {
    this.print = print;
    this.host = host;
    this.everything = everything;
  }

  rule(standing: Standing): readonly Box[] {
    return this.limit(this.chain(standing.chain, 0), standing);
  }

  private chain(chain: LazyChain, steps: number): readonly Box[] {
    if (chain.policy !== null || steps > mostSteps) return [this.everything];
    const known = this.known.get(chain);
    if (known) return known;
    const callers = this.print.survey.callers.get(chain) ?? [];
    let boxes: Box[] = [];
    for (const caller of callers) {
      boxes.push(...this.limit(this.chain(caller.chain, steps + 1), caller));
      if (boxes.length > mostWays) {
        boxes = [this.everything];
        break;
      }
    }
    this.known.set(chain, boxes);
    return boxes;
  }

  private limit(boxes: readonly Box[], { rule }: Standing): readonly Box[] {
    return boxes.flatMap((box) => meet(box, ruleBox(rule.rule.matches, box, this.host)) ?? []);
  }
}
