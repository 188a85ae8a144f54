import type { Address, Family } from '../../address/address.ts';
import { addressBits, parseAddress, parseIPv4 } from '../../address/address.ts';
import { prefixMask, type Subnet, subnetOf } from '../../address/subnet.ts';
import { byteLength } from '../../text/bytes.ts';
import { want } from '../../text/expected.ts';
import { readDotted, readHost } from './codecs/addresses.ts';
import { foreignProtocol } from './foreign-protocols.ts';
import type { Match } from './match.ts';
import { readInteger } from './numbers.ts';
import { protocolName, readProtocol } from './protocols.ts';
import { type Backend, Refusal, refuseValue } from './syntax.ts';

/** What an option that every rule may have does to the rule. */
export type BaseOption = BaseMatchOption | CommandOption | ReferenceOption | NeutralOption;

interface Names {
  /** Without the dash; undefined where there is only a long name. */
  readonly short?: string;
  readonly long: readonly string[];
  /** Words that must follow; a command may have more, which its letter says. */
  readonly arity: 0 | 1;
}

/** `-s`, `-d`, `-i`, `-o`, `-p`, `-f`: gives one match, or several of which any may hold, or none. */
export interface BaseMatchOption extends Names {
  readonly role: 'match';
  readonly family?: Family;
  read(word: string, negated: boolean, context: BaseContext): readonly (Match | null)[];
}

/** `-A` and the like: what to do with the rule, or with a chain. */
export interface CommandOption extends Names {
  readonly role: 'command';
  readonly command: CommandLetter;
}

/** `-m`, `-j`, `-g`: names an extension or a chain. */
export interface ReferenceOption extends Names {
  readonly role: 'extension' | 'jump' | 'goto';
}

/** Options that change no rule, or that are not for restoring. */
export interface NeutralOption extends Names {
  readonly role: 'ignored' | 'refused' | 'counters' | 'family';
  readonly family?: Family;
}

export interface BaseContext {
  readonly family: Family;
  readonly backend: Backend;
  /** The text was loaded by a node that may know other names. */
  readonly open?: boolean;
}

export type CommandLetter = 'A' | 'C' | 'D' | 'R' | 'I' | 'F' | 'Z' | 'N' | 'X' | 'E' | 'P';

const command = (short: CommandLetter, long: string, arity: 0 | 1 = 1): CommandOption => ({
  role: 'command',
  command: short,
  short,
  long: [long],
  arity,
});

const sideOption = (
  kind: 'source' | 'destination',
  short: string,
  long: readonly string[],
): BaseMatchOption => ({
  role: 'match',
  short,
  long,
  arity: 1,
  read(word, negated, context) {
    if (!word.includes(','))
      return [addressMatch(kind, readSubnet(word, context.family), negated, context.backend)];
    const subnets = word.split(',').map((one) => readSubnet(one, context.family));
    return subnets.map((subnet) => addressMatch(kind, subnet, negated, context.backend));
  },
});

function addressMatch(kind: 'source' | 'destination', subnet: Subnet, negated: boolean, backend: Backend) {
  const every = Number(subnet.mask) === 0;
  if (every && negated && backend === 'nft') {
    throw new Refusal('option-value', { code: 'excludes-all' });
  }
  return every && !negated ? null : { kind, negated, subnet };
}

const interfaceOption = (
  kind: 'in-interface' | 'out-interface',
  short: string,
  long: string,
): BaseMatchOption => ({
  role: 'match',
  short,
  long: [long],
  arity: 1,
  read(name, negated, { backend }) {
    if (name === '') refuseValue(name, want.thing('interface-name'));
    if (byteLength(name) > 15) refuseValue(name, want.thing('short-interface-name'));
    return [name === '+' && (!negated || backend === 'legacy') ? null : { kind, negated, name }];
  },
});

