import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { InputError, type Problem } from '../../text/problem.ts';
import { positionAt, respelled, type Source } from '../../text/source.ts';
import { type Reading, type ReadOptions, readDump } from '../dump/read.ts';
import type { DumpDetail } from '../rule/detail.ts';
import { isTargetName } from '../rule/options.ts';
import type { Ruleset, TableName } from '../rule/ruleset.ts';
import { notRead, notShown } from '../rule/target.ts';
import { withIpvs } from './ipvs.ts';
import { withOpens } from './opens.ts';
import { readPaste } from './paste.ts';
import { asTyped } from './typeset.ts';
import { whyUnreadable } from './unprinted.ts';
import { isWholeDump } from './whole-dump.ts';

/** Rules that were read, and the text whose lines they stand in. */
export interface PastedReading extends Reading {
  readonly source: Source;
}

/**
 * Reads rules as people have them: what iptables-save prints, whole or in part, `iptables -S`, `iptables -L` with its
 * commands and prompts. What is not shown and what is not known is open: no rule is made up, and none is taken not to be
 * there. The text that comes
 * back has a line for every line of the one that was given, and behind them one for each rule that stands for what is not shown.
 */
export function readRules(source: Source, options: ReadOptions = {}): PastedReading {
  const typed = asTyped(source);
  const text = typed?.source ?? source;
  const read = isWholeDump(text.text) ? readWhole(text, options) : readPart(text, options);
  return typed ? { ...read, problems: [typed.problem, ...read.problems] } : read;
}

function readWhole(source: Source, options: ReadOptions): PastedReading {
  const { ruleset, problems } = readLoaded(source, options);
  const missing = otherHalf(ruleset);
  return {
    ruleset: withIpvs(withoutShown(ruleset, missing)),
    problems: [
      ...problems,
      ...emptyText(source),
      ...unknownTargets(ruleset, source),
      ...halfShown(missing, source),
    ],
    source,
  };
}

/** A node without rules prints nothing, and so does a command that failed. */
function emptyText({ name: file, text }: Source): Problem[] {
  if (text.trim() !== '') return [];
  const said = told<DumpDetail>({ code: 'no-rules-at-all', file });
  return [{ code: 'input-empty', severity: 'warning', ...said, expected: want.printed('iptables-save') }];
}

function withoutShown(ruleset: Ruleset, notShown: readonly TableName[]): Ruleset {
  return notShown.length > 0 ? { ...ruleset, notShown } : ruleset;
}

/** kube-proxy writes nat and filter together: one of them alone is what `iptables-save -t` printed. */
function otherHalf({ tables }: Ruleset): readonly TableName[] {
  const isShown = tables.some(({ name, chains }) => halves.includes(name) && chains.has('KUBE-SERVICES'));
  return isShown ? halves.filter((name) => !tables.some((table) => table.name === name)) : [];
}

function halfShown([missing]: readonly TableName[], { name, parts }: Source): Problem[] {
  if (missing === undefined) return [];
  const files = parts?.map((part) => part.name) ?? [name];
  const detail: DumpDetail = { code: 'part-of-rules', files, table: missing };
  const expected = want.thing('all-of-save-or-beside');
  return [{ code: 'rules-missing', severity: 'warning', ...told<DumpDetail>(detail), expected }];
}

const halves: readonly TableName[] = ['nat', 'filter'];

/** Where a dump is refused, it is for the one thing that is wrong with all of it, if there is one. */
function readLoaded(source: Source, options: ReadOptions): Reading {
  try {
    return readDump(source, { ...options, open: true });
  } catch (error) {
    const why = error instanceof InputError ? whyUnreadable(source) : null;
    throw why ? new InputError([why]) : error;
  }
}

function readPart(source: Source, options: ReadOptions): PastedReading {
  const why = whyUnreadable(source);
  if (why) throw new InputError([why]);
  const paste = readPaste(source);
  const { ruleset, problems } = readDump(paste.source, { ...options, open: true, pasted: paste.tables });
  const found = [...problems, ...unknownTargets(ruleset, paste.source)];
  const all = [...paste.problems, ...found.map((problem) => inPlace(problem, source))];
  const half = paste.notShown.length > 0 || paste.opens.size > 0 ? [] : otherHalf(ruleset);
  const text = paste.source.text.endsWith('\n') ? paste.source.text : `${paste.source.text}\n`;
  const opened = withOpens(ruleset, paste.opens, text.length);
  return {
    ruleset: withIpvs(withoutShown(opened.ruleset, [...paste.notShown, ...half])),
    problems: [...all, ...halfShown(half, source), ...assumedJumps(opened.assumed)],
    source: respelled(source, text + opened.lines.map((line) => `${line}\n`).join('')),
  };
}

function assumedJumps(chains: readonly string[]): Problem[] {
  if (chains.length === 0) return [];
  const detail: DumpDetail = { code: 'jump-assumed', chains: chains.join(', ') };
  return [{ code: 'rules-missing', severity: 'note', ...told<DumpDetail>(detail) }];
}

/** A problem of the text as it was spelled, where it was pasted: in its line, and where that is the same, in its place. */
function inPlace(problem: Problem, source: Source): Problem {
  const { span } = problem;
  if (!span) return problem;
  const { line, column } = positionAt(span.source, span.start);
  const spelled = lineAt(span.source.text, span.start - column + 1);
  let start = 0;
  for (let before = 1; before < line; before += 1) start = source.text.indexOf('\n', start) + 1;
  const pasted = lineAt(source.text, start);
  const shift = pasted.indexOf(spelled);
  const from = start + shift + column - 1;
  const [first, end] = shift === -1 ? [start, start + pasted.length] : [from, from + span.end - span.start];
  return { ...problem, span: { source, start: first, end } };
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? undefined : end);
}

/** So many targets are named that nobody knows. */
const mostNamed = 5;

/** One problem for each name to which rules jump that is neither a chain nor a target that is known. */
function unknownTargets({ tables }: Ruleset, source: Source): Problem[] {
  const found = new Map<string, number>();
  for (const { chains } of tables) {
    for (const { rules } of chains.values()) {
      for (const { target, at } of rules) {
        if (target?.kind !== 'other' || target.understood) continue;
        if (target.name === notShown || target.name === notRead) continue;
        // It was told which of its options are not understood.
        if (isTargetName(target.name)) continue;
        if (!found.has(target.name)) found.set(target.name, at);
      }
    }
  }
  const named = [...found].slice(0, mostNamed).map(([name, at]) => unknownTarget(name, source, at));
  const more = found.size - named.length;
  if (more > 0)
    named.push({
      code: 'rules-missing',
      severity: 'warning',
      ...told<DumpDetail>({ code: 'more-unknown', more }),
    });
  return named;
}

function unknownTarget(name: string, source: Source, at: number): Problem {
  const word = lineAt(source.text, at).lastIndexOf(` ${name}`) + 1;
  return {
    code: 'rules-missing',
    severity: 'warning',
    ...told<DumpDetail>({ code: 'unknown-target', name }),
    span: { source, start: at + word, end: at + word + name.length },
  };
}
