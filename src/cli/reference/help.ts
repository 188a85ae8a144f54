import type { CommandName } from '../../report/words/help.ts';
import { examples } from '../examples.ts';
import type { Spoken } from '../spoken.ts';
import { usualFlags } from '../usual-flags.ts';

/** How many of a command's examples its short help shows. */
const usualExamples = 2;

/** Whether the short help of a command (of the program: '') shows a flag. */
export function isShown(name: string, flag: string | undefined): boolean {
  return flag === '--help' || (usualFlags[name] ?? []).includes(flag ?? '');
}

/** What the help of a command (of the program: '') ends with: examples, and where the rest is. */
export function helpEnd(name: CommandName | '', whole: boolean, { help, translated }: Spoken): string {
  const rest = name === '' ? help.restOfAll : [help.rest(name)];
  const parts = [
    ...(name === '' ? [] : [[help.examples, ...exampleLines(name, whole, translated)]]),
    ...(whole ? [] : [rest]),
  ];
  return parts.map((lines) => `\n${lines.join('\n')}`).join('\n');
}

function exampleLines(name: CommandName, whole: boolean, translated: Spoken['translated']): string[] {
  const own = examples[name];
  const whats = translated?.commands[name].examples ?? [];
  return (whole ? own : own.slice(0, usualExamples)).flatMap(({ what, line }, index) => [
    `  # ${whats[index] ?? what}`,
    `  ${line}`,
  ]);
}
