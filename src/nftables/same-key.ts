import { dataKey } from '../text/data-key.ts';
import type { Expression } from './expression.ts';
import { bitsOfPrefix } from './types.ts';

/** Equal for keys that hold the same, however they are spelt. Most are of one or a few values, and spelt in no time. */
export function identityOf(key: Expression): string {
  switch (key.kind) {
    case 'value':
      return `${key.type} ${typeof key.value} ${key.value}`;
    case 'concat': {
      let text = '';
      for (const part of key.parts) text += `${identityOf(part)}.`;
      return text;
    }
    case 'prefix': {
      const last = BigInt(key.value) | ((1n << BigInt(bitsOfPrefix(key) - key.length)) - 1n);
      return `${key.type} ${key.value}-${last}`;
    }
    case 'range':
      return key.from.kind === 'value' && key.to.kind === 'value'
        ? `${key.from.type} ${key.from.value}-${key.to.value}`
        : dataKey(key);
    default:
      return dataKey(key);
  }
}
