import type { Told } from '../told.ts';
import type { WordsOf } from '../words-of.ts';
import { dumpDetails } from './details/dump.ts';
import { setDetails } from './details/sets.ts';

/** What problems tell in detail. */
export const details: WordsOf<Told> = { ...dumpDetails, ...setDetails };
