import type { Ruleset } from '../../../iptables/rule/ruleset.ts';
import { RuleTexts } from '../../../report/rule-texts.ts';
import type { NodeView } from '../../../session/version.ts';

const known = new WeakMap<Ruleset, RuleTexts>();

/** The rules of a node as they are spelt; the same for the same rules. */
export function textsOf({ rules: { ruleset, source } }: Pick<NodeView, 'rules'>): RuleTexts {
  const before = known.get(ruleset);
  if (before) return before;
  const texts = new RuleTexts(ruleset, source);
  known.set(ruleset, texts);
  return texts;
}
