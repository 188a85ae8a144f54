import type { Limit, Stateful } from '../stateful.ts';
import { readBytes, readDuration, readRate } from './amounts.ts';
import type { Reader } from './reader.ts';

/** Packets that nft takes where no burst is given. */
const defaultBurst = 5;

const words: ReadonlySet<string> = new Set(['counter', 'quota', 'limit', 'last', 'ct']);

/** Whether a statement that keeps a state begins here; `ct` is one as `ct count` only. */
export function isStateful(reader: Reader): boolean {
  return reader.scanner.kind === 'word' && words.has(reader.value);
}

export function readStateful(reader: Reader): Stateful {
  if (reader.take('counter')) return readCounter(reader);
  if (reader.take('quota')) return { kind: 'quota', ...readQuota(reader) };
  if (reader.take('limit')) {
    reader.expect('rate');
    return { kind: 'limit', ...readLimit(reader) };
  }
  if (reader.take('last')) return readLast(reader);
  reader.expect('ct');
  reader.expect('count');
  return readConnlimit(reader);
}

/** After `counter`. */
export function readCounter(reader: Reader): Stateful {
  let packets = 0;
  let bytes = 0;
  for (;;) {
    if (reader.take('packets')) packets = reader.number('number-of-packets');
    else if (reader.take('bytes')) bytes = reader.number('number-of-bytes');
    else return { kind: 'counter', packets, bytes };
  }
}

/** After `quota`: `over 10 mbytes used 5 bytes`. */
export function readQuota(reader: Reader): { over: boolean; bytes: number; used: number } {
  const over = reader.take('over');
  if (!over) reader.take('until');
  const bytes = readBytes(reader);
  return { over, bytes, used: reader.take('used') ? readBytes(reader) : 0 };
}

/** After `rate`. The unit of the burst is that of the rate. */
export function readLimit(reader: Reader): Limit {
  const over = reader.take('over');
  if (!over) reader.take('until');
  const { of, rate, unit } = readRate(reader);
  let burst = of === 'bytes' ? 0 : defaultBurst;
  if (reader.take('burst')) {
    if (of === 'bytes') burst = readBytes(reader);
    else {
      burst = reader.number('number-of-packets');
      reader.expect('packets');
    }
  }
  return { over, of, rate, unit, burst };
}

/** After `ct count`. */
export function readConnlimit(reader: Reader): Stateful {
  const over = reader.take('over');
  return { kind: 'connlimit', over, count: reader.number('number-of-connections') };
}

function readLast(reader: Reader): Stateful {
  if (!reader.take('used') || reader.take('never')) return { kind: 'last' };
  return { kind: 'last', used: readDuration(reader) };
}
