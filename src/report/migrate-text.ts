import type { ExceptionCode } from '../proxy/migrate/exceptions.ts';
import type { MoveFinding, MoveReport, UnnamedPacket } from '../session/move.ts';
import { printOutcome, printPacket } from './trace-text.ts';
import { migrateWords as en } from './words/en/migrate.ts';
import { migrateWords as ko } from './words/ko/migrate.ts';
import type { Language } from './words/language.ts';
import type { MigrateWords } from './words/migrate.ts';

const tables: Readonly<Record<Language, MigrateWords>> = { en, ko };

/** The verdict, then one paragraph for each reason, with where it holds and what to do about it. */
export function printMigrateText(report: MoveReport, language: Language = 'en'): string {
  const w = tables[language];
  const { findings } = report;
  const found = new Set(findings.map(({ code }) => code));
  const codes = (Object.keys(w.exceptions) as ExceptionCode[]).filter((code) => found.has(code));
  const paragraphs = codes.map((code) => {
    const own = findings.filter((finding) => finding.code === code);
    const { what, advice } = w.exceptions[code];
    const lines = [sayNodes(own, w), ...sayWitness(own, w), w.toDo(advice)];
    return [`${code}: ${what}`, ...lines.map((line) => `  ${line}`)].join('\n');
  });
  const unnamed = report.unnamed.map((one) => sayUnnamed(one, language));
  return `${[sayMove(report, language), ...paragraphs, ...unnamed, ...sayRest(report, w)].join('\n\n')}\n`;
}

/** The verdict says that there are none. */
function sayRest(
  { rest, tried: { packets, nodes }, unnamed }: MoveReport,
  w: MigrateWords,
): readonly string[] {
  if (rest === 'proved') return [];
  return packets === 0
    ? [w.restNotProved]
    : [`${w.restNotProved} ${w.walked(packets, nodes, unnamed.length === 0)}`];
}

function sayUnnamed({ node, packet, before, after }: UnnamedPacket, language: Language): string {
  const w = tables[language];
  const fates = (outcomes: UnnamedPacket['before']) => outcomes.map((one) => printOutcome(one, language));
  return [
    w.unnamed,
    `  ${w.onNode(node, printPacket(packet))}`,
    `  ${w.before(fates(before))}`,
    `  ${w.after(fates(after))}`,
  ].join('\n');
}

/** The verdict alone. */
export function sayMove(report: MoveReport, language: Language = 'en'): string {
  const { findings, from, to, rest, unnamed } = report;
  return tables[language].verdict({
    from: saySide(from),
    to: saySide(to),
    reasons: new Set(findings.map(({ code }) => code)).size,
    nodes: new Set(findings.map(({ node }) => node)).size,
    rest,
    isUnnamed: unnamed.length > 0,
  });
}

/** As --from and --to take it. */
function saySide({ mode, release }: MoveReport['from']): string {
  return `${mode}@${release}`;
}

const mostNodes = 5;

function sayNodes(findings: readonly MoveFinding[], w: MigrateWords): string {
  const names = [...new Set(findings.map(({ node }) => node))];
  const families = [...new Set(findings.map(({ family }) => family))];
  const shown = names.slice(0, mostNodes);
  return w.on(shown, names.length - shown.length, families);
}

function sayWitness(findings: readonly MoveFinding[], w: MigrateWords): readonly string[] {
  const found = findings.find((finding) => finding.witness !== null);
  return found?.witness ? [w.forInstance(found.node, found.witness)] : [];
}
