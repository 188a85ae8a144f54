import { afterPrompt } from '../../text/prompt.ts';

/** The program, with its path, or as a variable that is called so. */
const program = /^(?:\/[\w./-]*\/)?ip6?tables(?:-nft|-legacy)?$|^["']?\$\{?ip6?t\w*\}?["']?$/i;

/** So many words a command takes at most before the one that says what it does: `sudo`, its flags, the table, how long to wait. */
const mostBefore = 20;

const adding: readonly string[] = ['-A', '--append', '-I', '--insert'];

/** Whether a line is a command of a shell that adds a rule: `sudo iptables -w -t nat -A …`, `$IPT -A …`. */
export function addsRule(line: string): boolean {
  const words = (afterPrompt(line) ?? line).split(/\s/, mostBefore).filter((word) => word !== '');
  const first = words[0] === 'sudo' ? words.findIndex((word, at) => at > 0 && !word.startsWith('-')) : 0;
  return program.test(words[first] ?? '') && words.slice(first).some((word) => adding.includes(word));
}
