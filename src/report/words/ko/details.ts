import type { Told } from '../told.ts';
import type { WordsOf } from '../words-of.ts';
import { commandDetails } from './details/command.ts';
import { dumpDetails } from './details/dump.ts';
import { manifestDetails } from './details/manifests.ts';
import { pathDetails } from './details/paths.ts';
import { proxyDetails } from './details/proxy.ts';
import { setDetails } from './details/sets.ts';

/** What problems tell in detail. */
export const details: WordsOf<Told> = {
  ...commandDetails,
  ...dumpDetails,
  ...manifestDetails,
  ...pathDetails,
  ...proxyDetails,
  ...setDetails,
};
