import { optionsOf } from '../engine/lower/iptables/words.ts';
import { natPriorities, tablePriorities } from '../engine/program.ts';
import { type Chain, isBuiltIn, type Ruleset, type Table, type TableName } from '../iptables/rule/ruleset.ts';
import type { Gap, TranslationNote } from './gap.ts';
import { chainNames, tableName } from './names.ts';
import { isCounterName } from './spell/other-matches.ts';
import { recentSets } from './spell/recent.ts';
import { spellRule } from './spell/rule.ts';
import { headerOf, type SpellContext } from './spell/spelled.ts';

/** A chain as it is written, and which of its rules stand for which. */
export interface WrittenChain {
  readonly table: TableName;
  readonly chain: Chain;
  readonly name: string;
  /** How many rules of nft stand for each rule. */
  readonly counts: readonly number[];
}

export interface Written {
  readonly text: string;
  readonly chains: readonly WrittenChain[];
  readonly gaps: readonly Gap[];
  readonly notes: readonly TranslationNote[];
}

/** Writes a rule set of iptables as a ruleset of nft, rule by rule. */
export function writeTables(ruleset: Ruleset): Written {
  const written: WrittenChain[] = [];
  const gaps: Gap[] = [];
  const notes: TranslationNote[] = [];
  const text = ruleset.tables.map((table) => writeTable(ruleset, table, { written, gaps, notes })).join('');
  return { text, chains: written, gaps, notes };
}

interface Output {
  readonly written: WrittenChain[];
  readonly gaps: Gap[];
  readonly notes: TranslationNote[];
}

function writeTable(ruleset: Ruleset, table: Table, output: Output): string {
  const { family } = ruleset;
  const lists = recentSets(ruleset, table.name);
  const chains = chainNames(table);
  const context = { family, lists, chains };
  const blocks = [
    ...countersOf(table).map((name) => `\tcounter ${name} {\n\t}\n`),
    ...[...lists.values()].map(({ name, timeout }) =>
      [
        `\tset ${name} {`,
        `\t\ttype ${family === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr'}`,
        '\t\tsize 65535',
        `\t\tflags ${timeout === null ? 'dynamic' : 'dynamic,timeout'}`,
        ...(timeout === null ? [] : [`\t\ttimeout ${timeout}s`]),
        '\t}\n',
      ].join('\n'),
    ),
    ...[...table.chains.values()].map((chain) => writeChain(table.name, chain, context, output)),
  ];
  return `table ${headerOf[family]} ${tableName(table.name)} {\n${blocks.join('\n')}}\n`;
}

function writeChain(
  table: TableName,
  chain: Chain,
  context: Omit<SpellContext, 'protocol'>,
  { written, gaps, notes }: Output,
): string {
  const name = context.chains.get(chain.name) as string;
  const first = { table, chain: chain.name, number: 0, at: chain.rules[0]?.at ?? 0 };
  if (name !== chain.name) notes.push({ ...first, code: 'chain-renamed', text: name });
  const lines = isBuiltIn(table, chain.name) ? [`\t\t${baseLine(table, chain)}`] : [];
  const counts = chain.rules.map((rule, index) => {
    const place = { table, chain: chain.name, number: index + 1, at: rule.at };
    const spelled = spellRule(rule, context);
    if ('unwritten' in spelled) {
      gaps.push({ ...place, ...spelled.unwritten, written: false });
      return 0;
    }
    if (spelled.but) gaps.push({ ...place, ...spelled.but, written: true });
    if (spelled.texts.length === 0) notes.push({ ...place, code: 'never-matches', text: '' });
    if (spelled.comment !== undefined)
      notes.push({ ...place, code: 'comment-changed', text: spelled.comment });
    lines.push(...spelled.texts.map((text) => `\t\t${text}`));
    return spelled.texts.length;
  });
  written.push({ table, chain, name, counts });
  return [`\tchain ${name} {`, ...lines, '\t}\n'].join('\n');
}

function baseLine(table: TableName, { name, policy }: Chain): string {
  const hook = name as keyof typeof natPriorities;
  const type = table === 'nat' ? 'nat' : table === 'mangle' && hook === 'OUTPUT' ? 'route' : 'filter';
  const priority = table === 'nat' ? natPriorities[hook] : tablePriorities[table];
  const verdict = policy === 'DROP' ? 'drop' : 'accept';
  return `type ${type} hook ${hook.toLowerCase()} priority ${priority}; policy ${verdict};`;
}

/** The accounts of nfacct that rules count in. */
function countersOf({ chains }: Table): readonly string[] {
  const names = new Set<string>();
  for (const { rules } of chains.values()) {
    for (const { matches } of rules) {
      for (const match of matches) {
        if (match.kind !== 'other' || match.name !== 'nfacct') continue;
        const name = optionsOf(match.words).get('nfacct-name')?.values[0];
        if (name !== undefined && isCounterName(name)) names.add(name);
      }
    }
  }
  return [...names];
}
