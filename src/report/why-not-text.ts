import type { ProgramRule } from '../engine/program.ts';
import type { Fate, TriedMatch } from '../engine/why-not.ts';
import { printMatch } from '../iptables/rule/print.ts';
import type { PlaceTexts } from './place-texts.ts';
import { sayReason } from './reasons.ts';
import { saySeen } from './seen.ts';
import { traceTables } from './trace-text.ts';
import type { Language } from './words/language.ts';

/** Why a rule did not match, with the rules that should have led to it below. */
export function printWhyNot(
  rule: ProgramRule,
  fate: Fate,
  rules: PlaceTexts,
  language: Language = 'en',
): string {
  const told = { rules, language };
  const title = traceTables[language].whyNot(nameRule(rule, told));
  return `${title}\n${printFate(fate, told, '  ').join('\n')}\n`;
}

interface Told {
  readonly rules: PlaceTexts;
  readonly language: Language;
}

function nameRule(rule: ProgramRule, { rules, language }: Told): string {
  const { number, table, chain } = rule;
  return traceTables[language].namedRule(number, table, rules.chain(table, chain), rules.where(rule));
}

function printFate(fate: Fate, told: Told, indent: string): string[] {
  const w = traceTables[told.language];
  switch (fate.kind) {
    case 'matched':
      return [`${indent}${w.matches}`];
    case 'by-chance':
      return [`${indent}${w.byChance}`];
    case 'failed':
      return [`${indent}${w.doesNotHold(sayMatch(fate.match), saySeen(fate.found, told.language))}`];
    case 'unknown':
      return [`${indent}${w.cannotBeTold(sayMatch(fate.match), sayReason(fate.reason, told.language))}`];
    case 'not-reached':
      return [`${indent}${fate.left ? w.goneBy(nameRule(fate.left, told)) : w.leftBefore}`];
    case 'too-far':
      return [`${indent}${w.tooFar}`];
    case 'not-entered':
      if (fate.callers.length === 0) return [`${indent}${w.noCaller}`];
      return [
        `${indent}${w.notEntered}`,
        ...fate.callers.flatMap((caller) => printCaller(caller, told, `${indent}  `)),
      ];
  }
}

function sayMatch(match: TriedMatch): string {
  return typeof match === 'string' ? match : printMatch(match).trim();
}

function printCaller(
  { rule, fate }: { readonly rule: ProgramRule; readonly fate: Fate },
  told: Told,
  indent: string,
): string[] {
  const leads = traceTables[told.language].leadsThere(nameRule(rule, told));
  return [`${indent}${leads}`, ...printFate(fate, told, `${indent}  `)];
}
