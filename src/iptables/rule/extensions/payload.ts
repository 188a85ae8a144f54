import { latin } from '../../../text/bytes.ts';
import { want } from '../../../text/expected.ts';
import { uint16 } from '../codecs/numbers.ts';
import { oneOf, spelling, word } from '../codecs/words.ts';
import { readInteger } from '../numbers.ts';
import { flag, Refusal, refuseValue, understood, value } from '../syntax.ts';
import { demandOne } from './demand.ts';

const not = { negatable: true };

const bytecode = spelling((program) => {
  const [length = '', ...instructions] = program.split(',').map((part) => part.trim());
  if (instructions.at(-1) === '') instructions.pop();
  const count = readInteger(length) ?? 0;
  if (count < 1 || count > 64 || instructions.length !== count)
    return refuseValue(program, want.written('LENGTH,CODE JT JF K,…'));
  if (instructions.some((one) => !/^\d+ \d+ \d+ \d+$/.test(one)))
    return refuseValue(program, want.written('LENGTH,CODE JT JF K,…'));
  return `"${[count, ...instructions].join()}"`;
});

export const bpf = understood({
  name: 'bpf',
  options: {
    bytecode: value('bytecode', bytecode, { excludes: ['object'] }),
    object: value('object-pinned', word),
  },
  complete: (given) => demandOne('bpf', given),
});

// Strings: as such where they can be printed, else in hexadecimal.

function printPattern(bytes: string): { readonly hex: boolean; readonly text: string } {
  const hex = /[^\x20-\x7e]/.test(bytes) || bytes.endsWith('\\');
  if (!hex) return { hex, text: `"${bytes.replace(/["\\]/g, '\\$&')}"` };
  return {
    hex,
    text: `"|${[...bytes].map((one) => one.charCodeAt(0).toString(16).padStart(2, '0')).join('')}|"`,
  };
}

const pattern = {
  read: (word: string) =>
    latin(word).length > 128 ? refuseValue(word, want.atMost(128, 'characters')) : latin(word),
  print: (bytes: string) => printPattern(bytes).text,
};

const hexPattern = {
  read(word: string): string {
    let bytes = '';
    let hex = false;
    const refuse = (): never => refuseValue(word, want.thing('hex-text'));
    if (word === '') refuse();
    for (let at = 0; at < word.length; at += 1) {
      const sign = word[at] as string;
      if (sign === '|') {
        hex = !hex;
      } else if (hex) {
        if (sign === ' ') continue;
        const digits = word.slice(at, at + 2);
        if (!/^[0-9a-fA-F]{2}$/.test(digits) || at + 2 === word.length) refuse();
        bytes += String.fromCharCode(Number.parseInt(digits, 16));
        at += 1;
      } else if (sign === '\\') {
        if (at + 1 >= word.length) refuse();
        bytes += word[++at];
      } else bytes += latin(sign);
    }
    return bytes.length > 128 ? refuse() : bytes;
  },
  print: (bytes: string) => printPattern(bytes).text,
};

export const stringMatch = understood({
  name: 'string',
  options: {
    hex: value('hex-string', hexPattern, { ...not, excludes: ['string'] }),
    string: value('string', pattern, { ...not, excludes: ['hex'] }),
    algorithm: value('algo', oneOf(['bm', 'kmp']), { required: true }),
    from: { ...value('from', uint16), hides: (from) => from === 0 },
    to: { ...value('to', uint16), hides: (to) => to === 65535 },
    icase: flag('icase'),
  },
  complete({ hex, string, ...rest }) {
    const one = hex ?? string;
    const [from = 0, to = 65535] = [
      rest.from?.value as number | undefined,
      rest.to?.value as number | undefined,
    ];
    if (from > to) throw new Refusal('option-conflict', { code: 'from-above-to' });
    if (one?.value === '') throw new Refusal('option-value', { code: 'empty-string' });
    if (!one)
      throw new Refusal('option-missing', {
        code: 'needs-one-of',
        name: 'string',
        options: ['--string', '--hex-string'],
      });
    return { ...rest, [printPattern(one.value as string).hex ? 'hex' : 'string']: one };
  },
});

/** Tests joined by &&, each `LOCATION=RANGES`; all numbers come out in hexadecimal. */
export const u32Program = spelling((program) => {
  const number = '\\s*(?:0[xX][0-9a-fA-F]+|\\d+)\\s*';
  const test = new RegExp(
    `^${number}(?:(?:&|<<|>>|@)${number})*=${number}(?::${number})?(?:,${number}(?::${number})?)*$`,
  );
  const tests = program.split('&&');
  if (tests.length > 10 || tests.some((one) => !test.test(one)))
    return refuseValue(program, want.written('LOCATION=RANGE'));
  const hexed = program.replace(/\s/g, '').replace(/0[xX][0-9a-fA-F]+|\d+/g, (one) => {
    const read = readInteger(one);
    return read === undefined || read > 0xffffffff
      ? refuseValue(one, want.thing('number-of-32-bits'))
      : `0x${read.toString(16)}`;
  });
  return `"${hexed.replace(/(0x[0-9a-f]+):\1(?![0-9a-f])/g, '$1')}"`;
});
