import type { PrintStyle } from './style.ts';

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1000, 's'],
  [1, 'ms'],
] as const;

/** Milliseconds as `1d3h`: the units that are not zero. */
export function spellDuration(milliseconds: number, style: PrintStyle): string {
  if (style.seconds) return `${Math.floor(milliseconds / 1000)}s`;
  let left = milliseconds;
  let text = '';
  for (const [size, unit] of units) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text;
}
