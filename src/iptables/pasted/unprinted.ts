import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { typedRules } from './typed.ts';
import { asTyped } from './typeset.ts';
import { unwrapped } from './unwrap.ts';

/** The one thing that is wrong with a text that is no dump any more, or never was one; null: it is not that. */
export function whyUnprinted(source: Source): Problem | null {
  const repair = asTyped(source) ?? unwrapped(source);
  if (repair) {
    const message = repair.problem.message.replace(/: .*/, '');
    return { ...repair.problem, code: 'dump-syntax', severity: 'error', message };
  }
  const [first] = typedRules(source.text.split('\n')).keys();
  if (first === undefined) return null;
  return {
    code: 'dump-syntax',
    severity: 'error',
    message: `${source.name} holds commands of a shell`,
    expected: 'what iptables-save prints once they were run',
  };
}
