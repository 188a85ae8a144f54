import { type Family, formatAddress, formatEndpoint } from '../../address/address.ts';
import { formatSubnet, lastOf, type Subnet } from '../../address/subnet.ts';
import { headerOf, sideField } from './headers.ts';
import type { Destination, KeyField, Part, RuleSpec, Side } from './operations.ts';

type Spell = { readonly [K in Part['is']]: (part: Extract<Part, { is: K }>, family: Family) => string };

const bare = ({ is }: Part): string => is;

const parts: Spell = {
  new: () => 'ct state new',
  dnatted: () => 'ct status dnat',
  address: ({ side, negated, prefix }, family) =>
    `${addressOf(side, family)}${not(negated)} ${spellPrefix(prefix)}`,
  'address-among': ({ side, negated, prefixes }, family) =>
    `${addressOf(side, family)}${not(negated)} ${sentPrefixes(prefixes, side)}`,
  'address-in-set': ({ side, set }, family) => `${addressOf(side, family)} @${set}`,
  'local-address': ({ side }) => `fib ${sideField[side]} type local`,
  interface: ({ by, negated, name }) => `${by === 'name' ? 'iifname' : 'iif'}${not(negated)} ${name}`,
  port: ({ protocol, port }) => `${protocol.toLowerCase()} dport ${port}`,
  protocol: ({ protocol }) => `meta l4proto ${protocol.toLowerCase()}`,
  'in-set': ({ fields, set }, family) => `${fieldsOf(fields, family)} @${set}`,
  lookup: ({ fields, map }, family) => `${fieldsOf(fields, family)} vmap @${map}`,
  marked: ({ negated, mark }) => `mark and ${hex(mark)} ${negated ? '==' : '!='} 0`,
  'set-mark': ({ operator, mark }) => `mark set mark ${operator} ${hex(mark)}`,
  count: ({ counter }) => `counter name "${counter}"`,
  'remember-source': ({ set }, family) => `update @${set} { ${addressOf('source', family)} }`,
  'choose-chain': ({ chains }) =>
    `numgen random mod ${chains.length} vmap ${numbered(chains.map((chain) => `goto ${chain}`))}`,
  translate: ({ to }) => `dnat to ${formatEndpoint(to.address, to.port)}`,
  'choose-destination': ({ among }, family) =>
    `dnat ${headerOf[family]} addr . port to numgen random mod ${among.length} map ${numbered(among.map(spellDestination))}`,
  jump: ({ chain }) => `jump ${chain}`,
  goto: ({ chain }) => `goto ${chain}`,
  return: bare,
  drop: bare,
  reject: bare,
  masquerade: () => 'masquerade fully-random',
  'endpoints-unknown': () => 'ENDPOINTS-UNKNOWN',
};

/** One rule as kube-proxy sends it to nft, without its chain. */
export function spellRule({ parts: own, comment }: RuleSpec, family: Family): string {
  const texts = own.map((part) => (parts[part.is] as (part: Part, family: Family) => string)(part, family));
  if (comment !== undefined) texts.push(`comment "${comment}"`);
  return texts.join(' ');
}

function addressOf(side: Side, family: Family): string {
  return `${headerOf[family]} ${sideField[side]}`;
}

function not(negated: boolean): string {
  return negated ? ' !=' : '';
}

function fieldsOf(fields: readonly KeyField[], family: Family): string {
  const spell: Readonly<Record<KeyField, string>> = {
    source: addressOf('source', family),
    destination: addressOf('destination', family),
    protocol: 'meta l4proto',
    port: 'th dport',
  };
  return fields.map((field) => spell[field]).join(' . ');
}

/** An address alone has no length. */
function spellPrefix(prefix: Subnet): string {
  return lastOf(prefix) === prefix.address ? formatAddress(prefix.address) : formatSubnet(prefix);
}

/** kube-proxy joins ranges of clients with blanks around the commas, those of Services without. */
function sentPrefixes(prefixes: readonly Subnet[], side: Side): string {
  return `{ ${prefixes.map(formatSubnet).join(side === 'source' ? ' , ' : ',')} }`;
}

function numbered(texts: readonly string[]): string {
  return `{ ${texts.map((text, index) => `${index} : ${text}`).join(' , ')} }`;
}

function spellDestination({ address, port }: Destination): string {
  return `${formatAddress(address)} . ${port}`;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(6, '0')}`;
}
