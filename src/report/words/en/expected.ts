import { expectedWith } from '../expected.ts';
import { commandThings } from './expected/command.ts';
import { commonThings } from './expected/common.ts';
import { dumpThings } from './expected/dump.ts';
import { fileThings } from './expected/files.ts';
import { manifestThings } from './expected/manifests.ts';
import { nftThings } from './expected/nft.ts';
import { packetThings } from './expected/packets.ts';
import { expectedSentences } from './sentence-of-expected.ts';

/** What would have been right. */
export const expectedWords = expectedWith(expectedSentences, {
  ...commandThings,
  ...commonThings,
  ...dumpThings,
  ...fileThings,
  ...manifestThings,
  ...nftThings,
  ...packetThings,
});
