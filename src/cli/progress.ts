import { visible } from '../text/excerpt.ts';
import type { Io } from './io.ts';

/** Whatever takes less than this, in milliseconds, is not worth a word. */
const patience = 400;

/**
 * Does work that says how much of it is done, from 0 to 1, and shows that on one line of a terminal, which is wiped at
 * the end. In a pipe, nothing is shown.
 */
export function withProgress<T>(
  { progress }: Pick<Io, 'progress'>,
  name: string,
  work: (progress?: (done: number) => void) => T,
  wait: number = patience,
): T {
  if (!progress) return work();
  const start = performance.now();
  let shown = false;
  try {
    return work((done) => {
      if (performance.now() - start < wait) return;
      progress(`${visible(name)}: ${Math.floor(done * 100)} %`);
      shown = true;
    });
  } finally {
    if (shown) progress('');
  }
}
