import { want } from '../../text/expected.ts';
import type { LimitUnit } from '../stateful.ts';
import { parseDuration } from './duration.ts';
import type { Reader } from './reader.ts';

/** Milliseconds. */
export function readDuration(reader: Reader): number {
  if (reader.isMark('$')) return reader.within(() => readDuration(reader));
  const duration = parseDuration(reader.value);
  if (duration === null)
    return reader.refuse(`unexpected ${reader.describe()}`, want.suchAs('1h30m', want.thing('time')));
  reader.next();
  return duration;
}

const unitSizes: Readonly<Record<string, number>> = { bytes: 1, kbytes: 1024, mbytes: 1024 * 1024 };

/** `10 mbytes`: bytes. */
export function readBytes(reader: Reader): number {
  const amount = reader.number('number-of-bytes');
  return amount * takeByteUnit(reader);
}

/** The unit may run on into that of time: `10 mbytes/second`. */
function takeByteUnit(reader: Reader): number {
  const size = unitSizes[reader.value];
  if (size === undefined)
    return reader.refuse(`unexpected ${reader.describe()}`, want.either('bytes', 'kbytes', 'mbytes'));
  reader.next();
  return size;
}

const times: readonly LimitUnit[] = ['second', 'minute', 'hour', 'day', 'week'];

/** `400/hour`, `1024 kbytes/second`. */
export function readRate(reader: Reader): { of: 'packets' | 'bytes'; rate: number; unit: LimitUnit } {
  const rate = reader.number('rate');
  if (reader.takeMark('/')) return { of: 'packets', rate, unit: readTime(reader, reader.takeValue()) };
  const [bytes = '', time] = reader.value.split('/');
  const size = unitSizes[bytes];
  if (size === undefined)
    return reader.refuse(`unexpected ${reader.describe()}`, want.suchAs('10/second', want.thing('rate')));
  reader.next();
  if (time !== undefined) return { of: 'bytes', rate: rate * size, unit: readTime(reader, time) };
  reader.expect('/');
  return { of: 'bytes', rate: rate * size, unit: readTime(reader, reader.takeValue()) };
}

function readTime(reader: Reader, text: string): LimitUnit {
  return (
    times.find((time) => time === text) ??
    reader.refuse(`${text} is no unit of a rate`, want.written(times.join(', ')))
  );
}
