import { unusual } from './yaml-lines.ts';

/** What a scalar that is written in one line stands for. */
export function scalarValue(text: string): unknown {
  const first = text.charCodeAt(0);
  if (first === 34) return doubleQuoted(text);
  if (first === 39) return singleQuoted(text);
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (!beginsPlain(text, first) || text.includes(': ') || text.includes(' #') || text.endsWith(':'))
    unusual();
  const value = plainScalar(text);
  // JSON has no such number, which the full reader says.
  return typeof value === 'number' && !Number.isFinite(value) ? unusual() : value;
}

/** Letters, digits and what else means nothing to YAML at the beginning of a scalar. */
function beginsPlain(text: string, first: number): boolean {
  if ((first >= 97 && first <= 122) || (first >= 65 && first <= 90) || (first >= 46 && first <= 57))
    return true;
  // A dash or colon before a blank is a sign of YAML's; tabs never come here.
  if (first === 45 || first === 58) return text.length > 1 && text.charCodeAt(1) !== 32;
  return '_$(/+<=~^;\\'.includes(text.charAt(0)) && text !== '';
}

const spellings: readonly (readonly [value: unknown, ...words: string[]])[] = [
  [true, 'y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'],
  [false, 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'],
  [null, '', '~', 'null', 'Null', 'NULL'],
  [Number.POSITIVE_INFINITY, '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'],
  [Number.NEGATIVE_INFINITY, '-.inf', '-.Inf', '-.INF'],
  [Number.NaN, '.nan', '.NaN', '.NAN'],
];
const words: ReadonlyMap<string, unknown> = new Map(
  spellings.flatMap(([value, ...own]) => own.map((word) => [word, value] as const)),
);
const longestWord = 5;

const decimal = /^[-+]?(?:0|[1-9]\d{0,14})$/;
const fraction = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const integer = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9]\d*))$/;

/**
 * What a plain scalar means to kubectl and the API server (sigs.k8s.io/yaml, which is go-yaml 2): the booleans and octal numbers of
 * YAML 1.1, and neither its numbers to the base of 60 nor its dates, which stay strings.
 */
export function plainScalar(text: string): unknown {
  if (text.length <= longestWord && words.has(text)) return words.get(text);
  const first = text.charCodeAt(0);
  // Numbers begin with a sign, a digit or a point.
  if (first > 57 || first < 43 || first === 47 || first === 44) return text;
  if (decimal.test(text)) return Number(text) + 0; // there is no -0 among integers
  const digits = first === 46 ? text : text.replaceAll('_', '');
  return integerValue(digits) ?? (fraction.test(digits) ? finite(digits, text) : text);
}

/** Of 64 bits, with a sign or without one; undefined where the text is no such integer. */
function integerValue(text: string): number | undefined {
  const [, sign, hexadecimal, binary, octal, plain] = integer.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const value = BigInt(
    hexadecimal ? `0x${hexadecimal}` : binary ? `0b${binary}` : octal ? `0o${octal}` : (plain as string),
  );
  const most = sign === '-' ? 2n ** 63n : sign === '+' ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  if (value > most) return undefined;
  return Number(sign === '-' ? -value : value);
}

function finite(digits: string, text: string): unknown {
  const value = Number(digits);
  return Number.isFinite(value) ? value : text;
}

function doubleQuoted(text: string): string {
  if (text.length < 2 || !text.endsWith('"')) unusual();
  const inner = text.slice(1, -1);
  if (!inner.includes('\\')) return inner.includes('"') ? unusual() : inner;
  if (!/^(?:[^"\\]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*$/.test(inner)) unusual();
  try {
    return JSON.parse(text) as string;
  } catch {
    // A control character, which YAML may allow.
    return unusual();
  }
}

function singleQuoted(text: string): string {
  if (!/^'(?:[^']|'')*'$/.test(text)) unusual();
  return text.slice(1, -1).replaceAll("''", "'");
}
