import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import type { Reached } from '../../../engine/connect.ts';
import type { ConnectionFate, ConnectionStop, PacketFate } from '../../../expect/instead.ts';
import type { Fraction } from '../../../sets/fraction.ts';
import { type InsteadWords, mostFates, sayPart } from '../instead.ts';
import { sayOf, type WordsOf } from '../words-of.ts';
import { fateWords } from './fates.ts';
import { sayReason } from './reasons.ts';

const where = ({ address, port }: Reached) =>
  port === null ? formatAddress(address) : formatEndpoint(address, port);

/** How often, unless always. */
const often = (says: string, share: Fraction) =>
  share.n === share.d ? says : `${says} in ${sayPart(share)} of all cases`;

const fates: WordsOf<PacketFate> = {
  arrives: ({ at }) => `it arrives at ${where(at)}`,
  rejected: ({ how }) => `it is rejected with ${how}`,
  dropped: ({ reason }) => (reason === null ? 'it is dropped' : `it is dropped: ${sayReason(reason)}`),
};

const stops: WordsOf<ConnectionStop> = {
  rule: ({ table, chain, number }) => `rule ${number} of ${table}/${chain}`,
  policy: ({ table, chain }) => `the policy of ${table}/${chain}`,
  reason: ({ reason }) => sayReason(reason),
  lost: ({ lost }) => sayReason(lost),
};

const verdicts: Readonly<Record<ConnectionFate['verdict'], string>> = {
  established: 'it is established with',
  refused: 'it is refused at',
  reset: 'it is reset at',
  hangs: 'it hangs at',
  'no-answer': 'there is no answer: lost at',
  unknown: 'it is not known what happens at',
};

function sayWay({ verdict, reached, step, node, by }: ConnectionFate): string {
  if (verdict === 'established' && reached) return `${verdicts.established} ${where(reached)}`;
  const on = node === null ? '' : ` on ${node}`;
  return `${verdicts[verdict]} ${step ?? ''}${on}${by === null ? '' : ` (${sayOf(stops, by)})`}`;
}

export const insteadWords: InsteadWords = {
  fates,
  notProved: (why) => `could not be proved, because ${why}`,
  instead: {
    happens: (one) => {
      const told = one.fates.map(({ fate, share }) => often(sayOf(fates, fate), share));
      const more = told.length - mostFates;
      return (more > 0 ? [...told.slice(0, mostFates), `${more} more`] : told).join(', ');
    },
    'no-rule-met': ({ share }) => often('no rule of it is met', share),
    'goal-gets': ({ goal, share }) => `${goal} gets ${share.n === 0n ? 'none' : sayPart(share)}`,
    'nothing-seen': (one) =>
      `${one.fates.map((fate) => sayOf(fates, fate)).join(', ')}, so no server sees any address`,
    'server-sees': ({ sources, own, share }) =>
      often(`the server sees ${own ? "the client's own address " : ''}${sources.join(', ')}`, share),
    connection: ({ ways, share }) => often([...new Set(ways.map(sayWay))].join(', '), share),
    'not-known': ({ reasons }) => `it is not known what happens: ${reasons.map(sayReason).join('; ')}`,
    'services-unnamed': () => 'rules of nft are met, which do not all tell for which service they are',
    depends: ({ matches }) => `it is not known whether this holds: ${matches.join(', ')}`,
    'in-doubt': ({ doubt }) => sayOf(fateWords.doubts, doubt),
    'nothing-asked': () => 'no packet of this set comes to these rules',
    'too-many-kinds': ({ looked }) =>
      `there are more than ${looked} kinds of packets in this set; ask about fewer at a time`,
    'nft-set': () => 'nothing is proved of sets of packets under rules of nft; ask for single packets',
  },
};
