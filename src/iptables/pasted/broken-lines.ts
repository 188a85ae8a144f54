import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { DumpDetail } from '../rule/detail.ts';
import { recogniseAll } from './recognise.ts';
import { beginsLine } from './stump.ts';

/** No terminal is narrower, and no rule needs to be broken there. */
const narrowest = 60;

/**
 * Says of a dump whose long lines a terminal, or who quoted it, broke at one width, that it was; null: it was not. They are not joined:
 * whether a blank stood where a line was cut, `80` and `80` or `8080`, nothing tells.
 */
export function brokenLines(source: Source): Problem | null {
  const lines = source.text.split('\n').map((line) => line.replace(/\r$/, ''));
  const width = lines.reduce((most, line) => Math.max(most, line.length), 0);
  if (width < narrowest) return null;
  // A line that is nothing by itself, after a rule or what a rule went on with.
  let said = '';
  const broken = recogniseAll(lines).flatMap(({ kind, stump }, at) => {
    if (kind === 'other') return said === 'rule' && !(stump && beginsLine(lines[at] as string)) ? [at] : [];
    said = kind;
    return [];
  });
  // Whoever breaks lines breaks where the next word, with the blank behind it, would not have had room.
  const fits = (at: number) => {
    const [before, line] = [lines[at - 1] as string, lines[at] as string];
    const [word = ''] = /\S+/.exec(line) ?? [];
    return before.length + (before.endsWith(' ') || line.startsWith(' ') ? 0 : 1) + word.length >= width;
  };
  if (broken.length === 0 || !broken.every(fits)) return null;
  const first = broken[0] as number;
  const start = lines.slice(0, first).reduce((sum, line) => sum + line.length + 1, 0);
  return {
    code: 'dump-syntax',
    severity: 'error',
    ...told<DumpDetail>({ code: 'broken-lines', width }),
    span: { source, start, end: start + (lines[first] as string).length },
    expected: want.thing('save-as-printed'),
  };
}
