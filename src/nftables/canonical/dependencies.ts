import type { Expression, Field, Payload } from '../expression.ts';
import type { NftFamily } from '../model.ts';
import type { Match, Statement } from '../statement.ts';
import { fieldsIn } from './fields-in.ts';

/** Numbers of the protocols whose headers nft knows by name. */
const transports: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  comp: 108,
  sctp: 132,
  udplite: 136,
};
const names = new Map(Object.entries(transports).map(([name, number]) => [number, name]));
const networks: Readonly<Record<string, number>> = { ip: 2, icmp: 2, igmp: 2, ip6: 10, icmpv6: 10 };

interface Dependency {
  readonly at: number;
  readonly value: number;
}

/**
 * A rule without the matches that nft adds by itself: who asks for a port of TCP has asked for TCP. They go as long as only
 * matches stand between.
 */
export function withoutDependencies(
  statements: readonly Statement[],
  family: NftFamily,
): readonly Statement[] {
  const gone = new Set<number>();
  let transport: Dependency | null = null;
  let network: Dependency | null = null;
  const result = statements.map((statement, at) => {
    if (statement.kind !== 'match') {
      if (statement.kind !== 'vmap') [transport, network] = [null, null];
      return statement;
    }
    const named = transport === null ? statement : nameTransport(statement, names.get(transport.value));
    for (const header of headersIn(named)) {
      if (transport && transports[header] === transport.value) {
        gone.add(transport.at);
        transport = null;
      }
      if (network && networks[header] === network.value) {
        gone.add(network.at);
        network = null;
      }
    }
    const value = soleValue(statement);
    if (value !== null && isTransportQuestion(statement.left, family)) transport = { at, value };
    if (value !== null && isMeta(statement.left, 'nfproto')) network = { at, value };
    return named;
  });
  return result.filter((_, at) => !gone.has(at));
}

function soleValue({ operator, right }: Match): number | null {
  return operator === '==' && right.kind === 'value' ? Number(right.value) : null;
}

function isMeta(field: Expression, key: string): boolean {
  return field.kind === 'meta' && field.key === key;
}

/** In tables of one family the header's own field says as much. */
function isTransportQuestion(field: Expression, family: NftFamily): boolean {
  if (isMeta(field, 'l4proto')) return true;
  if (field.kind !== 'payload') return false;
  return (
    (family === 'ip' && field.header === 'ip' && field.field === 'protocol') ||
    (family === 'ip6' && field.header === 'ip6' && field.field === 'nexthdr')
  );
}

function headersIn(statement: Match): readonly string[] {
  return fieldsIn(statement.left).flatMap((field) => (field.kind === 'payload' ? [field.header] : []));
}

/** `th dport` after a question for TCP is `tcp dport`. */
function nameTransport(statement: Match, name: string | undefined): Match {
  const { left } = statement;
  if (name === undefined || !isTh(left) || !['tcp', 'udp', 'sctp', 'dccp', 'udplite'].includes(name))
    return statement;
  return { ...statement, left: { ...left, header: name } };
}

function isTh(field: Expression | Field): field is Payload {
  return field.kind === 'payload' && field.header === 'th';
}
