import { findingCodes } from '../lint/finding.ts';
import { printFindingPage } from '../report/check/explain.ts';
import { problemMeanings } from '../report/problems.ts';
import type { CommandDetail } from '../report/words/command.ts';
import type { Language } from '../report/words/language.ts';
import { refuse } from '../session/refuse.ts';
import type { ProblemCode } from '../text/codes.ts';
import { want } from '../text/expected.ts';
import type { Answer } from './answer.ts';

/** `kubenat help errors [CODE]`: what a code in brackets means, of a problem or of a finding. Throws where there is no such code. */
export function helpErrors(code: string | undefined, language: Language = 'en'): Answer {
  const meanings = problemMeanings[language];
  if (code === undefined) {
    const lines = Object.entries(meanings).map(([name, means]) => `${name}: ${means}\n`);
    return { status: 0, output: lines.join('') };
  }
  const means = Object.hasOwn(meanings, code) ? meanings[code as ProblemCode] : undefined;
  if (means !== undefined) return { status: 0, output: `${code}: ${means}\n` };
  const finding = findingCodes.find((name) => name === code);
  if (finding !== undefined) return { status: 0, output: printFindingPage(finding, language) };
  const all = [...Object.keys(meanings), ...findingCodes];
  return refuse<CommandDetail>(
    { code: 'no-such-code', name: code },
    want.nearestOf(code, all) ?? want.thing('help-errors'),
  );
}
