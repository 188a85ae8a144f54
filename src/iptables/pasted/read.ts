import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { InputError, type Problem } from '../../text/problem.ts';
import { positionAt, respelled, type Source } from '../../text/source.ts';
import { type Reading, type ReadOptions, readDump } from '../dump/read.ts';
import type { DumpDetail } from '../rule/detail.ts';
import { isTargetName } from '../rule/options.ts';
import type { Ruleset, TableName } from '../rule/ruleset.ts';
import { notRead, notShown } from '../rule/target.ts';
import { halfShown, isOpenHalf, otherHalf } from './halves.ts';
import { withIpvs } from './ipvs.ts';
import { type Opened, withOpens, withTablesOpen } from './opens.ts';
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
  const missing = otherHalf(ruleset.tables);
  const said = [...problems, ...emptyText(source), ...unknownTargets(ruleset, source)];
  const all = [...said, ...halfShown(missing, source)];
  if (!isOpenHalf(missing)) {
    const half = missing === null ? [] : [missing];
    return { ruleset: withIpvs(withoutShown(ruleset, half)), problems: all, source };
  }
  const text = withEnd(source.text);
  const opened = withTablesOpen(ruleset, [missing], text.length);
  return {
    ruleset: withIpvs(opened.ruleset),
    problems: all,
    source: respelled(source, text + spelled(opened)),
  };
}

/** A node without rules prints nothing, and so does a command that failed. */
function emptyText({ name: file, text }: Source): Problem[] {
  if (text.trim() !== '') return [];
  const said = told<DumpDetail>({ code: 'no-rules-at-all', file });
  return [{ code: 'input-empty', severity: 'warning', ...said, expected: want.printed('iptables-save') }];
}

const withEnd = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

/** The rules that stand for what is not shown, a line for each. */
const spelled = ({ lines }: Opened): string => lines.map((line) => `${line}\n`).join('');

function withoutShown(ruleset: Ruleset, notShown: readonly TableName[]): Ruleset {
  return notShown.length > 0 ? { ...ruleset, notShown } : ruleset;
}

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
  const text = withEnd(paste.source.text);
  const opened = withOpens(ruleset, paste.opens, text.length);
  return {
    ruleset: withIpvs(withoutShown(opened.ruleset, paste.notShown)),
    problems: [...all, ...assumedJumps(opened.assumed)],
    source: respelled(source, text + spelled(opened)),
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
