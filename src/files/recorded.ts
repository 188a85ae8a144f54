import { hexDigest } from '../text/digest.ts';
import type { Files } from './files.ts';

/** What a piece of work asked of files, in order, each with a digest of the answer. */
export interface Asked {
  readonly kind: 'entries' | 'gitObject' | 'list' | 'read';
  readonly words: readonly string[];
  readonly digest: string;
}

/** Files through which work is done, and what it asked of them. */
export interface Recorded {
  readonly files: Files;
  readonly asked: readonly Asked[];
  /** Nothing was written, and nothing asked whose answer cannot be asked again: a program's. */
  readonly repeatable: boolean;
}

/** Notes what is asked of files. What was asked twice is noted once. */
export function recorded(files: Files): Recorded {
  const asked = new Map<string, Asked>();
  let repeatable = true;
  const noted = <T>(kind: Asked['kind'], words: readonly string[], ask: () => T): T => {
    const answer = attempt(ask);
    asked.set(JSON.stringify([kind, words]), { kind, words, digest: digestOf(answer) });
    if ('error' in answer) throw answer.error;
    return answer.value;
  };
  const changing = <T>(action: () => T): T => {
    repeatable = false;
    return action();
  };
  return {
    files: {
      read: (path) => noted('read', [path], () => files.read(path)),
      list: (path) => noted('list', [path], () => files.list(path)),
      entries: (path) => noted('entries', [path], () => files.entries(path)),
      gitObject: (directory, name) =>
        noted('gitObject', [directory, name], () => files.gitObject(directory, name)),
      run: (program, args) => changing(() => files.run(program, args)),
      write: (path, text) => changing(() => files.write(path, text)),
      remove: (path) => changing(() => files.remove(path)),
    },
    get asked() {
      return [...asked.values()];
    },
    get repeatable() {
      return repeatable;
    },
  };
}

/** Whether files answer as they did. */
export function answersAsBefore(files: Files, asked: readonly Asked[]): boolean {
  return asked.every(({ kind, words, digest }) => {
    const [first = '', second = ''] = words;
    const again = {
      read: () => files.read(first),
      list: () => files.list(first),
      entries: () => files.entries(first),
      gitObject: () => files.gitObject(first, second),
    }[kind];
    return digestOf(attempt<unknown>(again)) === digest;
  });
}

type Attempt<T> = { readonly value: T } | { readonly error: unknown };

function attempt<T>(ask: () => T): Attempt<T> {
  try {
    return { value: ask() };
  } catch (error) {
    return { error };
  }
}

/** Of a text its own digest, so that no copy of it is made. */
function digestOf(answer: Attempt<unknown>): string {
  if ('error' in answer) return `error ${String(answer.error)}`;
  const { value } = answer;
  return hexDigest(typeof value === 'string' ? value : JSON.stringify(value));
}
