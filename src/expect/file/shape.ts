import type { Expected } from '../../text/expected.ts';
import type { RecordName } from './detail.ts';

/** The form of a value in a file that people write. Read by `check.ts` and by `schema.ts`, so that both say the same. */
export type Shape =
  | TextShape
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly least: number; readonly most: number }
  | { readonly kind: 'list'; readonly of: Shape; readonly mayBeEmpty?: true }
  /** Keys are the user's own. */
  | { readonly kind: 'map'; readonly keys: string; readonly of: Shape }
  | RecordShape
  /** Told apart by what JSON calls their types. */
  | { readonly kind: 'either'; readonly of: readonly Shape[] }
  /** Looked into by somebody else. */
  | { readonly kind: 'any' };

export interface TextShape {
  readonly kind: 'text';
  /** What would have been right, for people. */
  readonly expected: Expected;
  /** Of the whole text; the same in JavaScript and in JSON Schema. */
  readonly pattern?: string;
  readonly examples?: readonly string[];
}

export interface Field {
  readonly shape: Shape;
  /** What it means, as an editor shows it. */
  readonly says: string;
}

export interface RecordShape {
  readonly kind: 'record';
  readonly what: RecordName;
  readonly fields: Readonly<Record<string, Field>>;
  /** One of each group must be there. */
  readonly required?: readonly (readonly string[])[];
  /** At most one of each group may be there. */
  readonly exclusive?: readonly (readonly string[])[];
}

export const text = (expected: Expected, pattern?: string, examples?: readonly string[]): TextShape => ({
  kind: 'text',
  expected,
  ...(pattern === undefined ? {} : { pattern }),
  ...(examples === undefined ? {} : { examples }),
});

export const list = (of: Shape): Shape => ({ kind: 'list', of });
export const anyNumberOf = (of: Shape): Shape => ({ kind: 'list', of, mayBeEmpty: true });
export const either = (...of: readonly Shape[]): Shape => ({ kind: 'either', of });
export const oneOrMany = (of: Shape): Shape => either(of, list(of));
export const field = (shape: Shape, says: string): Field => ({ shape, says });
