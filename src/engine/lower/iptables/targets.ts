import type { Target, TargetKind } from '../../../iptables/rule/target.ts';
import type { Change, FieldSet, Instruction, IrChain } from '../../ir.ts';
import { lowerCt } from './ct.ts';
import { lowerOtherTarget } from './other-targets.ts';

export type TargetOf<Kind extends TargetKind> = Extract<Target, { readonly kind: Kind }>;

type Lowerings = {
  readonly [Kind in TargetKind]: (
    target: TargetOf<Kind>,
    jump: IrChain | null,
    defaultMss: number,
  ) => readonly Instruction[];
};

const verdicts = { ACCEPT: { do: 'accept' }, DROP: { do: 'drop' }, RETURN: { do: 'return' } } as const;
const allBits = 0xffffffff;

/** What each target does, as the kernel's module of that name. Nothing else says what a target means. */
const lowerings: Lowerings = {
  verdict: ({ verdict }) => [verdicts[verdict]],
  jump: ({ returns }, jump) => [{ do: returns ? 'jump' : 'goto', chain: jump as IrChain }],
  reject: (target) => [{ do: 'reject', with: target.with }],
  dnat: ({ kind: _kind, ...range }) => [{ do: 'nat', side: 'destination', range }],
  snat: ({ kind: _kind, ...range }) => [{ do: 'nat', side: 'source', range }],
  masquerade: ({ kind: _kind, ...range }) => [{ do: 'masquerade', range }],
  redirect: ({ kind: _kind, ...range }) => [{ do: 'redirect', range }],
  netmap: ({ address, mask }) => [{ do: 'netmap', address, mask }],
  mark: ({ value, mask }) => [setBits('mark', mask, value)],
  connmark: lowerConnmark,
  ct: lowerCt,
  log: () => [{ do: 'note', what: 'log' }],
  nflog: () => [{ do: 'note', what: 'nflog' }],
  trace: () => [{ do: 'note', what: 'trace' }],
  tproxy: () => [{ do: 'open', reason: { code: 'listeners-unknown' } }],
  // The size is never made larger; of a SYN that offers none, it is what a host may take for granted, at most.
  tcpmss: ({ size }, _jump, defaultMss) => {
    const change: Change =
      size === null
        ? { kind: 'unknown' }
        : { kind: 'at-most', value: size, otherwise: Math.min(size, defaultMss) };
    return [{ do: 'set', field: { field: 'mss' }, change }];
  },
  other: (target) => lowerOtherTarget(target),
};

export function setBits(field: 'mark' | 'ctMark' | 'tos', clear: number, value: number): FieldSet {
  const change = { kind: 'bits', clear, flip: { kind: 'constant', value } } as const;
  return { do: 'set', field: { field }, change };
}

function lowerConnmark(target: TargetOf<'connmark'>): readonly Instruction[] {
  if (target.action === 'set') return [setBits('ctMark', target.mask, target.value)];
  const { packetMask, connectionMask } = target;
  const [to, from, clear, mask] =
    target.action === 'save'
      ? (['ctMark', 'mark', connectionMask, packetMask] as const)
      : (['mark', 'ctMark', packetMask, connectionMask] as const);
  const flip = { kind: 'field', field: { field: from }, mask: (mask & allBits) >>> 0 } as const;
  // Without a connection nothing is carried either way.
  return [{ do: 'set', field: { field: to }, change: { kind: 'bits', clear, flip } }];
}

/** What a host may take for granted that offers no size (RFC 9293, 3.7.1). */
const defaultSizes = { ipv4: 536, ipv6: 1220 } as const;

/** What a target does. `jump`: the chain that it names. */
export function lowerTarget(
  target: Target | null,
  jump: IrChain | null,
  family: 'ipv4' | 'ipv6',
): readonly Instruction[] {
  if (target === null) return [];
  const lower = lowerings[target.kind] as (
    target: Target,
    jump: IrChain | null,
    defaultMss: number,
  ) => readonly Instruction[];
  return lower(target, jump, defaultSizes[family]);
}
