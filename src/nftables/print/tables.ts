import type { Expression } from '../expression.ts';
import { fieldType, isField } from '../fields.ts';
import type {
  BaseChain,
  Flowtable,
  NftChain,
  NftFamily,
  NftObject,
  NftRule,
  NftRuleset,
  NftSet,
  NftTable,
  SetData,
  SetType,
} from '../model.ts';
import { priorityName } from '../priority.ts';
import type { HeldChain } from '../statement.ts';
import { isTypeName, typeOf } from '../types.ts';
import { spellElement, spellExpression } from './expressions.ts';
import { spellObjectBody } from './objects.ts';
import { spellStateful } from './stateful.ts';
import { spellStatement } from './statements.ts';
import type { PrintStyle } from './style.ts';
import { spellDuration } from './time.ts';

/** What `nft list ruleset` prints. */
export function printRuleset({ tables }: NftRuleset, style: PrintStyle = {}): string {
  return tables.map((table) => printTable(table, style)).join('');
}

/** What `nft list table` prints. Blocks have an empty line between them. */
export function printTable(table: NftTable, style: PrintStyle = {}): string {
  const { family, name, flags, comment } = table;
  const blocks = [
    ...table.objects.map((object) => printObject(object, style)),
    ...table.sets.map((set) => printSet(set, style)),
    ...table.flowtables.map((flowtable) => printFlowtable(flowtable, style)),
    ...table.chains.flatMap((chain) => (chain.isHeld ? [] : printChain(chain, family, style))),
  ];
  let text = `table ${family} ${name} {${handleOf(table, style)}\n`;
  if (flags.length > 0) text += `\tflags ${flags.join(',')}\n`;
  if (comment !== undefined) text += `\tcomment "${comment}"\n`;
  if (flags.length > 0 && blocks.length > 0) text += '\n';
  return `${text}${blocks.join('\n')}}\n`;
}

function handleOf({ handle }: { readonly handle?: number }, { handles }: PrintStyle): string {
  return handles && handle !== undefined ? ` # handle ${handle}` : '';
}

function printObject(object: NftObject, style: PrintStyle): string {
  const comment = object.comment === undefined ? '' : `\t\tcomment "${object.comment}"\n`;
  const body = spellObjectBody(object, style)
    .map((line) => `\t\t${line}\n`)
    .join('');
  return `\t${object.kind} ${object.name} {${handleOf(object, style)}\n${comment}${body}\t}\n`;
}

function printSet(set: NftSet, style: PrintStyle): string {
  let text = `\t${set.data ? 'map' : 'set'} ${set.name} {${handleOf(set, style)}\n`;
  const add = (line: string) => {
    text += `\t\t${line}\n`;
  };
  add(`${spellKey(set.key, style)}${set.data ? ` : ${spellData(set.data, style)}` : ''}`);
  if (set.policy) add(`policy ${set.policy}`);
  if (set.size !== undefined) add(`size ${set.size}`);
  const flags = spellSetFlags(set);
  if (flags) add(`flags ${flags}`);
  if (set.statements.length > 0)
    add(set.statements.map((one) => spellStateful(one, { ...style, stateless: true })).join(' '));
  if (set.autoMerge) add('auto-merge');
  if (set.timeout !== undefined) add(`timeout ${spellDuration(set.timeout, style)}`);
  if (set.gcInterval !== undefined) add(`gc-interval ${spellDuration(set.gcInterval, style)}`);
  if (set.comment !== undefined) add(`comment "${set.comment}"`);
  if (set.elements.length > 0 && !style.terse) add(`elements = { ${spellElements(set, style)} }`);
  return `${text}\t}\n`;
}

const flagOrder = ['constant', 'dynamic', 'interval', 'timeout'] as const;

/** A default timeout makes the flag of timeouts go without saying, where it stands alone. */
function spellSetFlags({ flags, timeout }: NftSet): string | null {
  const isSaid = flags.some((flag) => flag !== 'timeout' || timeout === undefined);
  return isSaid ? flagOrder.filter((flag) => flags.includes(flag)).join(',') : null;
}

function spellKey(key: SetType, style: PrintStyle): string {
  return key.by === 'type'
    ? `type ${key.types.join(' . ')}`
    : `typeof ${spellExpression(key.expression, style)}`;
}

