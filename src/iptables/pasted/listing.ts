import { parseSubnet } from '../../address/subnet.ts';
import { inQuotes } from '../rule/quote.ts';
import { notShown } from '../rule/target.ts';
import { matchForms } from './listing-matches.ts';
import { targetForms } from './listing-targets.ts';

/** Which columns the rows of a listing have: `-v` adds counters and interfaces, `--line-numbers` the first. */
export interface Layout {
  readonly numbered: boolean;
  readonly verbose: boolean;
}

/** The layout that a header announces, or null where the line is none. */
export function layoutOf(line: string): Layout | null {
  if (!/^(?:num +)?(?:pkts +bytes +)?target +prot opt /.test(line)) return null;
  return { numbered: line.startsWith('num'), verbose: /^(?:num +)?pkts/.test(line) };
}

const row = (numbered: string, verbose: string, interfaces: string) =>
  new RegExp(
    `^${numbered}${verbose}(?:(?<target>\\S+) +)?(?<prot>!?(?:all|[a-z][\\w.-]*|\\d+)) +(?:(?<opt>--|!?-f|!f) +)?${interfaces}(?<source>\\S+) +(?<destination>\\S+)(?<rest>.*)$`,
  );
const interfaces = '(?<in>\\S+) +(?<out>\\S+) +';
const counters = ' *(?<packets>\\d+[KMGT]?) +(?<bytes>\\d+[KMGT]?) +';

const rows = {
  plain: row('', ' *', ''),
  verbose: row('', counters, interfaces),
  numberedPlain: row(' *\\d+ +', '', ''),
  numberedVerbose: row(' *\\d+', counters, interfaces),
};

/**
 * A row of what `iptables -L` prints, spelled as iptables-save would; undefined where it is none. What such a row does
 * not say (without `-v`, the interfaces) is a match that nobody can answer.
 */
export function spellRow(line: string, { numbered, verbose }: Layout, chain: string): string | undefined {
  const kind = numbered ? (verbose ? 'numberedVerbose' : 'numberedPlain') : verbose ? 'verbose' : 'plain';
  const found = rows[kind].exec(line)?.groups as Readonly<Record<string, string | undefined>> | undefined;
  if (!found) return undefined;
  const { target = '', packets = '', bytes = '' } = found;
  const exact = /^\d+$/.test(packets) && /^\d+$/.test(bytes);
  const rest = (found.rest ?? '').trim();
  const goes = rest.startsWith('[goto]');
  const { matches, options } = spellRest(target, goes ? rest.slice(6).trim() : rest);
  const words = [
    exact ? `[${packets}:${bytes}]` : '',
    `-A ${chain}`,
    ...base(found),
    verbose ? '' : open('--interfaces'),
    ...matches,
    target === '' ? '' : `${goes ? '-g' : '-j'} ${target}`,
    options,
  ];
  return words.filter((word) => word !== '').join(' ');
}

/** A match that the listing does not tell enough of. */
const open = (words: string) => `-m ${notShown} ${words}`;

function base(found: Readonly<Record<string, string | undefined>>): readonly string[] {
  return [
    address('-s', found.source),
    address('-d', found.destination),
    excluded('-i', found.in, ['*', 'any']),
    excluded('-o', found.out, ['*', 'any']),
    excluded('-p', found.prot, ['all', '0']),
    found.opt === '-f' ? '-f' : found.opt === '!f' || found.opt === '!-f' ? '! -f' : '',
  ];
}

function excluded(option: string, value: string | undefined, all: readonly string[]): string {
  if (value === undefined || all.includes(value)) return '';
  return value.startsWith('!') ? `! ${option} ${value.slice(1)}` : `${option} ${value}`;
}

/** Without `-n` addresses are names, and what they stood for nobody knows. */
function address(option: string, value = ''): string {
  if (['anywhere', '0.0.0.0/0', '::/0'].includes(value)) return '';
  const name = value.replace(/^!/, '');
  if (parseSubnet(name) === undefined)
    return open(`--${option === '-s' ? 'source' : 'destination'}-name ${inQuotes(name)}`);
  return excluded(option, value, []);
}

/** What stands behind the columns: matches one after the other, then the options of the target. */
function spellRest(
  target: string,
  text: string,
): { readonly matches: readonly string[]; readonly options: string } {
  const matches: string[] = [];
  const forms = Object.hasOwn(targetForms, target) ? targetForms[target] : undefined;
  for (let rest = text; ; ) {
    for (const [said, spell] of forms ?? []) {
      const found = said.exec(rest);
      if (found) return { matches, options: spell(found.slice(1)) };
    }
    if (rest === '') return { matches, options: '' };
    const found = nextMatch(rest);
    if (!found) return { matches: [...matches, open(`--text ${inQuotes(rest)}`)], options: '' };
    addMatch(matches, found.spelled);
    rest = rest.slice(found.length).trimStart();
  }
}

/** One match of connection tracking prints all of its questions, each as if it stood alone. */
function addMatch(matches: string[], spelled: string): void {
  const last = matches.at(-1);
  const start = '-m conntrack ';
  if (last?.startsWith(start) && spelled.startsWith(start))
    matches[matches.length - 1] = `${last} ${spelled.slice(start.length)}`;
  else matches.push(spelled);
}

function nextMatch(rest: string): { readonly spelled: string; readonly length: number } | undefined {
  for (const [said, spell] of matchForms) {
    const found = said.exec(rest);
    if (found) return { spelled: spell(found.slice(1).map((group) => group ?? '')), length: found[0].length };
  }
  return undefined;
}
