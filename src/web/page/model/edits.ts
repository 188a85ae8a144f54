import { readRules } from '../../../iptables/pasted/read.ts';
import { nothingKnown, programBeside, readNodeState } from '../../../session/node-state.ts';
import type { NodeView, Version } from '../../../session/version.ts';
import { lineOfRule } from './rule-line.ts';

/** What is tried in place of what stands behind a rule's `-A CHAIN`; an empty text: the rule is left out. */
export interface RuleEdit {
  /** `nat/KUBE-SERVICES/3`, as the rules are without edits. */
  readonly rule: string;
  readonly text: string;
}

/** As they stand in the address: one in each line, the rule first. */
export function editsIn(text: string): RuleEdit[] {
  return text.split('\n').flatMap((line) => {
    const [, rule, rest = ''] = /^(\S+\/\d+)(?: (.*))?$/.exec(line) ?? [];
    return rule === undefined ? [] : [{ rule, text: rest }];
  });
}

/** What a rule of the edited rules is called without the edits: of its chain, those left out before it count. */
export function unedited(rule: string, edits: readonly RuleEdit[]): string {
  const [, chain, number] = /^(.+)\/(\d+)$/.exec(rule) ?? [];
  const left = edits.flatMap((edit) => {
    const [, own, at] = /^(.+)\/(\d+)$/.exec(edit.rule) ?? [];
    return edit.text === '' && own === chain ? Number(at) : [];
  });
  const before = left
    .sort((one, other) => one - other)
    .reduce((sum, at) => (at <= sum ? sum + 1 : sum), Number(number));
  return `${chain}/${before}`;
}

export function spellEdits(edits: readonly RuleEdit[]): string {
  return edits.map(({ rule, text }) => `${rule} ${text}`.trim()).join('\n');
}

/** Whether lines of a node's rules can be edited: the page reads iptables alone. */
export const canEdit = ({ data }: Version): boolean => data.lowered === undefined;

/** A node's rules with other lines in the place of some. Throws an InputError where they are no rules. */
export function editedView(version: Version, view: NodeView, edits: readonly RuleEdit[]): NodeView {
  const lines = edits.flatMap(({ rule, text }) => {
    const found = lineOfRule(view, rule);
    if (!found) return [];
    return [{ ...(text === '' ? found.line : found.spec), text }];
  });
  if (lines.length === 0) return view;
  const { source } = view.rules;
  const text = lines
    .toSorted((left, right) => right.start - left.start)
    .reduce((all, line) => all.slice(0, line.start) + line.text + all.slice(line.end), source.text);
  const rules = { ...view.rules, ...readRules({ ...source, text }, { family: version.family }) };
  const { sets } = version.options;
  const state = sets?.length ? readNodeState(sets) : nothingKnown;
  return { ...view, rules, program: programBeside(rules.ruleset, rules.source, state) };
}
