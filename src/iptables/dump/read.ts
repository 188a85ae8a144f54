import type { Family } from '../../address/address.ts';
import type { Line, Word } from '../../grammar/dump-nodes.ts';
import { byteLength } from '../../text/bytes.ts';
import { dataKey } from '../../text/data-key.ts';
import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { type Problem, refuseErrors } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { DumpDetail } from '../rule/detail.ts';
import { isTargetName } from '../rule/options.ts';
import {
  type Counters,
  isBuiltIn,
  type Policy,
  type Rule,
  type Ruleset,
  type TableName,
  tableNames,
} from '../rule/ruleset.ts';
import type { Backend } from '../rule/syntax.ts';
import { notRead } from '../rule/target.ts';
import { appliers } from './appliers.ts';
import { checkTable } from './check.ts';
import type { Command, Report, Settings } from './command.ts';
import { decode } from './decode.ts';
import { guessFamily } from './family.ts';
import { type ParsedLine, parseLine } from './line.ts';
import { decodeLoosely, type Fault } from './loosely.ts';
import { isReserved } from './place.ts';
import { QuickReader } from './quick.ts';
import { scanLine } from './scan.ts';
import { TableBuilder } from './table.ts';

/** How a dump is read. */
export interface ReadOptions {
  /** Default: what the addresses and names in the text say, else ipv4. */
  readonly family?: Family;
  /** Whose refusals and spellings count. Default nft. */
  readonly backend?: Backend;
  /**
   * Takes what was loaded once, though not all is known of it: targets of extensions that are not known and chains that
   * are not shown are kept as questions. Default: refuses what the back end would refuse to load.
   */
  readonly open?: boolean;
  /** Where the tables of a pasted text begin, which has no lines that would say it. */
  readonly pasted?: PastedTables;
  /** Is told now and then how much of the text is read, from 0 to 1. */
  readonly progress?: ((done: number) => void) | undefined;
}

/** Of a pasted text: what `*table` and `:CHAIN` lines say of a dump. */
export interface PastedTables {
  /** By the offset of the line with which the table begins. */
  readonly starts: ReadonlyMap<number, TableName>;
  /** The chains of each table that have rules. */
  readonly chains: ReadonlyMap<TableName, ReadonlySet<string>>;
}

/** What a dump holds. */
export interface Reading {
  readonly ruleset: Ruleset;
  /** Warnings; what is an error is thrown. */
  readonly problems: readonly Problem[];
}

/**
 * Reads what iptables-save prints and iptables-restore takes: what would be in the kernel once the text was loaded.
 * Throws an InputError with all that is wrong where the back end would refuse to load it.
 */
export function readDump(source: Source, options: ReadOptions = {}): Reading {
  return new Reader(source, options).read(options.progress);
}

/**
 * The rules of one chain, whose lines stand in one piece: `text` begins at `base` of the dump. `others`: the chains of its table. It is read
 * as a text of its own, so that nothing is looked for behind its end.
 */
export function readChain(
  source: Source,
  options: ReadOptions,
  table: TableName,
  { name, policy, base }: { readonly name: string; readonly policy: Policy | null; readonly base: number },
  others: ReadonlyMap<string, unknown>,
): readonly Rule[] {
  return new Reader(source, options, base).readChain(table, name, policy, others);
}

/** Every table ended with COMMIT, which looks at all jumps, where legacy passes over rules that no packet comes to. */
const withoutCircles = new WeakSet<Ruleset>();

/** Whether it is known that no chain is reached from itself: of a dump as it was read, and of nothing that was made of it. */
export function hasNoCircles(ruleset: Ruleset): boolean {
  return withoutCircles.has(ruleset);
}

/** What iptables-restore takes of a line, in bytes; what is behind that it takes for the next line. */
const longestLine = 10_239;
/** So many words of a rule it takes: its list of arguments has room for 255, some of which are its own. */
const mostWords = 251;

/** So many lines are read between two words of progress. */
const linesBetween = 10_000;

class Reader {
  private readonly source: Source;
  private readonly family: Family;
  private readonly backend: Backend;
  private readonly problems: Problem[] = [];
  /** By what is said of it: where among the problems it is told, and in how many rules more it is found. */
  private readonly faults = new Map<
    string,
    { readonly problem: number; readonly detail: DumpDetail; more: number }
  >();
  private readonly tables = new Map<TableName, TableBuilder>();
  private open: TableBuilder | undefined;
  private quick: QuickReader | undefined;
  private readonly isOpen: boolean;
  private readonly pasted: PastedTables | undefined;
  /** Where the text begins in the dump that it is of. */
  private readonly base: number;
  private lineStart = 0;
  private crlf = false;

