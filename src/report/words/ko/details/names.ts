import type { NameDetail, NamedKind } from '../../../../expect/file/detail.ts';
import type { WordsOf } from '../../words-of.ts';
import { withParticle } from '../particles.ts';

const kinds: Readonly<Record<NamedKind, string>> = {
  node: '노드',
  pod: '파드',
  service: '서비스',
  port: '포트',
};

/** Why a name or an address means nothing among the objects that there are. */
export const nameDetails: WordsOf<NameDetail> = {
  'name-no-port': ({ text }) => `${withParticle(text, 'topic')} 포트가 아님`,
  'no-address-or-name': ({ text }) => `${withParticle(text, 'topic')} 주소도 이름도 아님`,
  'name-other-family': ({ text }) => `${withParticle(text, 'topic')} 다른 주소 체계의 주소임`,
  'names-mean-nothing': () => '클러스터의 오브젝트가 없어 이름을 쓸 수 없음',
  'no-chain': ({ chain }) => `체인 ${withParticle(chain, 'subject')} 없음`,
  'chain-has-rules': ({ chain, count }) => `${chain}의 규칙은 ${count}개임`,
  'named-no-address': ({ kind, name, family }) => `${kind} ${name}에 ${family} 주소가 없음`,
  'service-without-endpoints': ({ name }) => `서비스 ${name}에 엔드포인트가 없어 아무것도 도달할 수 없음`,
  'kind-not-given': ({ kind, named }) =>
    `${withParticle(kind, 'subject')} 매니페스트에 없어 ${named}의 뜻을 알 수 없음`,
  'service-sends-nothing': ({ who }) => `${withParticle(who, 'topic')} 패킷을 보내지 않음`,
  'not-one-address': ({ who }) => `${withParticle(who, 'topic')} 하나의 주소가 아님`,
  'service-such-ports': ({ name, count }) => `서비스 ${name}에 그런 포트가 ${count}개 있음`,
  'service-no-cluster-address': ({ name, family }) => `서비스 ${name}에 ${family} 클러스터 IP가 없음`,
  'not-one-address-and-port': ({ whom }) => `${withParticle(whom, 'topic')} 하나의 주소와 포트가 아님`,
  'name-missing-of': ({ what, name, of }) =>
    `${of === null ? '' : `${of}에 `}${kinds[what]} ${withParticle(name, 'subject')} 없음${what === 'pod' ? '(또는 상태에 주소가 없음)' : ''}`,
};
