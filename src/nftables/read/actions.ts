import { byteLength } from '../../text/bytes.ts';
import { want } from '../../text/expected.ts';
import type { Log, LogFlag, Other, Reject, RejectAnswer, Statement } from '../statement.ts';
import type { TypeName } from '../types.ts';
import { readField } from './fields.ts';
import { wantOf } from './left.ts';
import type { Reader } from './reader.ts';
import { readRange } from './right.ts';
import { readStatementValue } from './statement-value.ts';
import { readAddress } from './translation.ts';
import { readValue } from './values.ts';

const number16 = { type: 'integer', bits: 16 } as const;

const rejectTypes: Readonly<Record<'icmp' | 'icmpv6' | 'icmpx', TypeName>> = {
  icmp: 'icmp_code',
  icmpv6: 'icmpv6_code',
  icmpx: 'icmpx_code',
};

/** After `reject`. */
export function readReject(reader: Reader): Reject {
  if (!reader.take('with')) return { kind: 'reject' };
  if (reader.take('tcp')) {
    reader.expect('reset');
    return { kind: 'reject', with: { type: 'tcp reset' } };
  }
  const type = reader.takeOneOf(['icmpv6', 'icmpx', 'icmp']);
  if (!type)
    return reader.refuse(
      `unexpected ${reader.describe()}`,
      want.either('icmp', 'icmpv6', 'icmpx', 'tcp reset'),
    );
  reader.take('type');
  return { kind: 'reject', with: { type, code: readCode(reader, rejectTypes[type]) } as RejectAnswer };
}

function readCode(reader: Reader, type: TypeName): number {
  const code = readValue(reader, wantOf(type));
  return code.kind === 'value' ? Number(code.value) : 0;
}

const levels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit'] as const;

/** After `log`. The level `warn` is the one that goes without saying. */
export function readLog(reader: Reader): Log {
  const log: { -readonly [K in keyof Log]: Log[K] } = { kind: 'log', flags: [] };
  const flags = new Set<LogFlag>();
  for (;;) {
    if (reader.take('prefix')) log.prefix = readPrefix(reader);
    else if (reader.take('group')) log.group = reader.number('group');
    else if (reader.take('snaplen')) log.snaplen = reader.number('length');
    else if (reader.take('queue-threshold')) log.queueThreshold = reader.number('number-of-packets');
    else if (reader.take('level')) readLevel(reader, log);
    else if (reader.take('flags')) readLogFlags(reader, flags);
    else return { ...log, flags: orderedFlags(flags) };
  }
}

/** The kernel keeps so many bytes of it. */
const longestPrefix = 127;

function readPrefix(reader: Reader): string {
  const { span } = reader.scanner;
  const text = reader.takeValue();
  return byteLength(text) > longestPrefix
    ? reader.refuse('the prefix is too long', want.atMost(longestPrefix, 'bytes'), span)
    : text;
}

function readLevel(reader: Reader, log: { level?: string }): void {
  const level =
    reader.takeOneOf(levels) ??
    reader.refuse(`unexpected ${reader.describe()}`, want.written(levels.join(', ')));
  if (level !== 'warn') log.level = level;
}

const allFlags: readonly LogFlag[] = ['tcp sequence', 'tcp options', 'ip options', 'skuid', 'ether'];

function readLogFlags(reader: Reader, flags: Set<LogFlag>): void {
  if (reader.take('tcp')) {
    do flags.add(readTcpFlag(reader));
    while (reader.takeMark(','));
  } else if (reader.take('ip')) {
    reader.expect('options');
    flags.add('ip options');
  } else if (reader.take('all')) for (const flag of allFlags) flags.add(flag);
  else
    flags.add(
      reader.takeOneOf(['skuid', 'ether']) ??
        reader.refuse(`unexpected ${reader.describe()}`, want.thing('log-flags')),
    );
}

function readTcpFlag(reader: Reader): LogFlag {
  if (reader.take('sequence')) return 'tcp sequence';
  reader.expect('options');
  return 'tcp options';
}

function orderedFlags(flags: ReadonlySet<LogFlag>): readonly LogFlag[] {
  return allFlags.every((flag) => flags.has(flag)) ? ['all'] : allFlags.filter((flag) => flags.has(flag));
}

/** After `queue`: `num 1-3 bypass`, `flags bypass,fanout to 1-3`, `to symhash mod 2 map { … }`. */
export function readQueue(reader: Reader): Other {
  const flags = new Set<'bypass' | 'fanout'>();
  let to: Extract<Other, { kind: 'queue' }>['to'] | undefined;
  for (;;) {
    if (reader.take('flags') || reader.takeMark(',')) continue;
    const flag = reader.takeOneOf(['bypass', 'fanout']);
    if (flag) flags.add(flag);
    else if (reader.take('num')) to = readRange(reader, number16);
    else if (reader.take('to')) to = readStatementValue(reader, [number16]);
    else break;
  }
  return {
    kind: 'queue',
    to: to ?? { kind: 'value', type: 'integer', value: 0 },
    flags: (['bypass', 'fanout'] as const).filter((flag) => flags.has(flag)),
  };
}

/** After `dup`: a device, or an address and the device to it. */
export function readDup(reader: Reader): Other {
  reader.expect('to');
  const isDevice = reader.family === 'netdev';
  const to = isDevice ? readDevice(reader) : readAddress(reader, undefined);
  return { kind: 'dup', to, ...(reader.take('device') && { device: readDevice(reader) }) };
}

/** After `fwd`. */
export function readForward(reader: Reader): Other {
  const family = reader.takeOneOf(['ip', 'ip6']);
  reader.expect('to');
  if (!family) return { kind: 'fwd', to: readDevice(reader) };
  const to = readAddress(reader, family);
  reader.expect('device');
  return { kind: 'fwd', family, to, device: readDevice(reader) };
}

const device = wantOf('iface_index');

function readDevice(reader: Reader) {
  return readStatementValue(reader, [device]);
}

/** After `tproxy`. */
export function readTproxy(reader: Reader): Other {
  const family = reader.takeOneOf(['ip', 'ip6']);
  reader.expect('to');
  const address = reader.isMark(':') ? undefined : readAddress(reader, family);
  const port = reader.takeMark(':') ? readStatementValue(reader, [wantOf('inet_service')]) : undefined;
  return { kind: 'tproxy', ...(family && { family }), ...(address && { address }), ...(port && { port }) };
}

/** The options of `synproxy`, in any order. */
export function readSynproxy(reader: Reader): Omit<Extract<Other, { kind: 'synproxy' }>, 'kind'> {
  let mss: number | undefined;
  let wscale: number | undefined;
  let timestamp = false;
  let sackPerm = false;
  for (;;) {
    if (reader.take('mss')) mss = reader.number('size');
    else if (reader.take('wscale')) wscale = reader.number('shift');
    else if (reader.take('timestamp')) timestamp = true;
    else if (reader.take('sack-perm') || reader.take('sack-permitted')) sackPerm = true;
    else break;
  }
  return { ...(mss !== undefined && { mss }), ...(wscale !== undefined && { wscale }), timestamp, sackPerm };
}

/** After `reset`: an option of TCP that is cut out. */
export function readReset(reader: Reader): Statement {
  const field = readField(reader);
  if (field.kind !== 'option' || field.of !== 'tcp') return reader.refuse('only options of TCP are reset');
  return { kind: 'reset-option', option: field.option };
}
