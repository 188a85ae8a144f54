import type { Severity } from '../proof/classes/classify.ts';

/** How much something matters, where there are no colours. */
export const severityMarks: Readonly<Record<Severity, string>> = { high: '🔴', medium: '🟡', low: '🔵' };

/** What is typed or stands in a file. */
export function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** What comes from input must not become markup. */
export function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&');
}
