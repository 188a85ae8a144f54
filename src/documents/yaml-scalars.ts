import { unusual } from './yaml-lines.ts';

/** What a scalar that is written in one line stands for, by the core schema of YAML 1.2. */
export function scalarValue(text: string): unknown {
  const first = text.charCodeAt(0);
  if (first === 34) return doubleQuoted(text);
  if (first === 39) return singleQuoted(text);
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (!beginsPlain(text, first) || text.includes(': ') || text.includes(' #') || text.endsWith(':'))
    unusual();
  return plainScalar(text);
}

/** Letters, digits and what else means nothing to YAML at the beginning of a scalar. */
function beginsPlain(text: string, first: number): boolean {
  if ((first >= 97 && first <= 122) || (first >= 65 && first <= 90) || (first >= 46 && first <= 57))
    return true;
  // A dash or colon before a blank is a sign of YAML's; tabs never come here.
  if (first === 45 || first === 58) return text.length > 1 && text.charCodeAt(1) !== 32;
  return '_$(/+<=~^;\\'.includes(text.charAt(0)) && text !== '';
}

const words: Readonly<Record<string, unknown>> = Object.assign(Object.create(null), {
  '~': null,
  null: null,
  Null: null,
  NULL: null,
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
});

const integer = /^[-+]?\d{1,15}$/;
const fraction = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
/** Integers that are too long, hexadecimal, octal or not finite. */
const oddNumber = /^(?:[-+]?\d+|0[xo][\da-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** A plain scalar: null, a boolean, an integer or a string. */
export function plainScalar(text: string): unknown {
  const first = text.charCodeAt(0);
  if (first > 57) {
    // Letters: only words of up to five letters mean something.
    if (text.length > 5) return text;
    return text in words ? words[text] : text;
  }
  if (integer.test(text)) return Number(text);
  if (oddNumber.test(text)) unusual();
  return fraction.test(text) ? Number(text) : text;
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
