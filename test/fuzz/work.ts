import { Session } from 'node:inspector';
import { afterAll, beforeAll } from 'vitest';

/** The sources and the libraries that read for them. */
const counted = ['src', 'node_modules/moo', 'node_modules/nearley', 'node_modules/yaml'].map(
  (folder) => `/${folder}/`,
);

/**
 * Counts work as V8 does it: how often the blocks of the sources were run. The same on every machine, however busy. What
 * native functions and regular expressions do inside is not counted.
 */
export function countsWork(): (work: () => unknown) => number {
  const session = new Session();
  const post = (method: string, params = {}): object => {
    let answer: object = {};
    session.post(method, params, (error, result) => {
      if (error) throw error;
      answer = result ?? {};
    });
    return answer;
  };
  beforeAll(() => {
    session.connect();
    post('Profiler.enable');
    post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  });
  afterAll(() => {
    post('Profiler.stopPreciseCoverage');
    session.disconnect();
  });
  return (work) => {
    post('Profiler.takePreciseCoverage');
    work();
    return blocksOf(post('Profiler.takePreciseCoverage') as Coverage);
  };
}

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}

function blocksOf({ result }: Coverage): number {
  return result
    .filter(({ url }) => counted.some((folder) => url.includes(folder)))
    .flatMap(({ functions }) => functions)
    .flatMap(({ ranges }) => ranges)
    .reduce((sum, { count }) => sum + count, 0);
}
