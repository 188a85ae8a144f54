import { speakEnglish } from '../../../text/detail.ts';
import type { Told } from '../told.ts';
import type { WordsOf } from '../words-of.ts';
import { dumpDetails } from './details/dump.ts';
import { setDetails } from './details/sets.ts';

/** What problems tell in detail. */
export const details: WordsOf<Told> = { ...dumpDetails, ...setDetails };

// Whoever loads the words speaks them: messages of errors are made where they are found, far below.
speakEnglish(details);
