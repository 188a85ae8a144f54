import { examples } from '../examples.ts';

/** What a command's help ends with. */
export function helpExamples(name: string): string {
  const own = examples[name];
  if (!own) return '';
  return ['', 'Examples:', ...own.flatMap(({ what, line }) => [`  # ${what}`, `  ${line}`])].join('\n');
}
