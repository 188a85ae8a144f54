import type { Address } from '../address/address.ts';
import { findInterface, isDoubt } from '../host/route.ts';
import { masqueradeSource } from '../host/source.ts';
import { notShown, type Target, type TargetKind } from '../iptables/rule/target.ts';
import type { Branch } from './branch.ts';
import type { Surroundings } from './match.ts';
import type { NatRange, Side } from './nat.ts';
import type { ProgramRule } from './program.ts';

/** What a target does to the walk. Marks and the like are changed on the branch itself. */
export type Effect =
  | { readonly kind: 'continue' }
  | { readonly kind: 'return' }
  | { readonly kind: 'jump'; readonly returns: boolean }
  | { readonly kind: 'nat'; readonly side: Side; readonly range: NatRange }
  | Verdict;

/** The end of the walk through this table at this hook. */
export type Verdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'reject'; readonly with: string }
  | { readonly kind: 'unknown'; readonly because: string };

type TargetOf<Kind extends TargetKind> = Extract<Target, { readonly kind: Kind }>;

type Semantics = {
  readonly [Kind in TargetKind]: (
    target: TargetOf<Kind>,
    branch: Branch,
    surroundings: Surroundings,
  ) => Effect;
};

const goOn: Effect = { kind: 'continue' };
const drop: Effect = { kind: 'drop' };
const verdicts = { ACCEPT: { kind: 'accept' }, DROP: drop, RETURN: { kind: 'return' } } as const;

/** What each target does to a packet, as the kernel's module of that name. */
const semantics: Semantics = {
  verdict: ({ verdict }) => verdicts[verdict],
  jump: ({ returns }) => ({ kind: 'jump', returns }),
  reject: (target) => ({ kind: 'reject', with: target.with }),
  dnat: (target) => ({ kind: 'nat', side: 'destination', range: target }),
  snat: (target) => ({ kind: 'nat', side: 'source', range: target }),
  masquerade,
  redirect,
  netmap,
  mark(target, branch) {
    branch.mark = ((branch.mark & ~target.mask) ^ target.value) >>> 0;
    return goOn;
  },
  connmark,
  ct(target, branch) {
    if (target.notrack && typeof branch.tracking !== 'object') branch.tracking = 'untracked';
    return goOn;
  },
  log: () => goOn,
  nflog: () => goOn,
  trace: () => goOn,
  tproxy: () => ({ kind: 'unknown', because: 'which sockets listen on the node is not known (TPROXY)' }),
  tcpmss: () => goOn,
  other: ({ name, understood }) =>
    harmless.has(name) ? goOn : { kind: 'unknown', because: whyOpen(name, understood) },
};

export function carryOut(rule: ProgramRule, branch: Branch, surroundings: Surroundings): Effect {
  const { target } = rule.rule;
  if (target === null) return goOn;
  const effect = semantics[target.kind] as (t: Target, b: Branch, s: Surroundings) => Effect;
  return effect(target, branch, surroundings);
}

function whyOpen(name: string, understood: boolean): string {
  if (name === notShown) return 'the rules that follow are not shown';
  if (understood) return `the target ${name} is not carried out`;
  return `${name} is neither a chain that is shown nor a target that is known`;
}

/** Targets that change nothing by which a packet finds its way, and let it go on. */
const harmless: ReadonlySet<string> = new Set([
  'AUDIT',
  'CHECKSUM',
  'CLASSIFY',
  'DSCP',
  'ECN',
  'IDLETIMER',
  'LED',
  'RATEEST',
  'SECMARK',
  'CONNSECMARK',
  'SET',
  'TEE',
  'TOS',
  'ULOG',
]);

/** Whether a rule that may or may not match makes no difference. */
export function isHarmless(target: Target | null): boolean {
  if (target === null) return true;
  if (target.kind === 'other') return harmless.has(target.name);
  return ['log', 'nflog', 'trace', 'tcpmss'].includes(target.kind);
}

function masquerade(target: TargetOf<'masquerade'>, branch: Branch, { host }: Surroundings): Effect {
  // What IPv4 has no source for yet is not to be masqueraded (nf_nat_masquerade_ipv4); IPv6 makes no such difference.
  if (branch.source === 0) return { kind: 'accept' };
  const source = masqueradeSource(host, branch.out, branch.gateway ?? branch.destination, branch.destination);
  if (source === null) return drop;
  if (isDoubt(source)) return { kind: 'unknown', because: source.because };
  return { kind: 'nat', side: 'source', range: { ...target, addresses: { first: source, last: source } } };
}

/** To the first address of the interface that it came in by; what the node sends, to itself by loopback. */
function redirect(target: TargetOf<'redirect'>, branch: Branch, { host }: Surroundings): Effect {
  const address = branch.hook === 'OUTPUT' ? loopbackOf(branch) : redirectAddress(branch, host);
  if (address === undefined) {
    if (host.addressesKnown) return drop;
    return {
      kind: 'unknown',
      because: `the addresses of ${branch.in} are not known; give --host with addresses`,
    };
  }
  return {
    kind: 'nat',
    side: 'destination',
    range: { ...target, addresses: { first: address, last: address } },
  };
}

function loopbackOf({ destination }: Branch): Address {
  return typeof destination === 'number' ? 0x7f000001 : 1n;
}

/** IPv6 keeps the addresses of an interface with the last one first. */
function redirectAddress(branch: Branch, host: Surroundings['host']): Address | undefined {
  const addresses = findInterface(host, branch.in)?.addresses ?? [];
  return host.family === 'ipv4' ? addresses[0]?.address : addresses.at(-1)?.address;
}

function netmap({ address, mask }: TargetOf<'netmap'>, branch: Branch): Effect {
  const side: Side = branch.hook === 'PREROUTING' || branch.hook === 'OUTPUT' ? 'destination' : 'source';
  const mapped = merge(side === 'source' ? branch.source : branch.destination, address, mask);
  return { kind: 'nat', side, range: { addresses: { first: mapped, last: mapped } } };
}

function merge(old: Address, network: Address, mask: Address): Address {
  if (typeof old === 'number') return ((old & ~(mask as number)) | (network as number)) >>> 0;
  return (old & ~(mask as bigint)) | (network as bigint);
}

function connmark(target: TargetOf<'connmark'>, branch: Branch): Effect {
  const { tracking } = branch;
  if (typeof tracking !== 'object') return goOn;
  if (target.action === 'restore') {
    const restored = tracking.mark & target.connectionMask;
    branch.mark = ((branch.mark & ~target.packetMask) ^ restored) >>> 0;
    return goOn;
  }
  const [value, mask] =
    target.action === 'set'
      ? [target.value, target.mask]
      : [branch.mark & target.packetMask, target.connectionMask];
  branch.tracking = { ...tracking, mark: ((tracking.mark & ~mask) ^ value) >>> 0 };
  return goOn;
}
