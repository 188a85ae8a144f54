// Rates of packets: `NUMBER/second`, `/minute`, `/hour`, `/day`.

export const periods = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86400],
] as const;

/** The kernel keeps a rate as the time between two packets, of so many parts of a second. */
export function readRate(text: string, scale: bigint): bigint | undefined {
  const [, rate = '', period] = /^([^/]*)(?:\/(.*))?$/.exec(text) ?? [];
  const seconds =
    period === undefined
      ? 1
      : periods.find(([name]) => period !== '' && name.startsWith(period.toLowerCase()))?.[1];
  const count = BigInt(/^\+?(\d+)/.exec(rate)?.[1] ?? '0');
  return seconds === undefined || count === 0n ? undefined : (scale * BigInt(seconds)) / count;
}

/** Prints it in the unit that gives it back most exactly, as iptables picks it. */
export function printRate(cost: bigint, scale: bigint): string {
  const units = [
    ['day', 86400n],
    ['hour', 3600n],
    ['min', 60n],
    ['sec', 1n],
  ] as const;
  let unit = 0;
  while (unit < 3) {
    const next = scale * (units[unit + 1] as (typeof units)[number])[1];
    if (cost > next || next / cost < next % cost) break;
    unit += 1;
  }
  const [name, seconds] = units[unit] as (typeof units)[number];
  return `${(scale * seconds) / cost}/${name}`;
}
