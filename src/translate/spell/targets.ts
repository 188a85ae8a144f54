import { type Address, type Family, formatAddress } from '../../address/address.ts';
import { optionsOf } from '../../engine/lower/iptables/words.ts';
import type { Target, TargetKind } from '../../iptables/rule/target.ts';
import { spellOtherTarget } from './other-targets.ts';
import { type Done, hex, noForm, quoted, type SpellContext, spellRange, type Unwritten } from './spelled.ts';
import { only } from './words.ts';

type Of<Kind extends TargetKind> = Extract<Target, { readonly kind: Kind }>;
type Spellings = {
  readonly [Kind in TargetKind]: (target: Of<Kind>, context: SpellContext) => Done | Unwritten;
};

/** How nft does what each target does. Whether it is the same is not said here: that is proved. */
const spellings: Spellings = {
  verdict: ({ verdict }) => done(verdict.toLowerCase()),
  jump: ({ chain, returns }, { chains }) =>
    done(`${returns ? 'jump' : 'goto'} ${chains.get(chain) ?? chain}`),
  reject: ({ with: answer }) => (rejections[answer] ? done(`reject with ${rejections[answer]}`) : noForm),
  dnat: ({ basePort, ...target }, context) =>
    basePort === undefined ? done(spellNat('dnat', target, context)) : noForm,
  snat: (target, context) => done(spellNat('snat', target, context)),
  masquerade: (target, context) => done(spellNat('masquerade', target, context)),
  redirect: (target, context) => done(spellNat('redirect', target, context)),
  netmap: () => noForm,
  mark: ({ value, mask }) => done(spellMark('meta mark', value, mask)),
  connmark: spellConnmark,
  ct: ({ notrack, further }) => {
    const options = optionsOf(further);
    const zone = options.get('zone')?.values[0];
    if (!only(options, 'zone') || (zone !== undefined && !/^\d+$/.test(zone))) return noForm;
    return done(...(notrack ? ['notrack'] : []), ...(zone === undefined ? [] : [`ct zone set ${zone}`]));
  },
  log: ({ words }) => spellLog(words),
  nflog: ({ words }) => spellNflog(words),
  trace: () => done('meta nftrace set 1'),
  // xt_TPROXY drops what has no socket, and ends the table; nft's ends the rule.
  tproxy: () => noForm,
  // xt_TCPMSS puts the option in where there is none.
  tcpmss: ({ size }) => ({
    clauses: [`tcp option maxseg size set ${size ?? 'rt mtu'}`],
    but: 'not-proved',
  }),
  other: spellOtherTarget,
};

/** How nft does what a target does. */
export function spellTarget(target: Target | null, context: SpellContext): Done | Unwritten {
  if (target === null) return done();
  const spell = spellings[target.kind] as (target: Target, context: SpellContext) => Done | Unwritten;
  return spell(target, context);
}

function done(...clauses: readonly string[]): Done {
  return { clauses };
}

const rejections: Readonly<Record<string, string>> = {
  'icmp-net-unreachable': 'icmp net-unreachable',
  'icmp-host-unreachable': 'icmp host-unreachable',
  'icmp-proto-unreachable': 'icmp prot-unreachable',
  'icmp-port-unreachable': 'icmp port-unreachable',
  'icmp-net-prohibited': 'icmp net-prohibited',
  'icmp-host-prohibited': 'icmp host-prohibited',
  'icmp-admin-prohibited': 'icmp admin-prohibited',
  'icmp6-no-route': 'icmpv6 no-route',
  'icmp6-adm-prohibited': 'icmpv6 admin-prohibited',
  'icmp6-addr-unreachable': 'icmpv6 addr-unreachable',
  'icmp6-port-unreachable': 'icmpv6 port-unreachable',
  'icmp6-policy-fail': 'icmpv6 policy-fail',
  'icmp6-reject-route': 'icmpv6 reject-route',
  'tcp-reset': 'tcp reset',
};

interface Translated {
  readonly addresses?: { readonly first: Address; readonly last: Address };
  readonly ports?: { readonly first: number; readonly last: number };
  readonly random?: boolean;
  readonly randomFully?: boolean;
  readonly persistent?: boolean;
}

