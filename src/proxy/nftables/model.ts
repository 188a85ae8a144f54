import { type Address, addressBits, type Family, familyOf } from '../../address/address.ts';
import { lastOf, type Subnet } from '../../address/subnet.ts';
import { numberOfProtocol, type Protocol } from '../../kube/cluster/model.ts';
import { spellMask } from '../../nftables/canonical/listed/mask.ts';
import { canonicalElements, canonicalSet } from '../../nftables/canonical/sets.ts';
import type { Constant, Expression, Payload, SetElement, Value } from '../../nftables/expression.ts';
import type { NftChain, NftRule, NftSet, NftTable } from '../../nftables/model.ts';
import type { Match, Statement } from '../../nftables/statement.ts';
import type { TypeName } from '../../nftables/types.ts';
import { headerOf, keyTypeOf, sideField } from './headers.ts';
import type { KeyField, KeyValue, Part, RuleSpec, Side, Verdict } from './operations.ts';
import type { KubeProxyTable, TableChain, TableSet } from './table.ts';

/** kube-proxy's table in the language of nft, as nft lists it. */
export function modelOf({ family, comment, counters, sets, chains }: KubeProxyTable): NftTable {
  return {
    family: headerOf[family],
    name: 'kube-proxy',
    flags: [],
    comment,
    objects: counters.map((name) => ({ kind: 'counter', name, packets: 0, bytes: 0 })),
    sets: sets.map((set) => canonicalSet(setOf(set, family))),
    flowtables: [],
    chains: chains.map((chain) => chainOf(chain, family)),
  };
}

function setOf({ spec, elements }: TableSet, family: Family): NftSet {
  const { name, key, verdicts, comment, timeoutSeconds } = spec;
  const isFilled = timeoutSeconds !== undefined;
  return {
    name,
    key: { by: 'type', types: key.map((field) => keyTypeOf(field, family)) },
    ...(verdicts && { data: { by: 'verdict' } }),
    flags: isFilled ? ['dynamic', 'timeout'] : [],
    ...(isFilled && { size: 65_535, timeout: timeoutSeconds * 1000 }),
    ...(comment !== undefined && { comment }),
    statements: [],
    elements: elements.map(({ element }) => ({
      key: joined(element.key.map(valueOfKey)),
      ...(element.comment !== undefined && { comment: element.comment }),
      ...(element.verdict !== undefined && { data: verdictOf(element.verdict) }),
    })),
  };
}

function chainOf({ spec, rules }: TableChain, family: Family): NftChain {
  const { name, comment, base } = spec;
  return {
    name,
    ...(comment !== undefined && { comment }),
    ...(base && { base: { ...base, policy: 'accept', devices: [] } }),
    rules: rules.map(({ rule }) => ruleOf(rule, family)),
  };
}

function ruleOf({ parts, comment }: RuleSpec, family: Family): NftRule {
  const statements = parts.map((part) =>
    (statementOf[part.is] as (part: Part, family: Family) => Statement)(part, family),
  );
  return { statements, ...(comment !== undefined && { comment }) };
}

type Make = { readonly [K in Part['is']]: (part: Extract<Part, { is: K }>, family: Family) => Statement };

