import type { Limit, Quota, Stateful } from '../stateful.ts';
import type { PrintStyle } from './style.ts';
import { spellDuration } from './time.ts';

export function spellStateful(statement: Stateful, style: PrintStyle): string {
  switch (statement.kind) {
    case 'counter': {
      const { packets, bytes } = statement;
      return packets === undefined || style.stateless
        ? 'counter'
        : `counter packets ${packets} bytes ${bytes}`;
    }
    case 'quota':
      return `quota ${spellQuota(statement, style)}`;
    case 'limit':
      return `limit ${spellLimit(statement, style.version?.toldBursts)}`;
    case 'connlimit':
      return `ct count ${statement.over ? 'over ' : ''}${statement.count}`;
    case 'last': {
      const { used } = statement;
      return used === undefined || style.stateless ? 'last' : `last used ${spellDuration(used, style)}`;
    }
  }
}

const unitsOfBytes = ['bytes', 'kbytes', 'mbytes'] as const;

/** The largest unit that divides a number of bytes. */
function spellBytes(bytes: number | bigint): string {
  let amount = BigInt(bytes);
  let unit = 0;
  while (amount !== 0n && unit < 2 && amount % 1024n === 0n) {
    amount /= 1024n;
    unit += 1;
  }
  return `${amount} ${unitsOfBytes[unit]}`;
}

export function spellQuota({ over, bytes, used }: Quota, style: PrintStyle): string {
  const isUsed = BigInt(used) !== 0n && (!style.stateless || style.used === true);
  return `${over ? 'over ' : ''}${spellBytes(bytes)}${isUsed ? ` used ${spellBytes(used)}` : ''}`;
}

/** The burst that nft takes where none is given. */
const defaultBurst = 5;

/** `isBurstTold`: where it is that one, too. */
export function spellLimit({ over, of, rate, unit, burst }: Limit, isBurstTold = false): string {
  const head = `rate ${over ? 'over ' : ''}`;
  if (of === 'packets') {
    const isTold = isBurstTold || (burst !== 0 && burst !== defaultBurst);
    return `${head}${rate}/${unit}${isTold ? ` burst ${burst} packets` : ''}`;
  }
  return `${head}${spellBytes(rate)}/${unit}${burst === 0 ? '' : ` burst ${spellBytes(burst)}`}`;
}