  constructor(source: Source, { family, backend, open, pasted }: ReadOptions, base = 0) {
    this.source = source;
    this.base = base;
    this.family = family ?? guessFamily(source.text);
    this.backend = backend ?? 'nft';
    this.isOpen = open ?? false;
    this.pasted = pasted;
  }

  read(progress: ReadOptions['progress']): Reading {
    const { text } = this.source;
    let lines = 0;
    while (this.lineStart < text.length) {
      const newline = text.indexOf('\n', this.lineStart);
      const end = newline === -1 ? text.length : newline;
      this.readLine(end);
      this.lineStart = end + 1;
      lines += 1;
      if (progress && lines % linesBetween === 0) progress(Math.min(this.lineStart / text.length, 1));
    }
    if (this.open && this.pasted) this.quick?.flush();
    else if (this.open) {
      this.lineStart = text.length;
      this.report(
        0,
        0,
        'commit-missing',
        { code: 'table-open', table: this.open.name },
        want.written('COMMIT'),
      );
    }
    this.countFaults();
    refuseErrors(this.problems);
    const tables = [...this.tables.values()].map((table) => table.build());
    const ruleset: Ruleset = { family: this.family, tables };
    if (!this.pasted && this.backend === 'nft') withoutCircles.add(ruleset);
    return { ruleset, problems: this.problems };
  }

  /** The rules of one chain, whose lines are the text. `others`: the chains of its table. */
  readChain(
    name: TableName,
    own: string,
    policy: Policy | null,
    others: ReadonlyMap<string, unknown>,
  ): readonly Rule[] {
    const { text } = this.source;
    const table = new TableBuilder(name, this.backend);
    table.declare(own, policy, undefined);
    for (const [, chain] of text.matchAll(/ -[jg] (\S+)/g)) {
      if (chain !== undefined && !table.find(chain) && others.has(chain))
        table.declare(chain, null, undefined);
    }
    this.open = table;
    this.quick = new QuickReader(this.settings(table), table, this.base);
    for (this.lineStart = 0; this.lineStart < text.length; ) {
      const newline = text.indexOf('\n', this.lineStart);
      this.readLine(newline);
      this.lineStart = newline + 1;
    }
    this.quick.flush();
    refuseErrors(this.problems);
    return table.find(own)?.rules ?? [];
  }

  /** Takes the line if it is one of the many that need no thought. */
  private readQuickly(end: number): boolean {
    return this.quick?.read(this.source.text, this.lineStart, end) === true;
  }

  private parse(end: number): ParsedLine {
    return parseLine(this.withoutReturn(this.source.text.slice(this.lineStart, end)));
  }

  /** Says once that the lines end as on Windows, and reads on. */
  private withoutReturn(line: string): string {
    if (!line.endsWith('\r')) return line;
    const end = line.length - 1;
    if (!this.crlf) this.report(end, end, 'dump-encoding', { code: 'line-ends' }, undefined, 'warning');
    this.crlf = true;
    return line.slice(0, end);
  }

  private readonly report: Report = (start, end, code, detail, expected, severity = 'error') => {
    const span = { source: this.source, start: this.lineStart + start, end: this.lineStart + end };
    this.problems.push({
      code,
      severity,
      ...told<DumpDetail>(detail),
      span,
      ...(expected !== undefined && { expected }),
    });
  };

  private readLine(end: number): void {
    const begun = this.pasted?.starts.get(this.lineStart);
    if (begun) this.resumeTable(begun);
    const size = end - this.lineStart;
    // A shorter line has not too many words, either.
    if (size < 2 * mostWords && this.readQuickly(end)) return;
    this.quick?.flush();
    if (size * 3 > longestLine && this.isTooLong(end)) return;
    const line = scanLine(this.source.text, this.lineStart, end) ?? this.parse(end);
    const text = { length: end - this.lineStart };
    if (line.kind === 'error') this.brokenLine(line.offset, end);
    else if (line.kind === 'blank') this.checkBlank(end);
    else if (line.kind === 'table') this.openTable(line.name);
    else if (!this.open)
      this.report(0, text.length, 'dump-syntax', { code: 'outside-table' }, want.thing('table-line'));
    else if (line.kind === 'commit') this.commit(this.open, end);
    else if (line.kind === 'chain') this.declare(line, this.open);
    else this.command(line, this.open);
  }

  /** A rule that was loaded once is there, even where nobody can say what it is. */
  private brokenLine(offset: number, end: number): void {
    const detail: DumpDetail = { code: 'unreadable-from' };
    const line = this.source.text.slice(this.lineStart, end);
    const [, chain = ''] = /^-A (\S+) /.exec(line) ?? [];
    if (!this.isOpen || !this.open?.has(chain)) {
      this.report(offset, line.length, 'dump-syntax', detail);
      return;
    }
    this.tellFault({ start: offset, end: line.length, code: 'dump-syntax', detail });
    this.open.append(chain, [this.unreadRule(line)]);
  }

