import type { Source } from '../../text/source.ts';
import type { Expression } from '../expression.ts';
import type { LaterRules, NftFamily, NftRule, RuleForm } from '../model.ts';
import { Reader, type RuleBody } from './reader.ts';
import { moldsOf, readRule } from './rules.ts';

const beforeRule = '\n\t\t';
const end = '\n\t}';

/**
 * At the end of the line that opens a chain: the rules of the chain, where each is listed on a line and like one that was read before.
 * They were looked at, so that nothing can be wrong in them, and are made when somebody asks for them. Null: some are not, and
 * nothing is gone past.
 */
export function readLater(reader: Reader): LaterRules | null {
  const { source, start } = reader.scanner;
  const { text } = source;
  if (!reader.leavesRules || !reader.isInMain || !text.startsWith(beforeRule, start)) return null;
  const molds = moldsOf(reader);
  const forms: RuleForm[] = [];
  let targets: readonly string[] = none;
  let at = start;
  while (text.startsWith(beforeRule, at)) {
    const mold = molds.find(text, at + beforeRule.length);
    if (!mold) return null;
    if (!forms.includes(mold)) forms.push(mold);
    const own = mold.part(targetsOf);
    if (own.length > 0) targets = targets.length > 0 ? [...targets, ...own] : own;
    at = text.indexOf('\n', molds.end);
  }
  if (!text.startsWith(end, at)) return null;
  reader.jump(at);
  const { family, rules } = reader;
  return { forms: shared(forms), targets, make: () => readRules(source, family, rules, start, at) };
}

const none: readonly string[] = [];

/** Most chains have the forms of the one before. */
let lastForms: readonly RuleForm[] = [];

function shared(forms: readonly RuleForm[]): readonly RuleForm[] {
  const isSame = forms.length === lastForms.length && forms.every((form, at) => form === lastForms[at]);
  if (!isSame) lastForms = forms;
  return lastForms;
}

/** Of a family that the reader had then: it goes on to other tables. */
function readRules(
  source: Source,
  family: NftFamily,
  molds: Reader['rules'],
  start: number,
  stop: number,
): NftRule[] {
  const reader = new Reader(source, { start, end: stop });
  reader.family = family;
  reader.rules = molds;
  const rules: NftRule[] = [];
  for (reader.skipNewlines(); reader.scanner.kind !== 'end'; reader.skipNewlines())
    rules.push(readRule(reader).rule);
  return rules;
}

/** The chains that a rule names. */
const targetsOf = ({ statements }: RuleBody): readonly string[] =>
  statements.flatMap((one) =>
    one.kind === 'verdict' ? targetOf(one) : one.kind === 'vmap' ? targetsIn(one.map) : none,
  );

const targetsIn = (map: Expression): readonly string[] =>
  map.kind === 'set' ? map.elements.flatMap(({ data }) => (data ? targetOf(data) : none)) : none;

const targetOf = (data: Expression): readonly string[] =>
  data.kind === 'verdict' && 'chain' in data ? [data.chain] : none;