function spellData(data: SetData, style: PrintStyle): string {
  switch (data.by) {
    case 'verdict':
      return 'verdict';
    case 'object':
      return data.object;
    case 'type':
      return `${data.interval ? 'interval ' : ''}${data.types.join(' . ')}`;
    case 'typeof':
      return `${data.interval ? 'interval ' : ''}${spellExpression(data.expression, style)}`;
  }
}

const continuation = ',\n\t\t\t     ';

/** How many elements a line has depends on their type alone. */
function spellElements(set: NftSet, style: PrintStyle): string {
  const { key, elements } = set;
  const most = style.version?.elementsApart && areWide(set) ? 1 : elementsPerLine(key);
  let text = '';
  elements.forEach((element, index) => {
    if (index > 0) text += index % most === 0 ? continuation : ', ';
    text += spellElement(element, style);
  });
  return text;
}

/** Whether elements carry something, or have several fields. */
function areWide({ key, data, flags, timeout, statements, elements }: NftSet): boolean {
  const isJoined = key.by === 'type' ? key.types.length > 1 : key.expression.kind === 'concat';
  const carries = data !== undefined || flags.includes('timeout') || timeout !== undefined;
  return (
    isJoined || carries || statements.length > 0 || elements.some(({ comment }) => comment !== undefined)
  );
}

function elementsPerLine(key: SetType): number {
  const name = key.by === 'type' ? key.types.join(' . ') : typeNameOf(key.expression);
  return name !== undefined && isTypeName(name) ? (typeOf(name).perLine ?? 1) : 1;
}

function typeNameOf(expression: Expression): string | undefined {
  return isField(expression) ? fieldType(expression)?.type : undefined;
}

function printFlowtable(flowtable: Flowtable, style: PrintStyle): string {
  const { name, hook, priority, devices, offload, counter } = flowtable;
  const spelled = priorityName('netdev', hook, priority, style);
  let text = `\tflowtable ${name} {${handleOf(flowtable, style)}\n\t\thook ${hook} priority ${spelled}\n`;
  if (devices.length > 0) text += `\t\tdevices = { ${devices.join(', ')} }\n`;
  if (offload) text += '\t\tflags offload\n';
  if (counter) text += '\t\tcounter\n';
  return `${text}\t}\n`;
}

/** A chain as it stands in its table. */
export function printChain(chain: NftChain, family: NftFamily, style: PrintStyle): string {
  const { name, comment, base, rules } = chain;
  let text = `\tchain ${name} {${handleOf(chain, style)}\n`;
  if (comment !== undefined) text += `\t\tcomment "${comment}"\n`;
  if (base) text += `\t\t${spellBase(base, family, style)}\n`;
  for (const rule of rules) text += `\t\t${printRule(rule, style)}\n`;
  return `${text}\t}\n`;
}

function spellBase(
  { type, hook, priority, policy, devices, offload }: BaseChain,
  family: NftFamily,
  style: PrintStyle,
) {
  let text = `type ${type} hook ${hook}`;
  if (devices.length === 1) text += ` device "${devices[0]}"`;
  if (devices.length > 1) text += ` devices = { ${devices.join(', ')} }`;
  text += ` priority ${priorityName(family, hook, priority, style)};`;
  if (policy) text += ` policy ${policy};`;
  return offload ? `${text} flags offload;` : text;
}

/** A rule as it stands in its chain. */
export function printRule(rule: NftRule, style: PrintStyle = {}): string {
  if (rule.listed !== undefined) return spellListed(rule.listed, style) + handleOf(rule, style);
  let text = '';
  for (const statement of rule.statements) {
    const spelled = 'rules' in statement ? spellHeld(statement, style) : spellStatement(statement, style);
    text += text === '' ? spelled : ` ${spelled}`;
  }
  if (rule.comment !== undefined) text += ` comment "${rule.comment}"`;
  return text + handleOf(rule, style);
}

/** A chain as it stands in the rule that holds it; nft says no handles there. */
export function spellHeld({ verdict, rules }: HeldChain, style: PrintStyle = {}): string {
  const lines = rules.map((rule) => `\t\t\t${printRule(rule, { ...style, handles: false })}\n`);
  return `${verdict} {\n${lines.join('')}\t\t}`;
}

function spellListed(listed: string, { stateless }: PrintStyle): string {
  return stateless ? listed.replace(/\bcounter packets \d+ bytes \d+/g, 'counter') : listed;
}