function spellNat(name: string, target: Translated, { family }: SpellContext): string {
  const { addresses, ports } = target;
  const spell = (address: Address) => inBrackets(address, family, ports !== undefined);
  const to = [
    addresses ? spellRange(addresses.first, addresses.last, spell) : '',
    ports ? `:${spellRange(ports.first, ports.last)}` : '',
  ].join('');
  const flags = [
    ...(target.random && !target.randomFully ? ['random'] : []),
    ...(target.randomFully ? ['fully-random'] : []),
    ...(target.persistent ? ['persistent'] : []),
  ];
  return [name, ...(to === '' ? [] : [`to ${to}`]), ...(flags.length > 0 ? [flags.join(',')] : [])].join(' ');
}

function inBrackets(address: Address, family: Family, withPort: boolean): string {
  const text = formatAddress(address);
  return family === 'ipv6' && withPort ? `[${text}]` : text;
}

/** `(mark & ~mask) ^ value`, in the shortest form that nft has for it. */
function spellMark(field: string, value: number, mask: number): string {
  const [own, kept] = [value >>> 0, ~mask >>> 0];
  if (kept === 0) return `${field} set ${hex(own)}`;
  const and = kept === 0xffffffff ? field : `${field} & ${hex(kept)}`;
  const isOr = (own & kept) >>> 0 === 0 && own === mask >>> 0;
  if (isOr && own !== 0) return `${field} set ${field} | ${hex(own)}`;
  return own === 0 ? `${field} set ${and}` : `${field} set ${and} ^ ${hex(own)}`;
}

/** nft 1.0.6 carries marks over whole. */
function spellConnmark(target: Of<'connmark'>): Done | Unwritten {
  if (target.action === 'set') return done(spellMark('ct mark', target.value, target.mask));
  const { packetMask, connectionMask } = target;
  const [to, from, clear, mask] =
    target.action === 'save'
      ? (['ct mark', 'meta mark', connectionMask, packetMask] as const)
      : (['meta mark', 'ct mark', packetMask, connectionMask] as const);
  if (clear >>> 0 !== 0xffffffff) return noForm;
  return done(`${to} set ${from}${mask >>> 0 === 0xffffffff ? '' : ` & ${hex(mask)}`}`);
}

const levels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'] as const;

function spellLog(words: readonly string[]): Done | Unwritten {
  const options = optionsOf(words);
  const prefix = options.get('log-prefix')?.values[0];
  const text = prefix === undefined ? undefined : quoted(prefix);
  const level = options.get('log-level')?.values[0];
  if (prefix !== undefined && text === undefined) return noForm;
  const has = (name: string) => options.has(`log-${name}`);
  const sequence = [...(has('tcp-sequence') ? ['sequence'] : []), ...(has('tcp-options') ? ['options'] : [])];
  return done(
    [
      'log',
      ...(text === undefined ? [] : [`prefix ${text}`]),
      ...(level === undefined ? [] : [`level ${levels[Number(level)]}`]),
      ...(sequence.length > 0 ? [`flags tcp ${sequence.join(',')}`] : []),
      ...(has('ip-options') ? ['flags ip options'] : []),
      ...(has('uid') ? ['flags skuid'] : []),
      ...(has('macdecode') ? ['flags ether'] : []),
    ].join(' '),
  );
}

function spellNflog(words: readonly string[]): Done | Unwritten {
  const options = optionsOf(words);
  const value = (name: string) => options.get(`nflog-${name}`)?.values[0];
  const prefix = value('prefix');
  const text = prefix === undefined ? undefined : quoted(prefix);
  if (prefix !== undefined && text === undefined) return noForm;
  const [size, threshold] = [value('size'), value('threshold')];
  return done(
    [
      'log',
      ...(text === undefined ? [] : [`prefix ${text}`]),
      `group ${value('group') ?? '0'}`,
      ...(size === undefined ? [] : [`snaplen ${size}`]),
      ...(threshold === undefined ? [] : [`queue-threshold ${threshold}`]),
    ].join(' '),
  );
}
