import { findingCodes } from '../lint/finding.ts';
import { printFindingPage } from '../report/check/explain.ts';
import { refuse } from '../session/refuse.ts';
import { type ProblemCode, problemCodes } from '../text/codes.ts';
import { nearest } from '../text/nearest.ts';
import type { Answer } from './answer.ts';

/** `kubenat help errors [CODE]`: what a code in brackets means, of a problem or of a finding. Throws where there is no such code. */
export function helpErrors(code: string | undefined): Answer {
  if (code === undefined) {
    const lines = Object.entries(problemCodes).map(([name, means]) => `${name}: ${means}\n`);
    return { status: 0, output: lines.join('') };
  }
  const means = Object.hasOwn(problemCodes, code) ? problemCodes[code as ProblemCode] : undefined;
  if (means !== undefined) return { status: 0, output: `${code}: ${means}\n` };
  const finding = findingCodes.find((name) => name === code);
  if (finding !== undefined) return { status: 0, output: printFindingPage(finding) };
  const all = [...Object.keys(problemCodes), ...findingCodes];
  return refuse(
    `help errors ${code}: there is no such code`,
    nearest(code, all) ?? 'kubenat help errors, which lists all',
  );
}
