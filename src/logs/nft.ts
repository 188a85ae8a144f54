import type { IrChain, IrProgram, RulePlace } from '../engine/ir.ts';
import { chainKey } from '../engine/program.ts';
import type { Hook } from '../iptables/rule/ruleset.ts';
import type { LoggedPacket, LoggedPlace, Sight } from './model.ts';

/** As the program names places: of a table of nft by its family, too, and with where the kernel enters a base chain. */
export function placed({ sights: [first, ...others] }: LoggedPacket, program: IrProgram): LoggedPacket {
  const own = (sight: Sight): Sight => ({ ...sight, place: sight.place && placeIn(program, sight.place) });
  return { sights: [own(first), ...others.map(own)] };
}

function placeIn(program: IrProgram, place: LoggedPlace): LoggedPlace {
  if (!place.nft) return place;
  const table = `${place.nft.family} ${place.table}`;
  const chain = program.chains.get(chainKey(table, place.chain));
  if (!chain) return place;
  const entered = enteredAt(program, chain);
  return { ...place, table, ...(entered && { entered }) };
}

/** Destinations are translated at -100, whatever the priority of the chain that says to what (nf_nat_proto.c). */
const translation = -100;

function enteredAt({ baseChains }: IrProgram, chain: IrChain): LoggedPlace['entered'] {
  const base = Object.values(baseChains)
    .flat()
    .find((one) => one.chain === chain);
  return base && { hook: base.hook, late: isPast(base.hook, base.priority) };
}

function isPast(hook: Hook, priority: number): boolean {
  return hook === 'PREROUTING' || hook === 'OUTPUT' ? priority > translation : true;
}

/** Without what goes on counting, comments and handles, which are not everywhere printed. */
export function plain(text: string): string {
  return withoutComment(text.replace(/ # handle \d{1,20}$/, ''))
    .replace(/counter packets \d{1,20} bytes \d{1,20}/g, 'counter')
    .split(' ')
    .filter((word) => word !== '')
    .join(' ');
}

function withoutComment(text: string): string {
  const at = text.lastIndexOf(' comment "');
  return at === -1 ? text : text.slice(0, at);
}

/** What a rule of nft writes into the kernel's own log, and whether it does so before it is known to match. */
export function nftLogOf({ language, text = '' }: RulePlace): { prefix: string; early: boolean } | null {
  if (language !== 'nftables') return null;
  const found = /(?:^| )log(?: prefix "([^"]{0,200})")?(?: |$)/.exec(withoutComment(text));
  if (!found || /(?:jump|goto)$/.test(text.slice(0, found.index))) return null;
  const rest = withoutComment(text).slice(found.index + found[0].length);
  const words = rest.split(' ').filter((word) => word !== '');
  // To whoever listens for packets of this group, and not to the kernel's log.
  if (words.includes('group')) return null;
  const options = words.findIndex((word, index) => !isOption(word, words[index - 1]));
  const left = options === -1 ? [] : words.slice(options);
  return { prefix: found[1] ?? '', early: left.length > 0 && !verdicts.has(left[0] as string) };
}

const isOption = (word: string, before = ''): boolean =>
  ['level', 'flags'].includes(word) || ['level', 'flags', 'tcp', 'ip'].includes(before);

const verdicts: ReadonlySet<string> = new Set([
  'accept',
  'drop',
  'reject',
  'jump',
  'goto',
  'continue',
  'return',
]);