/** Every option that a line may have without `-m` or `-j`, with its names. */
export const baseOptions: readonly BaseOption[] = [
  command('A', 'append'),
  command('C', 'check'),
  command('D', 'delete'),
  command('R', 'replace'),
  command('I', 'insert'),
  command('F', 'flush', 0),
  command('Z', 'zero', 0),
  command('N', 'new-chain'),
  command('X', 'delete-chain', 0),
  command('E', 'rename-chain'),
  command('P', 'policy'),
  sideOption('source', 's', ['source', 'src']),
  sideOption('destination', 'd', ['destination', 'dst']),
  interfaceOption('in-interface', 'i', 'in-interface'),
  interfaceOption('out-interface', 'o', 'out-interface'),
  {
    role: 'match',
    short: 'p',
    long: ['protocol'],
    arity: 1,
    read(word, negated, { open }) {
      const name = word.toLowerCase();
      const foreign = foreignProtocol(name);
      if (!open && foreign !== undefined) refuseForeign(word, foreign);
      const protocol = foreign ?? readProtocol(name);
      if (protocol === 0 && negated) refuseValue(word, want.thing('some-protocol'));
      return [protocol === 0 ? null : { kind: 'protocol', negated, protocol }];
    },
  },
  {
    role: 'match',
    short: 'f',
    long: ['fragments'],
    arity: 0,
    family: 'ipv4',
    read: (_word, negated) => [{ kind: 'fragment', negated }],
  },
  { role: 'extension', short: 'm', long: ['match'], arity: 1 },
  { role: 'jump', short: 'j', long: ['jump'], arity: 1 },
  { role: 'goto', short: 'g', long: ['goto'], arity: 1 },
  { role: 'counters', short: 'c', long: ['set-counters'], arity: 1 },
  { role: 'family', short: '4', long: ['ipv4'], arity: 0, family: 'ipv4' },
  { role: 'family', short: '6', long: ['ipv6'], arity: 0, family: 'ipv6' },
  { role: 'ignored', short: 'v', long: ['verbose'], arity: 0 },
  { role: 'refused', short: 'n', long: ['numeric'], arity: 0 },
  { role: 'refused', short: 'x', long: ['exact'], arity: 0 },
  { role: 'refused', long: ['line-numbers'], arity: 0 },
  { role: 'ignored', short: 'M', long: ['modprobe'], arity: 1 },
  { role: 'refused', short: 't', long: ['table'], arity: 1 },
  { role: 'refused', short: 'w', long: ['wait'], arity: 0 },
  { role: 'refused', short: 'W', long: ['wait-interval'], arity: 0 },
  { role: 'refused', short: 'L', long: ['list'], arity: 0 },
  { role: 'refused', short: 'S', long: ['list-rules'], arity: 0 },
  { role: 'refused', short: 'h', long: ['help'], arity: 0 },
  { role: 'refused', short: 'V', long: ['version'], arity: 0 },
];

/**
 * The address of `-s` and `-d`. IPv4 may be cut short (`10.1` is 10.1.0.0) and have octal and hexadecimal octets, as
 * iptables reads them.
 */
/** iptables-restore asks the /etc/protocols of the machine that it runs on. */
function refuseForeign(word: string, number: number): never {
  const debian = protocolName(number);
  const expected =
    debian === String(number) ? want.written(`-p ${number}`) : want.orElse(`-p ${number}`, `-p ${debian}`);
  throw new Refusal('option-value', { code: 'foreign-protocol', word, number }, expected);
}

function readSubnet(text: string, family: Family): Subnet {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const read =
    family === 'ipv4'
      ? (parseIPv4(address) ?? readDotted(address, 1) ?? readHost(address))
      : parseAddress(address);
  const expected = want.thing('address-or-subnet', family === 'ipv4' ? 'IPv4' : 'IPv6');
  if (read === undefined || (typeof read === 'number') !== (family === 'ipv4'))
    return refuseValue(text, expected);
  const mask =
    slash === -1 ? prefixMask(family, addressBits[family]) : readMask(text.slice(slash + 1), family);
  return mask === undefined ? refuseValue(text, expected) : subnetOf(read, mask);
}

function readMask(text: string, family: Family): Address | undefined {
  const length = readInteger(text);
  if (length !== undefined && length <= addressBits[family]) return prefixMask(family, length);
  if (family === 'ipv4') return readDotted(text, 4);
  const mask = parseAddress(text);
  return typeof mask === 'bigint' ? mask : undefined;
}
