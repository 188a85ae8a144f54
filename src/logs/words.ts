import { type Address, parseAddress } from '../address/address.ts';
import { parsePort, protocolOf } from '../engine/notation.ts';
import { tcpFlags } from '../engine/packet.ts';

/** `KEY=value` and words alone, in their order; a key that is there twice keeps both values. */
export class Words {
  private readonly values = new Map<string, string[]>();
  private readonly flags = new Set<string>();

  constructor(text: string) {
    for (const word of text.split(/\s+/)) {
      const equals = word.indexOf('=');
      if (equals < 1) {
        this.flags.add(word);
        continue;
      }
      const key = word.slice(0, equals);
      const known = this.values.get(key);
      if (known) known.push(word.slice(equals + 1));
      else this.values.set(key, [word.slice(equals + 1)]);
    }
  }

  /** Undefined where the key is not there; `index`: of several, the one that is meant. */
  text(key: string, index = 0): string | undefined {
    return this.values.get(key)?.[index];
  }

  has(word: string): boolean {
    return this.flags.has(word);
  }

  address(key: string, index = 0): Address | undefined {
    const text = this.text(key, index);
    return text === undefined ? undefined : parseAddress(text);
  }

  port(key: string, index = 0): number | null {
    return parsePort(this.text(key, index) ?? '');
  }

  /** Decimal, or hexadecimal with `0x`; null where there is none. */
  number(key: string, index = 0): number | null {
    const text = this.text(key, index);
    return text !== undefined && /^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) ? Number(text) : null;
  }
}

/** Bits of TCP's header by the words that stand for them. */
export function flagsOf(words: Words): number {
  return Object.entries(tcpFlags).reduce((bits, [name, bit]) => (words.has(name) ? bits | bit : bits), 0);
}

/** By name or number; null where there is none. */
export function loggedProtocol(text: string | undefined, source: Address): number | null {
  return text === undefined ? null : protocolOf(text, typeof source === 'number' ? 'ipv4' : 'ipv6');
}
