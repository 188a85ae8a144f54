import type { ProgramRule } from '../engine/program.ts';
import type { Fate } from '../engine/why-not.ts';
import type { Match } from '../iptables/rule/match.ts';
import { printMatch } from '../iptables/rule/print.ts';
import type { PlaceTexts } from './place-texts.ts';

/** Why a rule did not match, with the rules that should have led to it below. */
export function printWhyNot(rule: ProgramRule, fate: Fate, rules: PlaceTexts): string {
  return `Why not ${nameRule(rule, rules)}?\n${printFate(fate, rules, '  ').join('\n')}\n`;
}

function nameRule(rule: ProgramRule, rules: PlaceTexts): string {
  return `rule ${rule.number} of ${rule.table} ${rules.chain(rule.table, rule.chain)} (${rules.where(rule)})`;
}

function printFate(fate: Fate, rules: PlaceTexts, indent: string): string[] {
  switch (fate.kind) {
    case 'matched':
      return [`${indent}It matches.`];
    case 'by-chance':
      return [`${indent}Chance decides whether it matches, and on some ways it does.`];
    case 'failed':
      return [`${indent}${sayMatch(fate.match)} does not hold: ${fate.found}.`];
    case 'unknown':
      return [`${indent}It cannot be told whether ${sayMatch(fate.match)} holds: ${fate.found}.`];
    case 'not-reached':
      if (!fate.left) return [`${indent}The packet left the chain before it.`];
      return [`${indent}The packet had gone away by ${nameRule(fate.left, rules)}.`];
    case 'too-far':
      return [`${indent}The packet did not come to its chain either.`];
    case 'not-entered':
      if (fate.callers.length === 0) return [`${indent}No rule leads to its chain.`];
      return [
        `${indent}The packet did not come to its chain:`,
        ...fate.callers.flatMap((caller) => printCaller(caller, rules, `${indent}  `)),
      ];
  }
}

function sayMatch(match: Match | string): string {
  return typeof match === 'string' ? match : printMatch(match).trim();
}

function printCaller(
  { rule, fate }: { readonly rule: ProgramRule; readonly fate: Fate },
  rules: PlaceTexts,
  indent: string,
): string[] {
  return [`${indent}${nameRule(rule, rules)} leads there.`, ...printFate(fate, rules, `${indent}  `)];
}
