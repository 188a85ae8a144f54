import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import type { Reached } from '../../../engine/connect.ts';
import type { ConnectionFate, ConnectionStop, PacketFate } from '../../../expect/instead.ts';
import type { Fraction } from '../../../sets/fraction.ts';
import { type InsteadWords, mostFates, sayPart } from '../instead.ts';
import { sayOf, type WordsOf } from '../words-of.ts';
import { fateWords } from './fates.ts';
import { withParticle } from './particles.ts';
import { sayReason } from './reasons.ts';
import { stepNames } from './steps.ts';

const where = ({ address, port }: Reached) =>
  port === null ? formatAddress(address) : formatEndpoint(address, port);

/** How often, unless always. */
const often = (says: string, share: Fraction) =>
  share.n === share.d ? says : `${sayPart(share)}의 경우 ${says}`;

const fates: WordsOf<PacketFate> = {
  arrives: ({ at }) => `${where(at)}에 도달함`,
  rejected: ({ how }) => `거부됨(${how})`,
  dropped: ({ reason }) => (reason === null ? '폐기됨' : `폐기됨: ${sayReason(reason)}`),
};

const stops: WordsOf<ConnectionStop> = {
  rule: ({ table, chain, number }) => `${table}/${chain}의 규칙 ${number}`,
  policy: ({ table, chain }) => `${table}/${chain}의 정책`,
  reason: ({ reason }) => sayReason(reason),
  lost: ({ lost }) => sayReason(lost),
};

const verdicts: Readonly<Record<ConnectionFate['verdict'], string>> = {
  established: '연결됨',
  refused: '거부됨',
  reset: '재설정됨(RST)',
  hangs: '멈춤',
  'no-answer': '응답 없음',
  unknown: '결과를 알 수 없음',
};

function sayWay({ verdict, reached, step, node, by }: ConnectionFate): string {
  if (verdict === 'established' && reached) return `${withParticle(where(reached), 'with')} 연결됨`;
  const on = node === null ? '' : `${node}에서 `;
  return `${on}${step === null ? '' : `${stepNames[step]} 패킷: `}${verdicts[verdict]}${by === null ? '' : `(${sayOf(stops, by)})`}`;
}

export const insteadWords: InsteadWords = {
  fates,
  notProved: (why) => `증명하지 못함: ${why}`,
  instead: {
    happens: (one) => {
      const told = one.fates.map(({ fate, share }) => often(sayOf(fates, fate), share));
      const more = told.length - mostFates;
      return (more > 0 ? [...told.slice(0, mostFates), `그 외 ${more}개`] : told).join(', ');
    },
    'no-rule-met': ({ share }) => often('해당하는 규칙을 거치지 않음', share),
    'goal-gets': ({ goal, share }) =>
      `${goal}에 ${share.n === 0n ? '아무것도 가지 않음' : `${sayPart(share)}만 감`}`,
    'nothing-seen': (one) =>
      `${one.fates.map((fate) => sayOf(fates, fate)).join(', ')}. 주소를 보는 서버가 없음`,
    'server-sees': ({ sources, own, share }) =>
      often(
        `서버에 ${own ? '클라이언트 자신의 주소 ' : ''}${withParticle(sources.join(', '), 'subject')} 보임`,
        share,
      ),
    connection: ({ ways, share }) => often([...new Set(ways.map(sayWay))].join(', '), share),
    'not-known': ({ reasons }) => `결과를 알 수 없음: ${reasons.map(sayReason).join('; ')}`,
    'services-unnamed': () => '어느 서비스의 것인지 모두 알려 주지는 않는 nft 규칙을 거침',
    depends: ({ matches }) => `다음이 성립하는지 알 수 없음: ${matches.join(', ')}`,
    'in-doubt': ({ doubt }) => sayOf(fateWords.doubts, doubt),
    'nothing-asked': () => '이 집합의 패킷 중 이 규칙에 오는 것이 없음',
    'too-many-kinds': ({ looked }) => `이 집합의 패킷 종류가 ${looked}개를 넘음. 더 좁혀서 확인`,
    'nft-set': () => 'nft 규칙에서는 패킷 집합을 증명하지 않음. 패킷 하나씩 확인',
  },
};
