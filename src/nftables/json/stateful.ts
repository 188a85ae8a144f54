import type { Limit, Quota, Stateful } from '../stateful.ts';
import { type Json, object } from './text.ts';

const units = ['bytes', 'kbytes', 'mbytes'] as const;

/** The largest unit that divides a number of bytes, and how many of it. */
export function inUnits(bytes: number | bigint): readonly [amount: number | bigint, unit: string] {
  let amount = BigInt(bytes);
  let unit = 0;
  while (amount !== 0n && unit < 2 && amount % 1024n === 0n) {
    amount /= 1024n;
    unit += 1;
  }
  return [amount <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(amount) : amount, units[unit] as string];
}

/** `isStateless`: counters without what they counted. */
export function statefulJson(statement: Stateful, isStateless = false): Json {
  switch (statement.kind) {
    case 'counter':
      return isStateless || statement.packets === undefined
        ? { counter: null }
        : { counter: { packets: statement.packets, bytes: statement.bytes ?? 0 } };
    case 'quota':
      return { quota: quotaJson(statement, isStateless) };
    case 'limit':
      return { limit: limitJson(statement) };
    case 'connlimit':
      return { 'ct count': object({ val: statement.count, inv: statement.over || undefined }) };
    case 'last':
      return { last: null };
  }
}

function quotaJson({ over, bytes, used }: Quota, isStateless: boolean): Json {
  const [val, unit] = inUnits(bytes);
  const [usedValue, usedUnit] = inUnits(used);
  const isUsed = BigInt(used) !== 0n && !isStateless;
  return object({
    val,
    val_unit: unit,
    inv: over || undefined,
    used: isUsed ? usedValue : undefined,
    used_unit: isUsed ? usedUnit : undefined,
  });
}

function limitJson({ over, of, rate, unit, burst }: Limit): Json {
  if (of === 'packets') return object({ rate, burst, per: unit, inv: over || undefined });
  const [amount, rateUnit] = inUnits(rate);
  const [burstAmount, burstUnit] = inUnits(burst);
  return object({
    rate: amount,
    burst: burstAmount,
    per: unit,
    inv: over || undefined,
    rate_unit: rateUnit,
    burst_unit: burstUnit,
  });
}
