import { afterPrompt } from '../../text/prompt.ts';
import { type TableName, tableNames } from '../rule/ruleset.ts';
import type { PastedLine } from './lines.ts';

/** A command of a shell script that changes rules, as iptables-restore would take it. */
interface TypedRule {
  readonly table: TableName;
  readonly chain: string;
  readonly text: string;
}

/** The program, with its path, after `sudo`, or as a variable that is called so. */
const program =
  /^(?:sudo\s+(?:-\S+\s+)*)?(?:(?:\/[\w./-]*\/)?ip6?tables(?:-nft|-legacy)?|["']?\$\{?IP6?T\w*\}?["']?|["']?\$\{?ip6?t\w*\}?["']?)\s+/;

const mayBeTyped = (line: string): boolean => program.test(afterPrompt(line) ?? line);

/** Whether a line is a command that adds a rule. */
export function isTyped(line: string): boolean {
  return mayBeTyped(line) && /\s(?:-[AI]|--append|--insert)\s/.test(line);
}

/**
 * The commands of a text that add rules, by their lines: a shell script, or what was typed. What stands in a condition or a loop may not
 * be done, and is not taken: there something is left out.
 */
export function typedRules(lines: readonly string[]): ReadonlyMap<number, PastedLine> {
  const found = new Map<number, PastedLine>();
  if (!lines.some((line) => mayBeTyped(line.trim()))) return found;
  // Among commands without a prompt `#` begins a comment.
  const isPrompted = !lines.some((line) => afterPrompt(line.trim()) === null && mayBeTyped(line.trim()));
  const variables = new Map<string, string>();
  let depth = 0;
  let whole = '';
  let first = 0;
  lines.forEach((raw, at) => {
    const line = raw.trim();
    if (whole === '') first = at;
    else found.set(at, { kind: 'blank' });
    whole += line;
    if (whole.endsWith('\\') && mayBeTyped(whole)) {
      whole = whole.slice(0, -1);
      return;
    }
    const text = whole;
    whole = '';
    depth += deeper(text);
    const set = assigned(text);
    if (set) {
      variables.set(...set);
      found.set(first, { kind: 'blank' });
    } else if (!isPrompted && text.startsWith('#')) found.set(first, { kind: 'blank' });
    else if (isTyped(text)) {
      const rule = depth > 0 ? null : typedRule(afterPrompt(text) ?? text, variables);
      found.set(first, rule === null ? { kind: 'other' } : { kind: 'rule', ...rule });
    } else if (mayBeTyped(text) || loads.test(text)) undo(afterPrompt(text) ?? text, variables, found);
    else if (!isPrompted && ofShell.test(text)) found.set(first, { kind: 'prompt' });
  });
  return found;
}

/** Programs that put other rules in the place of those that are there. */
const loads =
  /^(?:\S+[#$] )?(?:sudo\s+)?\S*(?:tables(?:-nft|-legacy)?-(?:restore|apply)|\bnft|\bufw|\bfirewall-cmd|\bnetfilter-persistent)\s/;

/** What makes chains, sets policies or lists takes no rule away. */
const takesNothing: readonly string[] = [
  '-P',
  '--policy',
  '-N',
  '--new-chain',
  '-L',
  '--list',
  '-S',
  '--list-rules',
  '-Z',
  '--zero',
];

/** Rules that a later command deletes, replaces or flushes, perhaps, are not known to be there. */
function undo(line: string, variables: ReadonlyMap<string, string>, found: Map<number, PastedLine>): void {
  const command = typedCommand(line, variables);
  if (command && takesNothing.includes(command.verb)) return;
  for (const [at, rule] of found) {
    if (rule.kind !== 'rule') continue;
    const isOther =
      command !== null &&
      (rule.table !== command.table || (command.chain !== undefined && rule.chain !== command.chain));
    if (!isOther) found.set(at, { kind: 'other' });
  }
}

/** What a script does beside rules. */
const ofShell =
  /^(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|set|echo|printf|exit|return|sleep|export|local|(?:sudo\s+)?(?:sysctl|modprobe|ip|systemctl|apt|apt-get|yum|dnf))\b|^[\w-]+\s*\(\)|^[{}]/;

/** How many conditions, loops and functions of a shell begin in a line, less those that end. */
function deeper(line: string): number {
  const begin = line.match(/(?<=^|[;&|]\s*)(?:if|for|while|until|case)(?=\s)|\)\s*\{$/g)?.length ?? 0;
  const end = line.match(/(?<=^|[;&|]\s*)(?:fi|done|esac|\})(?=\s|;|$)/g)?.length ?? 0;
  return begin - end;
}

/** A command for one table, without the words that say which and how long to wait. */
interface TypedCommand {
  readonly table: TableName;
  readonly verb: string;
  readonly chain: string | undefined;
  readonly rest: readonly string[];
}

/** Null: what the command does only the shell knows. */
function typedCommand(line: string, variables: ReadonlyMap<string, string>): TypedCommand | null {
  const found = program.exec(line);
  if (!found) return null;
  const words = wordsOf(untilShell(line.slice(found[0].length)));
  const valued = words.map((word) => expanded(word, variables));
  if (valued.some((word) => word === null)) return null;
  let table: TableName | undefined = 'filter';
  const kept: string[] = [];
  const all = valued as string[];
  for (let at = 0; at < all.length; at += 1) {
    const word = all[at] as string;
    if (word === '-t' || word === '--table') {
      const name = all[at + 1];
      table = tableNames.find((one) => one === name);
      at += 1;
    } else if (/^(?:-w|--wait|-W|--wait-interval)$/.test(word)) {
      if (/^\d+$/.test(all[at + 1] ?? '')) at += 1;
    } else if (!/^(?:-v|--verbose|--wait=\d+)$/.test(word)) kept.push(word);
  }
  const [verb = '', chain, ...rest] = kept;
  return table === undefined ? null : { table, verb, chain, rest };
}

/** Null: the line adds no rule, or one that only the shell knows. */
function typedRule(line: string, variables: ReadonlyMap<string, string>): TypedRule | null {
  const command = typedCommand(line, variables);
  if (!command) return null;
  const { table, verb, chain, rest } = command;
  if (chain === undefined || !/^(?:-A|--append|-I|--insert)$/.test(verb)) return null;
  // How many rules stand there already, the text does not say.
  if (/^[1-9]\d*$/.test(rest[0] ?? '') && rest[0] !== '1') return null;
  const short = verb.startsWith('--') ? `-${verb.charAt(2).toUpperCase()}` : verb;
  return { table, chain, text: [short, chain, ...rest].join(' ') };
}

/** `NAME=value`, with which a script names an interface or an address. */
function assigned(line: string): readonly [name: string, value: string] | null {
  const [, name, quoted, bare] =
    /^(?:export\s+)?(\w+)=(?:"([^"$`\\]*)"|([\w./:-]*))\s*(?:#.*)?$/.exec(line) ?? [];
  return name === undefined ? null : [name, quoted ?? bare ?? ''];
}

function untilShell(text: string): string {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (quote !== '') quote = sign === quote ? '' : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (/[;|&>]/.test(sign) || (sign === '#' && /\s/.test(text.charAt(at - 1))))
      return text.slice(0, at).replace(/\s\d?$/, '');
  }
  return text;
}

/** Words, each with its quotes; single ones are those of the shell alone. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.startsWith("'") && word.endsWith("'") ? `"${word.slice(1, -1).replace(/["\\]/g, '\\$&')}"` : word,
  );
}

/** Null: a variable that the text does not set, or what a command prints. */
function expanded(word: string, variables: ReadonlyMap<string, string>): string | null {
  if (!/[$`]/.test(word)) return word;
  const value = word.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (whole, one, other) => variables.get(one ?? other) ?? whole,
  );
  if (/[$`]/.test(value)) return null;
  return value.replace(/^"([^\s"\\]*)"$/, '$1');
}
