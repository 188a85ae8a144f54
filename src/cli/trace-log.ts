import type { IrProgram } from '../engine/ir.ts';
import type { Host } from '../host/model.ts';
import { followEntry } from '../logs/entry.ts';
import { followPackets } from '../logs/follow.ts';
import { readLog } from '../logs/read.ts';
import { printLogJson } from '../report/log-json.ts';
import { printLogText } from '../report/log-text.ts';
import type { PlaceTexts } from '../report/place-texts.ts';
import type { Language } from '../report/words/language.ts';
import type { Source } from '../text/source.ts';
import type { Answer } from './answer.ts';

/** Holds what the kernel and its tools said of packets and connections against the rules. */
export function logAnswer(
  source: Source,
  program: IrProgram,
  texts: PlaceTexts,
  host: Host,
  format: 'text' | 'json',
  language?: Language,
): Omit<Answer, 'problems'> {
  const log = readLog(source, program.family);
  const rules = { program, host, textOf: texts.textOf.bind(texts) };
  const answer = {
    packets: followPackets(rules, log),
    entries: log.entries.map((entry) => followEntry(rules, entry)),
    passed: log.passed,
  };
  const output = format === 'json' ? printLogJson(answer, texts) : printLogText(answer, texts, language);
  return { status: 0, output, format };
}
