import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { recognise } from './lines.ts';

/** No terminal is narrower, and no rule needs to be broken there. */
const narrowest = 60;

/**
 * A dump whose long lines a terminal, or who quoted it, broke at one width; null: it was not. Each line stands where it began, and blank
 * ones where it went on, so that lines keep their numbers.
 */
export function unwrapped(source: Source): { readonly source: Source; readonly problem: Problem } | null {
  const lines = source.text.split('\n').map((line) => line.replace(/\r$/, ''));
  const width = lines.reduce((most, line) => Math.max(most, line.length), 0);
  if (width < narrowest) return null;
  const joins = lines.map((line, at) => at > 0 && goesOn(line, lines, at));
  const broken = joins.flatMap((isPart, at) => (isPart ? [at] : []));
  // Whoever breaks lines breaks where the next word, with the blank behind it, would not have had room.
  const fits = (at: number) => {
    const [before, line] = [lines[at - 1] as string, lines[at] as string];
    const [word = ''] = /\S+/.exec(line) ?? [];
    return before.length + (before.endsWith(' ') || line.startsWith(' ') ? 0 : 1) + word.length >= width;
  };
  if (broken.length === 0 || !broken.every(fits)) return null;
  const isHard = broken.every((at) => (lines[at - 1] as string).length >= width - 1);
  const whole = [...lines];
  for (const at of [...broken].reverse()) {
    const before = whole[at - 1] as string;
    const isCut = isHard && (lines[at - 1] as string).length === width;
    const between = isCut || before.endsWith(' ') || (whole[at] as string).startsWith(' ') ? '' : ' ';
    whole[at - 1] = before + between + whole[at];
    whole[at] = '';
  }
  const first = broken[0] as number;
  const start = lines.slice(0, first).reduce((sum, line) => sum + line.length + 1, 0);
  return {
    source: { name: source.name, text: whole.join('\n') },
    problem: {
      code: 'rules-missing',
      severity: 'warning',
      message: `lines are broken at ${width} columns: ${broken.length === 1 ? 'one is' : `${broken.length} are`} read with the line before`,
      span: { source, start, end: start + (lines[first] as string).length },
      expected: 'what iptables-save prints, as it printed it',
    },
  };
}

/** A line that is nothing by itself, and stands after a rule or what a rule went on with. */
function goesOn(line: string, lines: readonly string[], at: number): boolean {
  if (recognise(line.trim()).kind !== 'other') return false;
  for (let before = at - 1; before >= 0; before -= 1) {
    const { kind } = recognise((lines[before] as string).trim());
    if (kind !== 'other') return kind === 'rule';
  }
  return false;
}
