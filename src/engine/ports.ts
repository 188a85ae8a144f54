import type { PortRange } from '../address/port.ts';
import type { Negatable } from '../iptables/rule/match.ts';
import { negateIf, type Question } from './truth.ts';

/** Whether a port is in a range. Of a port that is not known, only the range of all ports can tell. */
export function matchesPort(
  range: Negatable<PortRange> | undefined,
  port: number | null,
  side: 'source' | 'destination',
): boolean | Question {
  return range ? negateIf(range.negated, isWithin(range.value, port, side)) : true;
}

function isWithin(
  { first, last }: PortRange,
  port: number | null,
  side: 'source' | 'destination',
): boolean | Question {
  if (port !== null) return port >= first && port <= last;
  if (first > last) return false;
  if (first === 0 && last === 65535) return true;
  const ports = first === last ? `${first}` : `${first} to ${last}`;
  return {
    key: `${side} port ${ports}`,
    because: `the ${side} port is not given, and rules ask whether it is ${ports}`,
  };
}
