import type { IntervalSet } from '../../sets/intervals.ts';

/** `80, 30000-32767` */
export function countPorts(ports: IntervalSet): string {
  const ranges: string[] = [];
  for (let at = 0; at < ports.length; at += 2) {
    const [first, last] = [ports[at], ports[at + 1]];
    ranges.push(first === last ? `${first}` : `${first}-${last}`);
  }
  return ranges.join(', ');
}
