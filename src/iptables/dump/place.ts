import type { DumpDetail } from '../rule/detail.ts';
import { isBuiltIn, type TableName } from '../rule/ruleset.ts';
import type { Jump, Settings } from './command.ts';
import type { WordReader } from './word-reader.ts';

const verdicts: ReadonlySet<string> = new Set(['ACCEPT', 'DROP', 'RETURN']);

export function isVerdict(name: string): name is 'ACCEPT' | 'DROP' | 'RETURN' {
  return verdicts.has(name);
}

/** Names that no chain can have: iptables counts QUEUE among the verdicts, though it is a target of its own here. */
export function isReserved(name: string): boolean {
  return isVerdict(name) || name === 'QUEUE';
}

/** What iptables refuses of a chain's own interfaces, before the kernel sees it. */
export function checkInterfaces(
  chain: string | undefined,
  has: (key: 'in-interface' | 'out-interface') => boolean,
  reader: WordReader,
): void {
  const inward = chain === 'PREROUTING' || chain === 'INPUT';
  const outward = chain === 'POSTROUTING' || chain === 'OUTPUT';
  const wrong = inward && has('out-interface') ? '-o' : outward && has('in-interface') ? '-i' : '';
  if (wrong) reader.fail(reader.first, 'target-place', { code: 'place', part: wrong, chain: chain ?? '' });
}

/** A jump must lead to a chain that is there already, and that no hook begins with. */
export function checkJump({ word, returns, use }: Jump, settings: Settings, reader: WordReader): void {
  const { text } = word;
  const { table } = settings;
  if (text === 'DROP' && table === 'nat') {
    reader.fail(word, 'target-place', { code: 'nat-drop' });
  }
  if (use || (returns && isVerdict(text))) return;
  const fault = jumpFault(text, table, settings);
  if (fault) reader.fail(word, 'chain-missing', fault);
}

function jumpFault(name: string, table: TableName, settings: Settings): DumpDetail | undefined {
  if (isBuiltIn(table, name)) return { code: 'jump-to-built-in', chain: name };
  if (settings.open) return undefined;
  return settings.isChain(name) ? undefined : { code: 'chain-lacks', chain: name, table };
}
