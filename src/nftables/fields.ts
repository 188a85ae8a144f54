import type { Expression, Field } from './expression.ts';
import { headers } from './headers.ts';
import { ctKeys, ipsecKeys, type Key, metaKeys, rtKeys, socketKeys } from './keys.ts';
import { extensionHeaders, ipOptions, sctpChunks, tcpOptions } from './options.ts';
import { type TypeName, typeOf } from './types.ts';

/** The type of what an expression gives, and how many bits it has. */
export interface FieldType {
  readonly type: TypeName;
  readonly bits: number;
}

const exists: FieldType = { type: 'boolean', bits: 1 };

/** The type of a field; undefined where there is no such field. */
export function fieldType(field: Field): FieldType | undefined {
  switch (field.kind) {
    case 'payload':
      return ofHeader(headers[field.header]?.fields[field.field]);
    case 'raw':
      return { type: isPort(field) ? 'inet_service' : 'xinteger', bits: field.length };
    case 'raw-option':
      return { type: 'integer', bits: field.length };
    case 'exthdr':
      return field.field === null ? exists : ofHeader(extensionHeaders[field.header]?.fields[field.field]);
    case 'option':
      return field.field === null ? exists : ofHeader(optionFields(field.of, field.option)?.[field.field]);
    case 'chunk':
      return field.field === null ? exists : ofHeader(sctpChunks[field.chunk]?.[field.field]);
    case 'meta':
      return ofKey(metaKeys[field.key]);
    case 'ct':
      return ofKey(ctKeys[field.key], field.family);
    case 'rt':
      return ofKey(rtKeys[field.key], field.family);
    case 'socket':
      return ofKey(socketKeys[field.key]);
    case 'ipsec':
      return ofKey(ipsecKeys[field.key], field.family);
    case 'fib':
      return field.check
        ? exists
        : { type: fibTypes[field.result], bits: typeOf(fibTypes[field.result]).bits };
    case 'osf':
      return { type: 'string', bits: 128 };
  }
}

/** Where ports are, whatever the protocol. */
const isPort = ({ base, offset, length }: Extract<Field, { kind: 'raw' }>): boolean =>
  base === 'th' && length === 16 && (offset === 0 || offset === 16);

const fibTypes = { oif: 'iface_index', oifname: 'ifname', type: 'fib_addrtype' } as const;

function optionFields(of: 'tcp' | 'ip', option: string) {
  return of === 'tcp' ? tcpOptions[option]?.fields : ipOptions[option];
}

function ofHeader(field: readonly [TypeName, number, number] | undefined): FieldType | undefined {
  return field && { type: field[0], bits: field[2] };
}

function ofKey(key: Key | undefined, family?: 'ip' | 'ip6'): FieldType | undefined {
  if (!key) return undefined;
  const type = key[0] === 'ipv4_addr' && family === 'ip6' ? 'ipv6_addr' : key[0];
  return { type, bits: key[1] ?? typeOf(type).bits };
}

const fieldKinds: ReadonlySet<Expression['kind']> = new Set<Field['kind']>([
  'payload',
  'raw',
  'exthdr',
  'option',
  'raw-option',
  'chunk',
  'meta',
  'ct',
  'rt',
  'socket',
  'fib',
  'osf',
  'ipsec',
]);

export function isField(expression: Expression): expression is Field {
  return fieldKinds.has(expression.kind);
}
