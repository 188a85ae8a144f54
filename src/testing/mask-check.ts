import type { Matched } from '../engine/branch.ts';
import { maskingOf } from '../engine/masking.ts';
import type { RulePlace } from '../engine/program.ts';
import type { Reason } from '../engine/reasons.ts';
import { sayReason } from '../report/reasons.ts';
import { want } from '../text/expected.ts';
import { nearest } from '../text/nearest.ts';
import { InputError } from '../text/problem.ts';
import type { Check } from './check.ts';
import type { TestNode, TestPacket } from './node.ts';
import { sayPacket } from './packet-checks.ts';

/**
 * Wherever the packet arrives, its source was replaced, and this rule replaced it or marked the packet for that: by its
 * place (`nat/KUBE-POSTROUTING/3`), its chain (`nat/KUBE-MARK-MASQ`, or `nat/KUBE-EXT[default/web]` as traces name it)
 * or its comment. Negated: it had no part in that on any way. Throws an InputError where there is no such rule.
 */
export const maskedBy: Check<TestPacket, [string]> = (received, negated, rule) => {
  const { node, trace } = received;
  checkRule(node, rule);
  const outcomes = trace.outcomes.map((outcome) => {
    const masking = outcome.masqueraded ? maskingOf(outcome.matched, node.texts.rulesIn) : null;
    return { outcome, rules: masking ? [...masking.marking, masking.replacing] : [] };
  });
  const isBy = (rules: readonly Matched[]) =>
    rules.some(({ place }) => spellings(node, place).includes(rule));
  const unknown = outcomes.find(({ outcome }) => outcome.verdict === 'unknown');
  const wrong = outcomes.filter(({ rules }) => isBy(rules) === negated);
  const says = `${negated ? 'never ' : ''}to be masked by ${rule}`;
  if (unknown) {
    const because = `it is not known what happens: ${sayReason(unknown.outcome.reason as Reason)}`;
    return { fits: false, message: sayPacket(received, says, because) };
  }
  const seen = new Set(wrong.map(({ rules }) => sayRules(node, rules)));
  return {
    fits: wrong.length === 0,
    message: sayPacket(received, says, wrong.length === 0 ? 'it is so' : [...seen].join(', or ')),
  };
};

function sayRules(node: TestNode, rules: readonly Matched[]): string {
  if (rules.length === 0) return 'nothing masks it';
  return `it is masked by ${rules.map(({ place }) => spellings(node, place)[0]).join(' and ')}`;
}

/** How a rule may be named: the first is the one that messages use. */
function spellings({ texts }: TestNode, { table, chain, number, rule }: RulePlace): readonly string[] {
  const named = texts.chain(table, chain);
  const comments = rule.matches.flatMap((match) => (match.kind === 'comment' ? [match.text] : []));
  return [
    `${table}/${named}/${number}`,
    `${table}/${chain}/${number}`,
    `${table}/${named}`,
    `${table}/${chain}`,
    ...comments,
  ];
}

/** A misspelt rule would never match, and so always pass where it must not. */
function checkRule(node: TestNode, asked: string): void {
  const chains = [...node.program.chains.values()];
  if (chains.some(({ rules }) => rules.some((place) => spellings(node, place).includes(asked)))) return;
  const names = chains.map(({ table, name }) => `${table}/${node.texts.chain(table, name)}`);
  const close = nearest(asked.replace(/\/\d+$/, ''), names);
  const message = `${node.name} has no rule ${asked}`;
  const expected = close
    ? want.suchAs(close, want.either('TABLE/CHAIN/NUMBER', 'TABLE/CHAIN', want.thing('comment')))
    : want.either('TABLE/CHAIN/NUMBER', 'TABLE/CHAIN', want.thing('comment'));
  throw new InputError([{ code: 'rule-missing', severity: 'error', message, expected }]);
}
