import type { Address } from '../address/address.ts';
import { prefixMask, type Subnet, subnetOf } from '../address/subnet.ts';
import { interfaceNamed } from '../engine/fields.ts';
import { instructionsIn } from '../engine/instructions.ts';
import type { Condition, IrProgram, IrRule, Test } from '../engine/ir.ts';
import type { IntervalSet } from '../sets/intervals.ts';

/** An interface that a rule names, and the prefix that it says of its link. */
export interface NamedInterface {
  readonly name: string;
  readonly link: Subnet | null;
}

/** The interfaces that rules of nft name, each as often as it is named; `cali+`: all whose names begin so. */
export function interfacesIn({ chains, family }: IrProgram): readonly NamedInterface[] {
  // What chooses endpoints asks for no interface.
  const asking = [...chains.values()].filter((chain) => chain.language === 'nftables' && !chain.isChoice);
  return asking.flatMap((chain) =>
    chain.rules.flatMap((rule) => {
      const asked = askedBy(rule);
      return asked.flatMap(({ test, negated }): NamedInterface[] => {
        if (test.field !== 'in' && test.field !== 'out') return [];
        const name = interfaceNamed(test.set);
        // What comes from a link goes out elsewhere: `ip saddr 172.17.0.0/16 oifname != "docker0"`.
        const side = (test.field === 'in') !== negated ? 'source' : 'destination';
        const link = asked.find((one) => one.test.field === side && !one.negated)?.test.set;
        return name === null ? [] : [{ name, link: link ? subnetIn(link, family) : null }];
      });
    }),
  );
}

interface Asked {
  readonly test: Test;
  readonly negated: boolean;
}

function askedBy({ code }: IrRule): readonly Asked[] {
  return code.flatMap((instruction) =>
    instruction.do === 'test' ? testsIn(instruction.condition, false) : [],
  );
}

function testsIn(condition: Condition, negated: boolean): readonly Asked[] {
  switch (condition.kind) {
    case 'test':
      return [{ test: condition, negated }];
    case 'not':
      return testsIn(condition.of, !negated);
    case 'open':
      return [];
    default:
      return condition.of.flatMap((one) => testsIn(one, negated));
  }
}

/** A prefix, where the addresses are those of one. */
function subnetIn([first, last, ...more]: IntervalSet, family: IrProgram['family']): Subnet | null {
  if (first === undefined || last === undefined || more.length > 0) return null;
  const bits = (BigInt(first) ^ BigInt(last)).toString(2).replace(/^0$/, '').length;
  const subnet = subnetOf(first, prefixMask(family, (family === 'ipv4' ? 32 : 128) - bits));
  const width = (1n << BigInt(bits)) - 1n;
  return subnet.address === first && BigInt(last) - BigInt(first) === width ? subnet : null;
}

/** The endpoints that rules of nft give packets to. */
export function* endpointsIn({ chains }: IrProgram): Generator<Address> {
  for (const { language, rules } of chains.values()) {
    if (language !== 'nftables') continue;
    for (const { code } of rules) {
      for (const instruction of instructionsIn(code)) {
        if (instruction.do !== 'nat' || instruction.side !== 'destination' || !instruction.range.addresses)
          continue;
        yield instruction.range.addresses.first;
      }
    }
  }
}
