import { examples } from '../examples.ts';
import { usualFlags } from '../usual-flags.ts';

/** How many of a command's examples its short help shows. */
const usualExamples = 2;

/** Whether the short help of a command (of the program: '') shows a flag. */
export function isShown(name: string, flag: string | undefined): boolean {
  return flag === '--help' || (usualFlags[name] ?? []).includes(flag ?? '');
}

/** What the help of a command (of the program: '') ends with: examples, and where the rest is. */
export function helpEnd(name: string, whole: boolean): string {
  const own = examples[name] ?? [];
  const shown = (whole ? own : own.slice(0, usualExamples)).flatMap(({ what, line }) => [
    `  # ${what}`,
    `  ${line}`,
  ]);
  const rest = name === '' ? programRest : [`All flags and examples: kubenat help ${name} --verbose`];
  const parts = [...(shown.length > 0 ? [['Examples:', ...shown]] : []), ...(whole ? [] : [rest])];
  return parts.map((lines) => `\n${lines.join('\n')}`).join('\n');
}

const programRest: readonly string[] = [
  'Flags that all commands take: kubenat help --verbose',
  'What a code of an error or a finding means: kubenat help errors CODE',
];
