const units: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** `1h30m` in milliseconds; a number alone counts seconds. Null where it is neither. */
export function parseDuration(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!/^(?:\d+(?:ms|[dhms]))+$/.test(text)) return null;
  let total = 0;
  for (const part of text.split(/(?<=[dhms])(?=\d)/)) {
    const unit = part.replace(/^\d+/, '');
    total += Number(part.slice(0, -unit.length)) * (units[unit] as number);
  }
  return total;
}
