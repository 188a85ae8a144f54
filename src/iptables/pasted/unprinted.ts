import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { brokenLines } from './broken-lines.ts';
import { recognise } from './lines.ts';
import { addsRule } from './typed.ts';
import { asTyped } from './typeset.ts';

/** The one thing that is wrong with a text that is no dump any more, or never was one; null: it is not that. */
export function whyUnprinted(source: Source): Problem | null {
  const typed = asTyped(source);
  if (typed) {
    const message = typed.problem.message.replace(/: .*/, '');
    return { ...typed.problem, code: 'dump-syntax', severity: 'error', message };
  }
  return whyUnreadable(source);
}

/** The same of what nobody can read for sure: where words were cut, or what a script leaves when it was run. */
export function whyUnreadable(source: Source): Problem | null {
  return brokenLines(source) ?? typedCommands(source);
}

/** What was printed after a command shows what it left. */
function typedCommands(source: Source): Problem | null {
  const lines = source.text.split('\n').map((line) => line.trim());
  const last = lines.findLastIndex(addsRule);
  if (last === -1 || lines.slice(last + 1).some(isPrinted)) return null;
  const line = lines[last] as string;
  const before = source.text.split('\n').slice(0, last);
  const start = before.reduce((sum, { length }) => sum + length + 1, 0);
  return {
    code: 'dump-syntax',
    severity: 'error',
    message: 'these are commands of a shell: what rules they leave only the shell knows',
    span: { source, start, end: start + line.length },
    expected: 'what iptables-save prints once they were run',
  };
}

function isPrinted(line: string): boolean {
  const { kind } = recognise(line);
  return (kind === 'rule' || kind === 'chain' || kind === 'table') && !addsRule(line);
}
