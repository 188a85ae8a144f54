import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { brokenLines } from './broken-lines.ts';
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

function typedCommands(source: Source): Problem | null {
  let start = 0;
  for (const line of source.text.split('\n')) {
    if (addsRule(line.trim()))
      return {
        code: 'dump-syntax',
        severity: 'error',
        message: 'these are commands of a shell: what rules they leave only the shell knows',
        span: { source, start, end: start + line.trimEnd().length },
        expected: 'what iptables-save prints once they were run',
      };
    start += line.length + 1;
  }
  return null;
}
