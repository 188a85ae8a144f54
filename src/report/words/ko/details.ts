import type { Told } from '../told.ts';
import type { WordsOf } from '../words-of.ts';
import { commandDetails } from './details/command.ts';
import { dumpDetails } from './details/dump.ts';
import { expectationDetails, shapeDetails } from './details/expectations.ts';
import { fileDetails } from './details/files.ts';
import { manifestDetails } from './details/manifests.ts';
import { nameDetails } from './details/names.ts';
import { packetDetails } from './details/packets.ts';
import { pathDetails } from './details/paths.ts';
import { proxyDetails } from './details/proxy.ts';
import { sessionDetails } from './details/session.ts';
import { setDetails } from './details/sets.ts';

/** What problems tell in detail. */
export const details: WordsOf<Told> = {
  ...commandDetails,
  ...dumpDetails,
  ...expectationDetails,
  ...fileDetails,
  ...manifestDetails,
  ...nameDetails,
  ...packetDetails,
  ...pathDetails,
  ...proxyDetails,
  ...sessionDetails,
  ...setDetails,
  ...shapeDetails,
};
