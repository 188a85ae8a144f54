import type { Problem } from '../../text/problem.ts';
import type { NftRule } from '../model.ts';
import type { Statement } from '../statement.ts';
import { NftSyntaxError } from './error.ts';
import type { Reader } from './reader.ts';
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

/** One rule, up to the end of its line. What begins with a word that is not known is kept word for word. */
export function readRule(reader: Reader): NftRule {
  const { start } = reader.scanner;
  let end = reader.scanner.end;
  const statements: Statement[] = [];
  let comment: string | undefined;
  reader.network = networks[reader.family];
  reader.scanner.handle = undefined;
  while (!isRuleEnd(reader)) {
    if (reader.take('comment')) {
      end = reader.scanner.end;
      comment = reader.takeValue();
      continue;
    }
    statements.push(isStatementStart(reader) ? readStatement(reader) : readUnknown(reader));
    end = reader.lastEnd;
  }
  const { handle } = reader.scanner;
  return {
    statements,
    ...(comment !== undefined && { comment }),
    ...(handle !== undefined && { handle }),
    place: reader.placed(start, end),
  };
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

/** After a mistake: goes to the end of the command or rule in which it was made. */
export function recover(reader: Reader, error: unknown): void {
  if (!(error instanceof NftSyntaxError)) throw error;
  reader.problems.push(problemOf(error));
  let depth = 0;
  while (reader.scanner.kind !== 'end') {
    if (depth === 0 && isRuleEnd(reader)) return;
    if (reader.isMark('{')) depth += 1;
    if (reader.isMark('}')) depth -= 1;
    reader.next();
  }
}

export function problemOf({ code, message, span, expected }: NftSyntaxError): Problem {
  return { code, severity: 'error', message, span, ...(expected !== undefined && { expected }) };
}
