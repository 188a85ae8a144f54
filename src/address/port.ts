/** Ports from `first` to `last`, both included. `first` may be above `last`: such a range matches nothing. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export const highestPort = 65535;

export function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= highestPort;
}