  private isTooLong(end: number): boolean {
    const line = this.source.text.slice(this.lineStart, end);
    if (line.length <= longestLine && byteLength(line) <= longestLine) return false;
    const detail: DumpDetail = { code: 'line-too-long' };
    this.report(0, 1, 'dump-syntax', detail, want.atMost(longestLine, 'bytes'));
    return true;
  }

  /** A line of blanks alone is no empty line: iptables looks for a command in it. */
  private checkBlank(end: number): void {
    const text = this.withoutReturn(this.source.text.slice(this.lineStart, end));
    if (text === '' || text.startsWith('#')) return;
    this.report(0, text.length, 'dump-syntax', { code: 'no-command' }, want.written('-A CHAIN'));
  }

  private openTable(word: Word): void {
    if (this.open) {
      this.report(
        0,
        word.end,
        'commit-missing',
        { code: 'table-open-before', table: this.open.name },
        want.written('COMMIT'),
      );
    }
    const name = tableNames.find((one) => one === word.text);
    if (name === undefined) {
      this.report(
        word.start,
        word.end,
        'table-unknown',
        { code: 'no-table', table: word.text },
        want.written(tableNames.join(', ')),
      );
    }
    this.open = new TableBuilder(name ?? 'filter', this.backend);
    const table = this.open;
    const previous = name && this.tables.get(name);
    if (previous && this.backend === 'legacy') keepPolicies(previous, table);
    this.quick = new QuickReader(this.settings(table), table);
    if (name !== undefined) this.tables.set(name, this.open);
  }

  /** A part of a table, whose chains with rules are there before their rules are read. */
  private resumeTable(name: TableName): void {
    this.quick?.flush();
    const table = this.tables.get(name) ?? new TableBuilder(name, this.backend);
    for (const chain of this.pasted?.chains.get(name) ?? [])
      if (!table.has(chain)) table.declare(chain, null, undefined);
    this.open = table;
    this.quick = new QuickReader(this.settings(table), table);
    this.tables.set(name, table);
  }

  private commit(table: TableBuilder, end: number): void {
    if (this.backend === 'legacy' && end === this.source.text.length)
      this.report(0, end - this.lineStart, 'commit-missing', { code: 'commit-newline' });
    checkTable(table, this.settings(table), (at, find, code, detail) => {
      const previous = this.lineStart;
      this.lineStart = at;
      const word = find(this.words());
      this.report(word.start, word.end, code, detail);
      this.lineStart = previous;
    });
    this.open = undefined;
    this.quick = undefined;
  }

  /** The words of the rule at which we are; behind it comes COMMIT at the latest. */
  private words(): readonly Word[] {
    const line = this.parse(this.source.text.indexOf('\n', this.lineStart));
    return (line as Extract<Line, { kind: 'rule' }>).words;
  }

  private declare({ name, policy, counters }: Extract<Line, { kind: 'chain' }>, table: TableBuilder): void {
    if (!this.checkChainName(name, this.backend === 'nft')) return;
    if (isBuiltIn(table.name, name.text)) {
      if (policy.text === 'ACCEPT' || policy.text === 'DROP') table.declare(name.text, policy.text, counters);
      else if (policy.text !== '-') this.badPolicy(policy);
      else this.redeclare(name.text, counters, table);
    } else if (policy.text !== '-' && this.backend === 'legacy') {
      this.report(policy.start, policy.end, 'chain-name', { code: 'policy-of-own-chain' }, want.written('-'));
    } else if (this.backend === 'legacy' && table.has(name.text)) {
      this.report(name.start, name.end, 'chain-name', { code: 'chain-there', chain: name.text });
    } else {
      table.declare(name.text, null, undefined);
      table.empty(name.text);
    }
  }

  /** `-` leaves the policy as it is, and for legacy the counters, too. */
  private redeclare(name: string, counters: Counters | undefined, table: TableBuilder): void {
    const previous = table.find(name);
    const kept = this.backend === 'nft' ? counters : previous?.counters;
    table.declare(name, previous?.policy ?? 'ACCEPT', kept);
  }

  private badPolicy(policy: Word): void {
    this.report(
      policy.start,
      policy.end,
      'option-value',
      { code: 'policy-word', word: policy.text },
      want.either('ACCEPT', 'DROP'),
    );
  }

  /** A name is `strict` where iptables itself looks at it; legacy takes what `:` lines say. */
  private checkChainName({ text, start, end }: Word, strict: boolean): boolean {
    if (/^\w[\w-]{0,27}$/.test(text) && !isReserved(text)) return true;
    let fault: DumpDetail | undefined;
    if (byteLength(text) > 28) fault = { code: 'chain-name-long' };
    else if (isReserved(text)) fault = { code: 'chain-name-verdict' };
    else if (strict && /^[-!]/.test(text)) fault = { code: 'chain-name-begin', letter: text.charAt(0) };
    else if (strict && /[ \t\v\f\r]/.test(text)) fault = { code: 'chain-name-blank' };
    if (fault) this.report(start, end, 'chain-name', fault);
    return fault === undefined;
  }

