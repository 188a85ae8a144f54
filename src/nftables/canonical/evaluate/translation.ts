import { want } from '../../../text/expected.ts';
import type { Expression } from '../../expression.ts';
import { Refusal } from '../../refusal.ts';
import type { Statement, Translation } from '../../statement.ts';
import { layerOf, type ProtocolContext } from '../context.ts';
import { stretchAsPrefix } from '../sets.ts';
import type { Expressions } from './expressions.ts';
import { checkAddress } from './refused.ts';

/** A translation as the kernel gets it: of a family, and with ports only where a protocol has them. */
export function loadTranslation(
  statement: Translation,
  expressions: Expressions,
  context: ProtocolContext,
): Statement {
  const family = translatedFamily(statement, context);
  const given = statement.address && expressions.lower(statement.address);
  const address = given?.kind === 'range' ? (stretchAsPrefix(given) as Expression) : given;
  const isPortTold = statement.port !== undefined || (address !== undefined && givesPort(address));
  if (isPortTold && context.at.th === null && !asksTransport(statement.address))
    throw new Refusal(
      'ports are translated where no protocol is known that has them',
      want.thing('transport-match-before'),
    );
  const port = statement.port && expressions.lower(statement.port);
  return {
    ...statement,
    ...(family && { family }),
    ...(address && { address }),
    ...(port && { port }),
  };
}

export function loadTproxy(
  statement: Extract<Statement, { kind: 'tproxy' }>,
  { family: own, at }: ProtocolContext,
): Statement {
  if (own !== 'ip' && own !== 'ip6' && own !== 'inet')
    throw new Refusal(`tproxy is not for tables of ${own}`);
  if (at.th === null) throw new Refusal('tproxy has no transport protocol', want.thing('match-before'));
  const { family, ...rest } = statement;
  const isOfOther = family ? at.nh !== null && at.nh !== family : at.nh === 'ip' || at.nh === 'ip6';
  if (own === 'inet' && isOfOther)
    throw new Refusal(
      `tproxy${family ? ` ${family}` : ''} contradicts ${at.nh}`,
      want.written(`tproxy ${at.nh} to …`),
    );
  if (own === 'inet' && statement.address && !family)
    throw new Refusal('the family of tproxy is not known', want.orElse('tproxy ip to …', 'tproxy ip6 to …'));
  return own === 'inet' ? statement : rest;
}

/** In tables of both families an address is of the one that the rule asked for, or that the statement names. */
function translatedFamily(
  { kind, family, address }: Translation,
  context: ProtocolContext,
): 'ip' | 'ip6' | undefined {
  if (!address) return family;
  const { nh } = context.at;
  if (family && nh !== null && nh !== family) throw new Refusal(`${kind} ${family} contradicts ${nh}`);
  if (context.family !== 'inet' || family) return family;
  if (nh === 'ip' || nh === 'ip6') {
    for (const one of addressesIn(address)) checkAddress(one, nh);
    return nh;
  }
  throw new Refusal(`the family of ${kind} is not known`, want.orElse(`${kind} ip to …`, `${kind} ip6 to …`));
}

/** Addresses that are written, of a map those that it gives. */
function addressesIn(address: Expression): readonly Expression[] {
  if (address.kind !== 'map') return [address];
  const elements = address.map.kind === 'set' ? address.map.elements : [];
  return elements.flatMap(({ data }) => (data?.kind === 'concat' ? data.parts.slice(0, 1) : (data ?? [])));
}

function givesPort(address: Expression): boolean {
  if (address.kind !== 'map') return false;
  return address.map.kind === 'set' && address.map.elements.some(({ data }) => data?.kind === 'concat');
}

/** Whether the key of a map asks itself for the transport protocol or for one of its fields. */
function asksTransport(address: Expression | undefined): boolean {
  if (address?.kind !== 'map' || address.key.kind !== 'concat') return false;
  return address.key.parts.some(
    (part) =>
      (part.kind === 'payload' && part.header !== 'th' && layerOf(part.header) === 'th') ||
      (part.kind === 'meta' && part.key === 'l4proto') ||
      (part.kind === 'payload' &&
        (part.field === 'protocol' || part.field === 'nexthdr') &&
        layerOf(part.header) === 'nh'),
  );
}
