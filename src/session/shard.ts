import { want } from '../text/expected.ts';
import type { SessionDetail } from './detail.ts';
import { refuse } from './refuse.ts';

/** One of several parts of the same work, which jobs share. `index` counts from 0. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** A part, and what is in it: nodes, or files, in the order in which the whole has them. */
export interface Part extends Shard {
  readonly all: readonly string[];
}

/**
 * `2/4`: the second of four parts. `/4`: of four parts the one that an Indexed Job of Kubernetes gives this Pod.
 * @param jobIndex JOB_COMPLETION_INDEX, which counts from 0
 */
export function parseShard(text: string, jobIndex: string | undefined): Shard {
  const [, given, count] = /^(\d{0,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (given === '' && jobIndex === undefined)
    return refuse<SessionDetail>({ code: 'shard-index', text }, want.suchAs('2/4', want.thing('shard')));
  const part = given === '' ? Number(jobIndex) + 1 : Number(given);
  const shard = { index: part - 1, count: Number(count) };
  if (Number.isInteger(part) && part >= 1 && part <= shard.count) return shard;
  return refuse<SessionDetail>({ code: 'shard-no-part', text }, want.suchAs('2/4', want.thing('shard')));
}

/** Every n-th, from the i-th on; null: all. */
export function shareOf<T>(all: readonly T[], shard: Shard | null): readonly T[] {
  return shard === null ? all : all.filter((_, at) => at % shard.count === shard.index);
}
