import { type Expected, want } from '../../text/expected.ts';
import type { Expression } from '../expression.ts';
import { type BaseChain, type ChainType, type NftFamily, type NftHook, nftHooks } from '../model.ts';
import type { Statement } from '../statement.ts';

/** A hook; what comes in by a device is met in `netdev` and in `inet` at different ones. */
type Place = NftHook | 'ingress of inet';

/** Where a statement works. */
export interface Places {
  readonly what: string;
  readonly type?: ChainType;
  readonly hooks: readonly Place[];
  /** Absent: in all. */
  readonly families?: readonly NftFamily[];
}

const statements: { readonly [K in Statement['kind']]?: Places } = {
  masquerade: { what: 'masquerade', type: 'nat', hooks: ['postrouting'] },
  snat: { what: 'snat', type: 'nat', hooks: ['postrouting', 'input'] },
  dnat: { what: 'dnat', type: 'nat', hooks: ['prerouting', 'output'] },
  redirect: { what: 'redirect', type: 'nat', hooks: ['prerouting', 'output'] },
  reject: {
    what: 'reject',
    hooks: ['prerouting', 'input', 'forward', 'output', 'ingress', 'ingress of inet'],
  },
  tproxy: { what: 'tproxy', hooks: ['prerouting'] },
  synproxy: { what: 'synproxy', hooks: ['input', 'forward'] },
  flow: { what: 'flow', hooks: ['forward'] },
};

/** One for each thing that it needs; none where it works everywhere, or where that is not known. */
export function placesOf(statement: Statement): readonly Places[] {
  const own = statements[statement.kind];
  if (own) return [own];
  if (statement.kind === 'object' && statement.object === 'synproxy')
    return [{ what: 'synproxy', hooks: ['input', 'forward'] }];
  if (statement.kind === 'match') return placesOfField(statement.left);
  if (statement.kind === 'set' && statement.target.kind === 'meta' && statement.target.key === 'pkttype')
    return [{ what: 'setting pkttype', hooks: ['prerouting', 'ingress'] }];
  if (statement.kind === 'set') return placesOfField(statement.value);
  return statement.kind === 'vmap' ? placesOfField(statement.key) : [];
}

/** What keeps a statement from working on the way from a base chain. */
export function lacking(
  { what, type: wanted, families, hooks }: Places,
  { type, hook }: BaseChain,
  family: NftFamily,
): { readonly message: string; readonly expected?: Expected } | null {
  if (wanted && wanted !== type)
    return { message: `${what} is for chains of type ${wanted}, and a chain of type ${type} leads here` };
  if (families && !families.includes(family))
    return { message: `${what} is not for tables of ${family}`, expected: want.written(families.join(', ')) };
  const place = hook === 'ingress' && family === 'inet' ? 'ingress of inet' : hook;
  return hooks.includes(place)
    ? null
    : { message: `${what} has no meaning in ${place}`, expected: want.written(hooks.join(', ')) };
}

const routed: readonly NftFamily[] = ['ip', 'ip6', 'inet'];
const everywhere: readonly Place[] = [...nftHooks, 'ingress of inet'];
const early: readonly NftHook[] = ['prerouting', 'input', 'forward'];
const late: readonly NftHook[] = ['forward', 'output', 'postrouting'];

function placesOfField(field: Expression): readonly Places[] {
  switch (field.kind) {
    case 'binary':
      return placesOfField(field.left);
    case 'map':
      return placesOfField(field.key);
    case 'concat':
      return field.parts.flatMap(placesOfField);
    default: {
      const own = placesOfPart(field);
      return own ? [own] : [];
    }
  }
}

/** Of a packet's way through the routing of another domain only these hooks know. */
const otherDomain: readonly Place[] = ['input', 'forward'];

const metaPlaces: { readonly [key: string]: Places } = {
  ipsec: { what: 'meta ipsec', hooks: [...early, 'ingress'], families: [...routed, 'netdev'] },
  sdif: { what: 'meta sdif', hooks: otherDomain, families: routed },
  sdifname: { what: 'meta sdifname', hooks: otherDomain, families: routed },
};

function placesOfPart(field: Expression): Places | null {
  switch (field.kind) {
    case 'fib':
      if (field.result !== 'type') return { what: `fib … ${field.result}`, hooks: [...early, 'ingress'] };
      if (field.of.includes('iif')) return { what: 'fib … iif type', hooks: [...early, 'ingress'] };
      if (field.of.includes('oif')) return { what: 'fib … oif type', hooks: [...late, 'egress'] };
      return { what: 'fib … type', hooks: nftHooks };
    case 'rt':
      return {
        what: `rt ${field.key}`,
        // Only the segment size that fits is asked of a route that leaves (nft_rt_validate).
        hooks: field.key === 'mtu' ? late : everywhere,
        families: routed,
      };
    case 'meta':
      return metaPlaces[field.key] ?? null;
    case 'socket':
      return { what: 'socket', hooks: ['prerouting', 'input', 'output'] };
    case 'osf':
      return { what: 'osf', hooks: early, families: ['ip', 'inet'] };
    case 'ipsec':
      return { what: `ipsec ${field.direction}`, hooks: field.direction === 'in' ? early : late };
    default:
      return null;
  }
}
