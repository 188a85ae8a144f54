import type { Address } from '../../../address/address.ts';
import { prefixMask } from '../../../address/subnet.ts';
import type { Expression } from '../../../nftables/expression.ts';
import type { Translation } from '../../../nftables/statement.ts';
import { typeOf } from '../../../nftables/types.ts';
import type { IntervalSet } from '../../../sets/intervals.ts';
import type { Instruction, NatRange } from '../../ir.ts';
import { eachValue, unknown } from './choices.ts';
import { valuesOf } from './constants.ts';
import { spelled } from './operands.ts';
import { isForeign, type Scope } from './scope.ts';

/** What is given to a flow: the rule ends with it. Of another family of addresses nothing is done, and the rule goes on. */
export function lowerTranslation(statement: Translation, scope: Scope): readonly Instruction[] {
  const { address, port } = statement;
  if (isForeign(scope, statement.family ?? familyOf(address))) return [];
  if (!address)
    return port
      ? eachValue(port, (ports) => give(statement, {}, ports), scope)
      : give(statement, {}, undefined);
  return eachValue(
    address,
    (target) => {
      const [own, ofTarget] = target.kind === 'concat' ? target.parts : [target, undefined];
      const range = own && addressRange(own);
      if (!own || !range) return unknown(spelled(target));
      if (statement.prefix) return netmap(own, scope);
      const ports = ofTarget ?? port;
      return ports
        ? eachValue(ports, (value) => give(statement, range, value), scope)
        : give(statement, range, undefined);
    },
    scope,
  );
}

/** Of an address that stands there; undefined where it does not tell. */
function familyOf(address: Expression | undefined): 'ip' | 'ip6' | undefined {
  switch (address?.kind) {
    case 'value':
    case 'prefix':
      return address.type === 'ipv6_addr' ? 'ip6' : address.type === 'ipv4_addr' ? 'ip' : undefined;
    case 'range':
      return familyOf(address.from);
    case 'concat':
      return familyOf(address.parts[0]);
    case 'map':
      return address.map.kind === 'set' ? familyOf(address.map.elements[0]?.data) : undefined;
    default:
      return undefined;
  }
}

function addressRange(address: Expression): NatRange | null {
  const values = valuesOf(address);
  return isStretch(values) ? { addresses: { first: values[0], last: values[1] } } : null;
}

function isStretch(values: IntervalSet | null): values is readonly [Address, Address] {
  return values?.length === 2;
}

function give(
  { kind, flags }: Translation,
  addresses: NatRange,
  ports: Expression | undefined,
): readonly Instruction[] {
  const values = ports ? valuesOf(ports) : undefined;
  if (ports && !isStretch(values ?? null)) return unknown(spelled(ports));
  const [first, last] = values ?? [];
  const range: NatRange = {
    ...addresses,
    ...(first !== undefined && { ports: { first: Number(first), last: Number(last) } }),
    ...(flags.includes('random') && { random: true }),
    ...(flags.includes('fully-random') && { randomFully: true }),
    ...(flags.includes('persistent') && { persistent: true }),
  };
  if (kind === 'masquerade' || kind === 'redirect') return [{ do: kind, range }];
  return [{ do: 'nat', side: kind === 'dnat' ? 'destination' : 'source', range }];
}

/** Only the network's part of the address is replaced. */
function netmap(address: Expression, { family }: Scope): readonly Instruction[] {
  if (address.kind !== 'prefix') return unknown(spelled(address));
  const { value, length, type } = address;
  const own = typeOf(type).bits === 32 ? 'ipv4' : 'ipv6';
  if (own !== family) return unknown(spelled(address));
  return [{ do: 'netmap', address: value, mask: prefixMask(family, length) }];
}