  private checkNewName(word: Word): boolean {
    if (!isTargetName(word.text)) return this.checkChainName(word, true);
    this.report(word.start, word.end, 'chain-name', { code: 'chain-name-target' });
    return false;
  }

  private command({ words, counters }: Extract<Line, { kind: 'rule' }>, table: TableBuilder): void {
    const extra = words[mostWords];
    if (extra) {
      const detail: DumpDetail = { code: 'too-many-words', count: words.length };
      this.report(extra.start, extra.end, 'dump-syntax', detail, want.atMost(mostWords, 'words'));
      return;
    }
    const command = this.isLoaded(words, table)
      ? this.decodeLoaded(words, table)
      : decode(words, this.settings(table), this.report);
    if (!command) return;
    const { chain } = command;
    const needsChain = !'FXZ'.includes(command.letter) || chain !== undefined;
    if (command.letter === 'N' && chain && !this.checkNewName(chain)) return;
    if (needsChain && command.letter !== 'N' && !table.has(chain?.text ?? '')) {
      const { start, end, text } = chain as Word;
      this.report(start, end, 'chain-unknown', { code: 'chain-lacks', chain: text, table: table.name });
      return;
    }
    this.apply(command, table, counters ?? command.counters);
  }

  /** Whether a rule is one that was in the kernel once, whatever it is. */
  private isLoaded([first, chain]: readonly Word[], table: TableBuilder): boolean {
    return this.isOpen && first?.text === '-A' && chain !== undefined && table.has(chain.text);
  }

  /** What is not understood of a rule is kept as it came; of one that cannot be read nothing is known, but that it is there. */
  private decodeLoaded(words: readonly Word[], table: TableBuilder): Command | null {
    const { command, fault, noted } = decodeLoosely(words, this.settings(table));
    for (const one of fault ? [...noted, fault] : noted) this.tellFault(one);
    const chain = words[1] as Word;
    if (fault && !command) {
      const end = this.source.text.indexOf('\n', this.lineStart);
      const line = this.source.text.slice(this.lineStart, end === -1 ? undefined : end);
      table.append(chain.text, [this.unreadRule(line)]);
    }
    return command;
  }

  /** Of which nothing is known but the words of its line. */
  private unreadRule(line: string): Rule {
    const [start] = /^(?:\[\d+:\d+\] )?-A \S+\s/.exec(line) ?? [line];
    const said = line.slice(start.length).trim();
    const words = said === '' ? [] : [said];
    const target = { kind: 'other', name: notRead, words, understood: false, obscured: true } as const;
    return { matches: [], target, at: this.base + this.lineStart };
  }

  /** Once for all rules with the same fault. */
  private tellFault({ start, end, code, detail, expected }: Fault): void {
    const key = dataKey(detail);
    const known = this.faults.get(key);
    if (known) {
      known.more += 1;
      return;
    }
    this.report(start, end, code, detail, expected, 'warning');
    this.faults.set(key, { problem: this.problems.length - 1, detail, more: 0 });
  }

  private countFaults(): void {
    for (const { problem, detail, more } of this.faults.values()) {
      if (more === 0) continue;
      const found = this.problems[problem] as Problem;
      this.problems[problem] = { ...found, ...told<DumpDetail>({ code: 'in-more-rules', of: detail, more }) };
    }
  }

  private settings(table: TableBuilder): Settings {
    return {
      family: this.family,
      backend: this.backend,
      table: table.name,
      open: this.isOpen,
      isChain: (name) => table.has(name),
    };
  }

  private apply(command: Command, table: TableBuilder, counters: Command['counters']): void {
    if ((command.letter === 'E' || command.letter === 'R') && this.backend === 'nft') {
      this.report(0, 2, 'chain-in-use', { code: 'no-rename' });
      return;
    }
    const rules = command.rules.map((rule) => ({
      ...rule,
      ...(counters && { counters }),
      at: this.base + this.lineStart,
    }));
    const name = command.chain?.text ?? '';
    const fault = appliers[command.letter](table, name, command.argument?.text, rules, counters);
    if (fault) {
      const at = (fault.at === 'argument' ? command.argument : command.chain) ?? { start: 0, end: 2 };
      this.report(at.start, at.end, fault.code, fault.detail);
    }
  }
}

/** What legacy leaves of a table that the text names once more. */
function keepPolicies(previous: TableBuilder, table: TableBuilder): void {
  for (const { name, policy } of previous.drafts()) if (policy) table.declare(name, policy, undefined);
}
