import type { ProtocolMatch } from '../rule/match.ts';
import type { DecodedRule, Settings } from './command.ts';
import { decodeBase, decodePart } from './decode.ts';
import { Form, type Part } from './form.ts';
import { scanWords } from './scan.ts';
import { fill, shapeOf } from './shape.ts';

/** More entries than this are forgotten: a dump repeats itself nearby, and memory is dear in a large one. */
const mostEntries = 4096;

/** The base options in the order of their matches. */
const baseLetters = 'sdiop';

/** What is known of the parts of lines: their forms, and the meaning of those that have no one value. */
export class Parts {
  private readonly settings: Settings;
  /** By what stands before the value; null for what is no form. */
  private readonly forms = new Map<string, Form | null>();
  /** By the number of the `-p` before them, then by their text. */
  private readonly wholes = new Map<number, Map<string, Part | undefined>>();

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** The form of ` -s ` or ` ! -s `. */
  base(prefix: string): Form | undefined {
    const negation = prefix.length - 4;
    const letter = prefix[negation + 2] as string;
    const slot = baseLetters.indexOf(letter);
    if (slot === -1) return undefined;
    const known = this.forms.get(prefix);
    if (known) return known;
    const make = (value: string) => decodeBase(letter, value, negation > 0, this.settings);
    return remember(this.forms, prefix, new Form(prefix, slot, make)) as Form;
  }

  /** The form of a part with one value; null where it has another. */
  part(part: string, slot: number): Form | null {
    const isQuoted = part.endsWith('"');
    const cut = isQuoted ? part.indexOf(' "') : part.lastIndexOf(' ');
    if (cut === -1) return null;
    const prefix = part.slice(0, cut + (isQuoted ? 2 : 1));
    const known = this.forms.get(prefix);
    if (known !== undefined) return known;
    const shape = shapeOf(part.slice(0, cut), this.settings.family);
    const { family, backend, table } = this.settings;
    const make = (value: string, match: ProtocolMatch | undefined) => {
      const protocol = match?.protocol ?? 0;
      const context = { family, backend, table, protocol, protocolNegated: match?.negated ?? false };
      return shape ? fill(shape, value, context) : undefined;
    };
    return remember(this.forms, prefix, shape && new Form(prefix, slot, make));
  }

  /** What the part has been found to mean after that `-p`, where it has no one value. */
  known(part: string, match: ProtocolMatch | undefined): Part | undefined {
    return this.after(match).get(part);
  }

  /** What a part of more than one value, or of none, means after the `-p` before it. */
  whole(part: string, match: ProtocolMatch | undefined, pick: (rule: DecodedRule) => Part): Part | undefined {
    const parts = this.after(match);
    if (parts.has(part)) return parts.get(part);
    const words = scanWords(part, 0, part.length, 0);
    const read = words && decodePart(words, match, this.settings);
    return remember(parts, part, read && pick(read));
  }

  private after(match: ProtocolMatch | undefined): Map<string, Part | undefined> {
    const { protocol = 0, negated = false } = match ?? {};
    const key = negated ? -protocol : protocol;
    const known = this.wholes.get(key);
    if (known) return known;
    const parts = new Map<string, Part | undefined>();
    this.wholes.set(key, parts);
    return parts;
  }
}

function remember<K, V>(map: Map<K, V>, key: K, value: V): V {
  if (map.size >= mostEntries) map.clear();
  map.set(key, value);
  return value;
}
