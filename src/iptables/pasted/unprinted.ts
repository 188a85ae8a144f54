import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { undecorate } from '../../text/undecorate.ts';
import type { DumpDetail } from '../rule/detail.ts';
import { brokenLines } from './broken-lines.ts';
import { whatItIs } from './instead.ts';
import { type PastedLine, recognise } from './lines.ts';
import { layoutOf } from './listing.ts';
import { recogniseAll } from './recognise.ts';
import { addsRule } from './typed.ts';
import { asTyped } from './typeset.ts';

/** The one thing that is wrong with a text that is no dump any more, or never was one; null: it is not that. */
export function whyUnprinted(source: Source): Problem | null {
  const typed = asTyped(source);
  if (typed) {
    const said = told<DumpDetail>({ code: typed.sign, isRead: false });
    return { ...typed.problem, code: 'dump-syntax', severity: 'error', ...said };
  }
  return whyUnreadable(source) ?? otherForm(source);
}

/** Rules in another form than a dump's, or a part of a dump: told once by its name, and not line by line. */
function otherForm(source: Source): Problem | null {
  const detail = formOf(undecorate(source.text), beginsWithTable(source.text));
  if (detail === null) return null;
  const [first = ''] = /\S[^\n]*/.exec(source.text) ?? [];
  const start = source.text.indexOf(first);
  return {
    code: 'dump-syntax',
    severity: 'error',
    ...told<DumpDetail>(detail),
    span: { source, start, end: start + first.length },
    expected: want.thing('whole-of-save'),
  };
}

/** Whether the first line that is no comment names a table. */
function beginsWithTable(text: string): boolean {
  return /^[ \t]*[^\s#][^\n]*/m.exec(text)?.[0].trim().startsWith('*') ?? false;
}

/** Null: a dump, in which something else is wrong. */
function formOf(lines: readonly string[], isDump: boolean): DumpDetail | null {
  if (lines.some((line) => layoutOf(line.trim()) !== null)) return { code: 'is-listing' };
  if (isDump) return null;
  if (lines.some((line) => /^\*[a-z]+$/.test(line))) return { code: 'is-decorated' };
  if (lines.some((line) => /^-[PN] \S/.test(line))) return { code: 'is-spec' };
  return lines.some((line) => rule.test(line) || /^:\S+ \S+ \[/.test(line)) ? { code: 'is-headless' } : null;
}

/** The same of what nobody can read for sure: where words were cut, or what a script leaves when it was run. */
export function whyUnreadable(source: Source): Problem | null {
  return brokenLines(source) ?? typedCommands(source) ?? continuedLine(source) ?? noRules(source);
}

const rule = /^[ \t]*(?:\[\d+:\d+\] )?-[AI] /;
const goesOn = /^[ \t]*(?:--[a-z]|! |-[cdfgijmops] )/;

/** A shell would read on; iptables-restore does not, and says that the backslash is a bad argument. */
function continuedLine(source: Source): Problem | null {
  const lines = source.text.split('\n');
  let end = -1;
  for (const [at, line] of lines.entries()) {
    end += line.length + 1;
    if (!rule.test(line)) continue;
    const written = line.trimEnd();
    const cut = written.endsWith('\\') && /\s/.test(written.at(-2) ?? '');
    if (cut) return goingOn(source, end - line.length + written.length - 1);
    if (goesOn.test(lines[at + 1] ?? '')) return goingOn(source, end + 1);
  }
  return null;
}

function goingOn(source: Source, start: number): Problem {
  return {
    code: 'dump-syntax',
    severity: 'error',
    ...told<DumpDetail>({ code: 'goes-on' }),
    span: { source, start, end: start + 1 },
    expected: want.thing('rule-in-its-line'),
  };
}

/** A text in which nothing is of iptables: nobody can say that there are no rules. */
function noRules(source: Source): Problem | null {
  const lines = recogniseAll(undecorate(source.text));
  const read: readonly PastedLine['kind'][] = ['command', 'generated', 'warning', 'table', 'chain', 'rule'];
  if (lines.some(({ kind }) => read.includes(kind))) return null;
  const index = lines.findIndex(({ kind }) => kind === 'other');
  if (index === -1) return null;
  const start = source.text.split('\n').slice(0, index).join('\n').length + (index > 0 ? 1 : 0);
  const end = source.text.indexOf('\n', start);
  return {
    code: 'dump-syntax',
    severity: 'error',
    ...whatItIs(source.text),
    span: { source, start, end: end === -1 ? source.text.length : end },
  };
}

/** What was printed after a command shows what it left. */
function typedCommands(source: Source): Problem | null {
  const lines = source.text.split('\n').map((line) => line.trim());
  const last = lines.findLastIndex(addsRule);
  if (last === -1 || lines.slice(last + 1).some(isPrinted)) return null;
  const line = lines[last] as string;
  const before = source.text.split('\n').slice(0, last);
  const start = before.reduce((sum, { length }) => sum + length + 1, 0);
  return {
    code: 'dump-syntax',
    severity: 'error',
    ...told<DumpDetail>({ code: 'is-script' }),
    span: { source, start, end: start + line.length },
    expected: want.thing('printed-once-run', /\bnft\b/.test(line) ? 'nft list ruleset' : 'iptables-save'),
  };
}

function isPrinted(line: string): boolean {
  const { kind } = recognise(line);
  return (kind === 'rule' || kind === 'chain' || kind === 'table') && !addsRule(line);
}
