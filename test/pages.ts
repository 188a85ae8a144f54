import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kubenat } from './cli/harness.ts';

/** A step of a page: a file that it shows, or a command with the output that it shows. */
export type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'command'; readonly command: string; readonly output: string };

/**
 * What a Markdown page tells its reader to do, in its order: the blocks with a `title` are files, those of `console` are
 * commands after a `$` and what they print.
 */
export function stepsOf(markdown: string): Step[] {
  const blocks = markdown.matchAll(/^```(\w+)(?: title="([^"]+)")?\n([\s\S]*?)^```$/gm);
  return [...blocks].flatMap(([, language, title, text = '']): Step[] => {
    if (title !== undefined) return [{ kind: 'file', name: title, text }];
    return language === 'console' ? commandsOf(text) : [];
  });
}

const commandsOf = (block: string): Step[] =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { kind: 'command', command: part.slice(0, end), output: part.slice(end + 1) };
    });

export const readPage = (path: string) => stepsOf(readFileSync(path, 'utf8'));

/** Words of a command line; single quotes keep words together. */
const wordsOf = (command: string) =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

/** What a reader's terminal shows, standard error aside, and the status that `echo $?` would print. */
export interface Shown {
  readonly out: string;
  readonly status: number;
}

/** Runs a pipeline in the working directory: `kubenat` in this process, everything else by bash. `>` and `<` take a file. */
export async function runLine(line: string, lastStatus: number): Promise<Shown> {
  if (line === 'echo $?') return { out: `${lastStatus}\n`, status: 0 };
  const [, pipeline = '', target] = /^(.*?)(?: > (\S+))?$/.exec(line) ?? [];
  let shown: Shown = { out: '', status: 0 };
  for (const stage of pipeline.split(' | ')) shown = await runStage(stage, shown.out);
  if (target === undefined) return shown;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, shown.out);
  return { out: '', status: shown.status };
}

async function runStage(stage: string, input: string): Promise<Shown> {
  const [program, ...args] = wordsOf(stage);
  if (program === 'kubenat') return kubenat(args, { '-': input });
  return { out: execFileSync('bash', ['-c', stage], { input, encoding: 'utf8' }), status: 0 };
}

/** The output that a page shows, as a pattern: a line `…` stands for lines that the page leaves out. */
export function patternOf(output: string): RegExp {
  const lines = output.split('\n').map((line) => (line.trim() === '…' ? null : escaped(line)));
  const source = lines.reduce<string>((all, line, index) => {
    if (line === null) return `${all}(?:.*\\n)*?`;
    return `${all}${line}${index < lines.length - 1 ? '\\n' : ''}`;
  }, '');
  return new RegExp(`^${source}$`);
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

export const pathOf = (...parts: readonly string[]) => join(dirname(import.meta.dirname), ...parts);
