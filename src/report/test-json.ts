import { describeClaim } from '../expect/claims.ts';
import type { Coverage } from '../expect/coverage.ts';
import type { Finding } from '../expect/prove.ts';
import { hasPassed, type TestResult } from '../expect/results.ts';
import { assumedJson } from './assumptions.ts';
import { coverageJson } from './coverage-json.ts';
import { insteadJson, sayInstead } from './instead.ts';
import { countOf, lineOf } from './test-words.ts';
import { resultOf } from './trace-json.ts';
import { printPacket } from './trace-text.ts';

/** `{"passed", "failed", "results": […]}`, one result on a line; and `coverage`, where that was asked for. */
export function printTestJson(results: readonly TestResult[], coverage: Coverage | null): string {
  const { passed, failed } = countOf(results);
  const lines = results.map((result) => JSON.stringify(testJson(result)));
  const more = coverage ? `, "coverage": ${JSON.stringify(coverageJson(coverage))}` : '';
  return `{"passed": ${passed}, "failed": ${failed}, "results": [\n${lines.join(',\n')}\n]${more}}\n`;
}

function testJson(result: TestResult) {
  const { file, name, node, family, claims, judgement } = result;
  return {
    file,
    line: lineOf(result.span).line,
    name,
    node,
    family,
    passed: hasPassed(result),
    claims: claims.map(describeClaim),
    looked: judgement.looked,
    ...assumedJson(judgement.assumed),
    findings: judgement.findings.map(findingJson),
  };
}

/** `kind`: mismatch, or unknown, where it could not be proved. */
function findingJson({ claim, kind, instead, trace }: Finding) {
  const says = sayInstead(instead);
  const told = { claim: describeClaim(claim), kind, says, instead: insteadJson(instead) };
  if (!trace) return { ...told, packet: null, outcomes: [] };
  const packet = printPacket(trace.packet);
  const { outcomes, assumed, assumptions } = resultOf({ id: packet, trace });
  return { ...told, packet, outcomes, assumed, assumptions };
}
