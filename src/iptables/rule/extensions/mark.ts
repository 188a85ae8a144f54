import { type MarkMask, shortMarkMask } from '../codecs/marks.ts';
import type { ConnmarkMatch, MarkMatch } from '../match.ts';
import { type Extension, extension, value } from '../syntax.ts';

function markExtension<K extends 'mark' | 'connmark'>(kind: K): Extension<MarkMatch | ConnmarkMatch> {
  return extension({
    name: kind,
    options: { mark: value<MarkMask>('mark', shortMarkMask, { negatable: true, required: true }) },
    build({ mark }): MarkMatch | ConnmarkMatch {
      const { value, negated } = mark as NonNullable<typeof mark>;
      return { kind, negated, ...value };
    },
    take: (match) => ({ mark: { value: match, negated: match.negated } }),
  });
}

export const mark = markExtension('mark');
export const connmark = markExtension('connmark');