const statementOf: Make = {
  new: () => has('state', 'ct_state', 8),
  dnatted: () => has('status', 'ct_status', 32),
  address: ({ side, negated, prefix }, family) => match(addressOf(side, family), negated, prefixOf(prefix)),
  'address-among': ({ side, negated, prefixes }, family) =>
    match(addressOf(side, family), negated, amongOf(prefixes)),
  'address-in-set': ({ side, set }, family) => match(addressOf(side, family), false, reference(set)),
  'local-address': ({ side }) =>
    match({ kind: 'fib', of: [sideField[side]], result: 'type' }, false, value('fib_addrtype', 2)),
  interface: ({ by, negated, name }) =>
    by === 'name'
      ? match({ kind: 'meta', key: 'iifname' }, negated, { kind: 'text', type: 'ifname', text: name })
      : match({ kind: 'meta', key: 'iif' }, negated, { kind: 'text', type: 'iface_index', text: name }),
  port: ({ protocol, port }) =>
    match(
      { kind: 'payload', header: protocol.toLowerCase(), field: 'dport' },
      false,
      value('inet_service', port),
    ),
  protocol: ({ protocol }) => match(transport, false, protocolValue(protocol)),
  'in-set': ({ fields, set }, family) => match(fieldsOf(fields, family), false, reference(set)),
  lookup: ({ fields, map }, family) => ({ kind: 'vmap', key: fieldsOf(fields, family), map: reference(map) }),
  // The highest bit alone is a prefix to nft.
  marked: ({ negated, mark }) =>
    spellMask(
      match(
        { kind: 'binary', operator: '&', left: markField, right: value('mark', mark) },
        !negated,
        value('mark', 0),
      ),
    ),
  'set-mark': ({ operator, mark }) => ({
    kind: 'set',
    target: markField,
    value: {
      kind: 'binary',
      operator: operator === 'or' ? '|' : '^',
      left: markField,
      right: value('mark', mark),
    },
  }),
  count: ({ counter }) => ({
    kind: 'object',
    object: 'counter',
    name: { kind: 'text', type: 'string', text: counter },
  }),
  'remember-source': ({ set }, family) => ({
    kind: 'set-add',
    operation: 'update',
    set,
    element: { key: addressOf('source', family) },
  }),
  'choose-chain': ({ chains }) => ({
    kind: 'vmap',
    key: drawn(chains.length),
    map: numbered(chains.map((chain) => ({ kind: 'verdict', verdict: 'goto', chain }))),
  }),
  translate: ({ to }) => ({
    kind: 'dnat',
    address: addressValue(to.address),
    port: value('inet_service', to.port),
    flags: [],
  }),
  'choose-destination': ({ among }, family) => ({
    kind: 'dnat',
    family: headerOf[family],
    address: {
      kind: 'map',
      key: drawn(among.length),
      map: numbered(
        among.map(({ address, port }) => joined([addressValue(address), value('inet_service', port)])),
      ),
    },
    flags: [],
  }),
  jump: ({ chain }) => ({ kind: 'verdict', verdict: 'jump', chain }),
  goto: ({ chain }) => ({ kind: 'verdict', verdict: 'goto', chain }),
  return: () => ({ kind: 'verdict', verdict: 'return' }),
  drop: () => ({ kind: 'verdict', verdict: 'drop' }),
  reject: () => ({ kind: 'reject' }),
  masquerade: () => ({ kind: 'masquerade', flags: ['fully-random'] }),
  'endpoints-unknown': () => ({ kind: 'unknown', text: 'ENDPOINTS-UNKNOWN' }),
};

const markField = { kind: 'meta', key: 'mark' } as const;
const transport: Expression = { kind: 'meta', key: 'l4proto' };

const value = (type: TypeName, number: number): Value => ({ kind: 'value', type, value: number });
const reference = (name: string): Constant => ({ kind: 'set-reference', name });

function match(left: Expression, negated: boolean, right: Expression): Match {
  return { kind: 'match', left, operator: negated ? '!=' : '==', right };
}

function has(key: string, type: TypeName, bit: number): Match {
  return { kind: 'match', left: { kind: 'ct', key }, operator: 'has', right: value(type, bit) };
}

const addressOf = (side: Side, family: Family): Payload => ({
  kind: 'payload',
  header: headerOf[family],
  field: sideField[side],
});

function fieldsOf(fields: readonly KeyField[], family: Family): Expression {
  const fieldOf: Readonly<Record<KeyField, Expression>> = {
    source: addressOf('source', family),
    destination: addressOf('destination', family),
    protocol: transport,
    port: { kind: 'payload', header: 'th', field: 'dport' },
  };
  return joined(fields.map((field) => fieldOf[field]));
}

function joined(parts: readonly Expression[]): Expression {
  return parts.length === 1 ? (parts[0] as Expression) : { kind: 'concat', parts };
}

const protocolValue = (protocol: Protocol) => value('inet_proto', numberOfProtocol[protocol]);

function valueOfKey(own: KeyValue): Value {
  if ('address' in own) return addressValue(own.address);
  return 'protocol' in own ? protocolValue(own.protocol) : value('inet_service', own.port);
}

const typeOfAddress = (address: Address): TypeName =>
  familyOf(address) === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr';
const addressValue = (address: Address): Value => ({
  kind: 'value',
  type: typeOfAddress(address),
  value: address,
});

/** A set that was written with a single element is none any more. */
function amongOf(prefixes: readonly Subnet[]): Constant {
  const elements = prefixes.map((prefix) => ({ key: prefixOf(prefix) }));
  const [only, ...others] = elements;
  if (only && others.length === 0) return only.key;
  return { kind: 'set', elements: canonicalElements(elements) };
}

function prefixOf(prefix: Subnet): Constant {
  const { address } = prefix;
  const size = BigInt(lastOf(prefix)) - BigInt(address) + 1n;
  if (size === 1n) return addressValue(address);
  const length = addressBits[familyOf(address)] - (size.toString(2).length - 1);
  return { kind: 'prefix', type: typeOfAddress(address), value: address, length };
}

function verdictOf(verdict: Verdict): Expression {
  return verdict === 'drop'
    ? { kind: 'verdict', verdict: 'drop' }
    : { kind: 'verdict', verdict: 'goto', chain: verdict.goto };
}

const drawn = (modulus: number): Expression => ({ kind: 'numgen', mode: 'random', modulus, offset: 0 });

function numbered(data: readonly Expression[]): Constant {
  return {
    kind: 'set',
    elements: data.map((own, at): SetElement => ({ key: value('integer', at), data: own })),
  };
}
