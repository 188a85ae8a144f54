import { want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { Command, TableName } from '../command.ts';
import type { NftFamily, NftRule, Place } from '../model.ts';
import type { HeldChain, Statement } from '../statement.ts';
import { NftSyntaxError } from './error.ts';
import { type Mold, Molds } from './molds.ts';
import { Reader, type RuleBody } from './reader.ts';
import { Scanner } from './scanner.ts';
import { isStatementStart, readStatement } from './statements.ts';

/** Networks that a family of tables is about. */
const networks = {
  ip: 'ip',
  ip6: 'ip6',
  inet: undefined,
  arp: undefined,
  bridge: undefined,
  netdev: undefined,
} as const;

/** A rule, and the form that it shares with others where it is read like them. */
export interface ReadRule {
  readonly rule: NftRule;
  readonly mold?: Mold<RuleBody>;
}

/** One rule, up to the end of its line. What begins with a word that is not known is kept word for word. */
export function readRule(reader: Reader): ReadRule {
  const { source, start } = reader.scanner;
  reader.scanner.handle = undefined;
  const molds = moldsOf(reader);
  const mold = molds.find(source.text, start);
  if (mold) {
    const alike = mold.make();
    reader.jump(molds.end);
    reader.network = alike.network;
    return { rule: ruleOf(alike, reader, start, molds.end), mold };
  }
  const { problems } = reader;
  const known = problems.length;
  const { end, ...body } = readBody(reader);
  if (problems.length === known && !body.statements.some(isOfItsOwn))
    molds.learn(source.text.slice(start, end), body);
  return { rule: ruleOf(body, reader, start, end) };
}

function ruleOf({ statements, comment }: RuleBody, reader: Reader, start: number, end: number): NftRule {
  const { handle } = reader.scanner;
  return {
    statements,
    ...(comment !== undefined && { comment }),
    ...(handle !== undefined && { handle }),
    place: reader.placed(start, end),
  };
}

/** What is put into a set is read as the set is declared, and each rule that holds a chain holds its own. */
const isOfItsOwn = (statement: Statement) =>
  statement.kind === 'set-add' || statement.kind === 'meter' || 'rules' in statement;

export function moldsOf(reader: Reader): Molds<RuleBody> {
  const { family } = reader;
  const known = reader.rules.get(family) ?? new Molds((text) => readAlone(text, family), false);
  reader.rules.set(family, known);
  return known;
}

/** A rule that is all of a text; null where it is none. */
function readAlone(text: string, family: NftFamily): RuleBody | null {
  const reader = new Reader({ name: '', text });
  reader.family = family;
  try {
    const { end: _, ...body } = readBody(reader);
    return reader.scanner.kind === 'end' && reader.problems.length === 0 ? body : null;
  } catch (error) {
    if (error instanceof NftSyntaxError) return null;
    throw error;
  }
}

function readBody(reader: Reader): RuleBody & { readonly end: number } {
  let end = reader.scanner.end;
  const statements: Statement[] = [];
  let comment: string | undefined;
  reader.network = networks[reader.family];
  while (!isRuleEnd(reader)) {
    if (reader.take('comment')) {
      end = reader.scanner.end;
      comment = reader.takeValue();
      continue;
    }
    statements.push(readAny(reader));
    end = reader.lastEnd;
  }
  const { network } = reader;
  return { statements, ...(comment !== undefined && { comment }), network, end };
}

function readAny(reader: Reader): Statement {
  const { value } = reader.scanner;
  if ((value === 'jump' || value === 'goto') && /^\s*\{/.test(reader.ahead(40))) {
    reader.next();
    return readHeld(reader, value);
  }
  return isStatementStart(reader) ? readStatement(reader) : readUnknown(reader);
}

/** `jump { … }`: a chain that the rule itself holds. Each of its rules ends with its line, or with a semicolon. */
function readHeld(reader: Reader, verdict: 'jump' | 'goto'): HeldChain {
  if (reader.isHeld) reader.refuse('a rule of a chain that a rule holds can hold none');
  const { network } = reader;
  reader.expect('{');
  reader.isHeld = true;
  reader.heldChains += 1;
  const chain = `__chain${reader.heldChains}`;
  const rules: NftRule[] = [];
  try {
    for (reader.skipSeparators(); !reader.takeMark('}'); reader.skipSeparators()) {
      if (reader.scanner.kind === 'end') reader.refuse('the block has no end', want.thing('closing-brace'));
      rules.push(readRule(reader).rule);
      reader.expectSeparator();
    }
  } finally {
    reader.isHeld = false;
  }
  reader.network = network;
  reader.held.push({ name: chain, rules });
  const said = rules.map(({ statements, comment }) => ({
    statements,
    ...(comment !== undefined && { comment }),
  }));
  return { kind: 'verdict', verdict, chain, rules: said };
}

/** The chains that rules hold that were read last, with their rules: they are there before them. */
export function takeHeld(reader: Reader, of: TableName, place: Place): readonly Command[] {
  return reader.held
    .splice(0)
    .flatMap(({ name, rules }): readonly Command[] => [
      { do: 'add-chain', create: false, of, chain: { name, isHeld: true }, place },
      ...rules.map(
        (rule) =>
          ({ do: 'add-rule', of, chain: name, rule, at: 'last', place: rule.place ?? place }) as const,
      ),
    ]);
}

function isRuleEnd(reader: Reader): boolean {
  return reader.isSeparator() || reader.isMark('}');
}

/** To the end of the rule, or to its comment. */
function readUnknown(reader: Reader): Statement {
  const { source, start, span } = reader.scanner;
  let depth = 0;
  let end = start;
  while (reader.scanner.kind !== 'end' && (depth > 0 || !isRuleEnd(reader))) {
    if (depth === 0 && reader.is('comment')) break;
    if (reader.isMark('{')) depth += 1;
    if (reader.isMark('}')) depth -= 1;
    end = reader.scanner.end;
    reader.next();
  }
  const text = source.text.slice(start, end);
  reader.problems.push({
    code: 'nft-unknown',
    severity: 'warning',
    message: `${text} is not understood and kept as it is`,
    span: { ...span, end },
  });
  return { kind: 'unknown', text };
}

/**
 * After a mistake: goes to the end of the command, block or rule that begins at `start`, of which so many outer pairs of braces hold lines.
 * Braces within go over lines where a comma or a brace says so; else nobody closed them, and the line ends them.
 */
export function recover(reader: Reader, error: unknown, start: number, blocks: number): void {
  if (!(error instanceof NftSyntaxError)) throw error;
  reader.problems.push(problemOf(error));
  const { scanner } = reader;
  let depth = depthAt(scanner, start);
  let goesOn = false;
  while (scanner.kind !== 'end') {
    if (scanner.kind === 'newline' && depth > blocks && !goesOn && !closesNext(scanner)) depth = blocks;
    if (depth === 0 && isRuleEnd(reader)) return;
    if (reader.isMark('{')) depth += 1;
    if (reader.isMark('}')) depth -= 1;
    goesOn = reader.isMark('{') || reader.isMark(',') || (goesOn && scanner.kind === 'newline');
    scanner.next();
  }
}

/** How many braces are open before the token of those that were opened from there on. */
function depthAt({ source, start: stop }: Scanner, start: number): number {
  let depth = 0;
  for (const own = new Scanner(source, start, stop); own.kind !== 'end'; own.next()) {
    if (own.kind !== 'mark') continue;
    if (own.value === '{') depth += 1;
    if (own.value === '}') depth -= 1;
  }
  return Math.max(depth, 0);
}

/** Whether what follows the end of a line goes on with what stands in braces. */
const closesNext = ({ source, end }: Scanner) => /^\s*[},:]/.test(source.text.slice(end, end + 200));

export function problemOf({ code, message, span, expected }: NftSyntaxError): Problem {
  return { code, severity: 'error', message, span, ...(expected !== undefined && { expected }) };
}
