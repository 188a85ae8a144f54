import { afterPrompt } from '../../text/prompt.ts';

/** The program, with its path, or as a variable that is called so. */
const program = /^(?:\/[\w./-]*\/)?ip6?tables(?:-nft|-legacy)?$|^["']?\$\{?ip6?t\w*\}?["']?$/i;

/** So many words a command takes at most before the one that says what it does: `sudo`, its flags, the table, how long to wait. */
const mostBefore = 20;

const adding: readonly string[] = ['-A', '--append', '-I', '--insert'];

/** What `history` puts before a command: its number, and when it was typed. */
const numbered = /^\s*\d+\*?\s+(?:\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?\s+)?(?=[a-z$/])/;

/** The same of nft, whose options stand before its verb. */
const ofNft = /^(?:sudo\s+)?(?:\/[\w./-]*\/)?nft\s+(?:-\w+\s+)*['"]?(?:add|insert|create|replace)\s/;

/** Whether a line is a command of a shell that adds a rule: `sudo iptables -w -t nat -A …`, `$IPT -A …`, `nft add rule …`. */
export function addsRule(line: string): boolean {
  const typed = (afterPrompt(line) ?? line).replace(numbered, '').trimStart();
  if (ofNft.test(typed)) return true;
  const words = typed.split(/\s/, mostBefore).filter((word) => word !== '');
  const first = words[0] === 'sudo' ? words.findIndex((word, at) => at > 0 && !word.startsWith('-')) : 0;
  return program.test(words[first] ?? '') && words.slice(first).some((word) => adding.includes(word));
}
