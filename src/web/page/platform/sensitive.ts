import type { Source } from '../../../text/source.ts';

/** What a page shows was redacted before it was put into it, or is its reader's own: nothing is left to hide. */
export function withoutSecrets(_source: Source, _lineStart: number, line: string): string {
  return line;
}
