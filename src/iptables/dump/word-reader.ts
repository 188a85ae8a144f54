import type { Word } from '../../grammar/dump-nodes.ts';
import type { ProblemCode } from '../../text/codes.ts';
import type { Expected } from '../../text/expected.ts';
import type { DumpDetail } from '../rule/detail.ts';
import { Refusal } from '../rule/syntax.ts';
import type { Report } from './command.ts';

/** A stretch of a line. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** The words of one line, taken one after the other, and whether any of them was refused. */
export class WordReader {
  readonly report: Report;
  failed = false;
  private readonly words: readonly Word[];
  private index = 0;

  constructor(words: readonly Word[], report: Report) {
    this.words = words;
    this.report = report;
  }

  /** A line that is a command begins with one, so that there is one. */
  get first(): Word {
    return this.words[0] as Word;
  }

  /** The next word, which is taken by that. */
  next(): Word | undefined {
    return this.words[this.index++];
  }

  /** The next word, which stays where it is. */
  peek(): Word | undefined {
    return this.words[this.index];
  }

  /** Whether the next word is no option. */
  hasArgument(): boolean {
    const word = this.peek();
    return word !== undefined && !/^[-!]/.test(word.text);
  }

  /** The value of an option: what was written in the same word, or the word after it. */
  valueOf(word: Word, attached: Word | undefined): Word | undefined {
    const value = attached ?? this.next();
    if (!value) this.fail(word, 'option-missing', { code: 'needs-value', option: word.text });
    return value;
  }

  fail(at: Place, code: ProblemCode, detail: DumpDetail, expected?: Expected): void {
    this.failed = true;
    this.report(at.start, at.end, code, detail, expected);
  }

  /** What the work gives; undefined where it refuses, which is reported. */
  attempt<T>(at: Place, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.fail(at, error.code, error.detail, error.expected);
      return undefined;
    }
  }
}
