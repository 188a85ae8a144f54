import { type Family, formatAddress, formatEndpoint } from '../../address/address.ts';
import { formatSubnet, lastOf, type Subnet } from '../../address/subnet.ts';
import { listedPrefixes } from './elements.ts';
import type { Destination, KeyField, Part, RuleSpec, Side } from './operations.ts';

/** `save`: as nft lists it; `restore`: as kube-proxy sends it to nft. */
export type NftSpelling = 'save' | 'restore';

type Spell = { readonly [K in Part['is']]: (part: Extract<Part, { is: K }>, at: At) => string };

/** Where a part is spelled. */
interface At {
  readonly family: Family;
  readonly spelling: NftSpelling;
}

const headers: Readonly<Record<Family, 'ip' | 'ip6'>> = { ipv4: 'ip', ipv6: 'ip6' };
const sides: Readonly<Record<Side, string>> = { source: 'saddr', destination: 'daddr' };

const bare = ({ is }: Part): string => is;

const parts: Spell = {
  new: () => 'ct state new',
  dnatted: () => 'ct status dnat',
  address: ({ side, negated, prefix }, at) => `${addressOf(side, at)}${not(negated)} ${spellPrefix(prefix)}`,
  'address-among': ({ side, negated, prefixes }, at) =>
    `${addressOf(side, at)}${not(negated)} ${at.spelling === 'save' ? listedPrefixes(prefixes) : sentPrefixes(prefixes, side)}`,
  'address-in-set': ({ side, set }, at) => `${addressOf(side, at)} @${set}`,
  'local-address': ({ side }) => `fib ${sides[side]} type local`,
  interface: ({ by, negated, name }, { spelling }) =>
    `${by === 'name' ? 'iifname' : 'iif'}${not(negated)} ${spelling === 'save' ? `"${name}"` : name}`,
  port: ({ protocol, port }) => `${protocol.toLowerCase()} dport ${port}`,
  protocol: ({ protocol }) => `meta l4proto ${protocol.toLowerCase()}`,
  'in-set': ({ fields, set }, at) => `${fieldsOf(fields, at)} @${set}`,
  lookup: ({ fields, map }, at) => `${fieldsOf(fields, at)} vmap @${map}`,
  marked: ({ negated, mark }, { spelling }) =>
    spelling === 'save'
      ? `meta mark & ${hex(mark, 8)} ${negated ? '==' : '!='} ${hex(0, 8)}`
      : `mark and ${hex(mark, 6)} ${negated ? '==' : '!='} 0`,
  'set-mark': ({ operator, mark }, { spelling }) =>
    spelling === 'save'
      ? `meta mark set meta mark ${operator === 'or' ? '|' : '^'} ${hex(mark, 8)}`
      : `mark set mark ${operator} ${hex(mark, 6)}`,
  count: ({ counter }) => `counter name "${counter}"`,
  'remember-source': ({ set }, at) => `update @${set} { ${addressOf('source', at)} }`,
  'choose-chain': ({ chains }, at) =>
    `numgen random mod ${chains.length} vmap ${numbered(
      chains.map((chain) => `goto ${chain}`),
      at,
    )}`,
  translate: ({ to }) => `dnat to ${formatEndpoint(to.address, to.port)}`,
  'choose-destination': ({ among }, at) =>
    `dnat ${headers[at.family]} ${at.spelling === 'save' ? '' : 'addr . port '}to numgen random mod ${among.length} map ${numbered(among.map(spellDestination), at)}`,
  jump: ({ chain }) => `jump ${chain}`,
  goto: ({ chain }) => `goto ${chain}`,
  return: bare,
  drop: bare,
  reject: bare,
  masquerade: () => 'masquerade fully-random',
  'endpoints-unknown': () => 'ENDPOINTS-UNKNOWN',
};

/** One rule, without its chain. */
export function spellRule({ parts: own, comment }: RuleSpec, at: At): string {
  const texts = own.map((part) => (parts[part.is] as (part: Part, at: At) => string)(part, at));
  if (comment !== undefined) texts.push(`comment "${comment}"`);
  return texts.join(' ');
}

function addressOf(side: Side, { family }: At): string {
  return `${headers[family]} ${sides[side]}`;
}

function not(negated: boolean): string {
  return negated ? ' !=' : '';
}

function fieldsOf(fields: readonly KeyField[], at: At): string {
  const spell: Readonly<Record<KeyField, string>> = {
    source: addressOf('source', at),
    destination: addressOf('destination', at),
    protocol: 'meta l4proto',
    port: 'th dport',
  };
  return fields.map((field) => spell[field]).join(' . ');
}

/** An address alone has no length. */
export function spellPrefix(prefix: Subnet): string {
  return lastOf(prefix) === prefix.address ? formatAddress(prefix.address) : formatSubnet(prefix);
}

/** kube-proxy joins ranges of clients with blanks around the commas, those of Services without. */
function sentPrefixes(prefixes: readonly Subnet[], side: Side): string {
  return `{ ${prefixes.map(formatSubnet).join(side === 'source' ? ' , ' : ',')} }`;
}

function numbered(texts: readonly string[], { spelling }: At): string {
  const elements = texts.map((text, index) => `${index} : ${text}`);
  return `{ ${elements.join(spelling === 'save' ? ', ' : ' , ')} }`;
}

function spellDestination({ address, port }: Destination): string {
  return `${formatAddress(address)} . ${port}`;
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

export function familyWord(family: Family): 'ip' | 'ip6' {
  return headers[family];
}
