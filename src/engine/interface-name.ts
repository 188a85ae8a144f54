/** A trailing `+` stands for any rest, also for none. */
export function matchesName(pattern: string, name: string): boolean {
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
