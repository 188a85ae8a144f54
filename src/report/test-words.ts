import { describeClaim } from '../expect/claims.ts';
import type { Finding } from '../expect/prove.ts';
import { hasPassed, type TestResult } from '../expect/results.ts';
import { positionAt } from '../text/source.ts';
import { insteadTables, sayInstead } from './instead.ts';
import { NodeTexts } from './node-texts.ts';
import { printPacket, printTraceText } from './trace-text.ts';
import { testWords as en } from './words/en/tests.ts';
import { testWords as ko } from './words/ko/tests.ts';
import type { Language } from './words/language.ts';
import type { TestWords } from './words/tests.ts';

export const testTables: Readonly<Record<Language, TestWords>> = { en, ko };

/** `web.kubenat.yaml:12:5`. */
export function placeOf({ span }: TestResult): string {
  const { file, line, column } = lineOf(span);
  return `${file}:${line}:${column}`;
}

export function lineOf(span: TestResult['span']) {
  return positionAt(span.source, span.start);
}

/** What was expected, what happens, and which packet shows it. */
export interface FindingWords {
  readonly expected: string;
  readonly happens: string;
  /** Null: no packet was looked at. */
  readonly packet: string | null;
  /** The way of the packet; empty where there is none. */
  readonly trace: string;
}

/** The packet's way is told once, however many claims it contradicts. */
export function wordsOf(result: TestResult, language: Language = 'en'): readonly FindingWords[] {
  const texts = new NodeTexts(result.rules);
  const told = new Set<string>();
  return result.judgement.findings.map((finding) => {
    const packet = finding.trace ? printPacket(finding.trace.packet) : null;
    const isNew = packet !== null && !told.has(packet);
    if (packet !== null) told.add(packet);
    return {
      expected: describeClaim(finding.claim),
      happens: happens(finding, language),
      packet,
      trace:
        isNew && finding.trace
          ? printTraceText([{ id: packet, trace: finding.trace }], texts, { language }).trimEnd()
          : '',
    };
  });
}

function happens({ kind, instead }: Finding, language: Language): string {
  const says = sayInstead(instead, language);
  return kind === 'mismatch' ? says : insteadTables[language].notProved(says);
}

export function countOf(results: readonly TestResult[]) {
  const passed = results.filter(hasPassed).length;
  return { passed, failed: results.length - passed, files: new Set(results.map(({ file }) => file)).size };
}

export function byFile(results: readonly TestResult[]): ReadonlyMap<string, readonly TestResult[]> {
  const files = new Map<string, TestResult[]>();
  for (const result of results) files.set(result.file, [...(files.get(result.file) ?? []), result]);
  return files;
}

export function indent(text: string, by: number): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(by) + line))
    .join('\n');
}
