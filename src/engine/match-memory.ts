import type { Address } from '../address/address.ts';
import { type RecentMatch, type StatisticMatch, statisticScale } from '../iptables/rule/match.ts';
import { fraction } from '../sets/fraction.ts';
import { type Branch, currentRule } from './branch.ts';
import type { Surroundings } from './match.ts';
import { consultRecent, counterKey } from './memory.ts';
import type { Split, Truth } from './truth.ts';

export function consultStatistic(match: StatisticMatch, branch: Branch): Truth {
  return match.mode === 'random' ? throwDice(match, branch) : count(match, branch);
}

function throwDice(match: Extract<StatisticMatch, { mode: 'random' }>, { memory }: Branch): Truth {
  if (match.threshold <= 0) return match.negated;
  if (match.threshold >= statisticScale) return !match.negated;
  return {
    alternatives: [
      { share: fraction(match.threshold, statisticScale), holds: !match.negated, memory },
      { share: fraction(statisticScale - match.threshold, statisticScale), holds: match.negated, memory },
    ],
  };
}

/**
 * A counter may stand at any of several positions, all of the same weight. Those that match now part from those that do
 * not, and each of them goes on by one: so the same rule asked twice, or by the next packet, answers as one counter.
 */
function count(match: Extract<StatisticMatch, { mode: 'nth' }>, branch: Branch): Truth {
  const { every, packet } = match;
  const { memory } = branch;
  const key = counterKey(currentRule(branch), branch.matchIndex);
  const positions = memory.counters.get(key) ?? Array.from({ length: every }, (_, position) => position);
  const part = (wanted: boolean) => {
    const chosen = positions.filter((position) => (position === packet) === wanted);
    const counters = new Map(memory.counters).set(
      key,
      chosen.map((position) => (position + 1) % every),
    );
    return {
      share: fraction(chosen.length, positions.length),
      holds: wanted !== match.negated,
      memory: { ...memory, counters },
    };
  };
  const alternatives: Split['alternatives'] = [part(true), part(false)].filter(({ share }) => share.n !== 0n);
  return { alternatives };
}

export function matchRecent(match: RecentMatch, branch: Branch, { program, now }: Surroundings): boolean {
  const own = match.side === 'source' ? branch.source : branch.destination;
  const address = mask(own, program.recentMasks.get(match.name) ?? match.mask);
  const kept = program.stampsKept.get(match.name) ?? 32;
  const { holds, memory } = consultRecent(branch.memory, match, address, now, kept);
  branch.memory = memory;
  return holds;
}

function mask(address: Address, bits: Address): Address {
  return typeof address === 'number' ? (address & (bits as number)) >>> 0 : address & (bits as bigint);
}
