import { formatAddress } from '../../../address/address.ts';
import type { ProofWords } from '../assumptions.ts';
import { withParticle } from './particles.ts';

const listed = (names: readonly string[]) => (names.length === 0 ? '없음' : names.join(', '));

export const proofWords: ProofWords = {
  'flows-kept': () =>
    '변환된 연결은 변경 전후 어느 쪽에서 받은 변환이든 유지하며, 그런 연결에 대한 ICMP 오류와, 헬퍼가 그런 연결에서 예상한 연결을 어떻게 변환하는지는 검사하지 않음',
  'unmarked-on-arrival': () => '도착하는 패킷에는 마크가 없음',
  'routing-ignores-mark': ({ bits }) =>
    `라우팅은 규칙이 패킷을 찾는 데 쓰는 마크 비트 ${withParticle(`0x${bits.toString(16)}`, 'object')} 확인하지 않음`,
  'conntrack-on': ({ missing }) =>
    `변경 ${{ before: '전', after: '후', both: '전후' }[missing]}의 어떤 규칙도 요구하지 않지만 연결 추적이 켜져 있음: 조각난 패킷을 모으고 nat을 거침`,
  'fit-to-forward': () =>
    '전달할 패킷은 TTL이 남아 있고, 나갈 링크의 MTU를 넘지 않으며, 들어온 링크와 다른 링크로 나감: 그렇지 않은 패킷은 노드가 FORWARD 전에 발신자에게 알리며, 그 앞의 규칙은 양쪽이 다름',
  'headers-whole': () =>
    '헤더는 온전함: 규칙이 읽을 부분이 없는 패킷은 xtables에서는 그 규칙에서 버려지고 nf_tables에서는 그 규칙만 끝나며, 헤더를 읽는 규칙은 양쪽이 다름',
  'no-fragments': ({ tracked }) =>
    `조각난 패킷을 아직 모으지 않은 곳(${tracked ? '우선순위 -400 이전' : '연결 추적이 꺼져 있음'})에는 첫 조각 뒤의 조각이 오지 않음: 그런 조각에는 규칙이 읽을 헤더가 없으며, 헤더를 읽는 규칙은 양쪽이 다름`,
  'sets-kept': ({ names }) => `세트의 내용은 양쪽이 같음: ${listed(names)}`,
  'sets-held': ({ names }) => `세트의 내용은 저장했을 때 그대로임: ${listed(names)}`,
  'lists-renamed': ({ lists }) =>
    `이름이 바뀐 recent 목록은 내용이 그대로임: ${listed(lists.map(({ before, after }) => `${before} → ${after}`))}`,
  'addresses-kept': () =>
    '노드의 주소는 그대로임: 주소가 바뀌면 MASQUERADE는 새 주소를 쓰고 기존 연결을 잊지만, 다른 쪽의 SNAT은 그렇지 않음',
  'interfaces-kept': ({ names }) =>
    `한쪽에서 인덱스(iif, oif)로 지정한 인터페이스는 그대로 있고 이름도 바뀌지 않음: ${listed(names)}`,
  'fact-match': ({ match, holds }) =>
    `${withParticle(match, 'topic')} ${holds ? '모든 패킷에 대해 성립함' : '어떤 패킷에도 성립하지 않음'}(--assume으로 지정됨)`,
  'fact-interfaces': ({ names }) =>
    `규칙이 지정한 인터페이스 중 실제로 있는 것: ${listed(names)}(--assume으로 지정됨)`,
  'fact-groups': ({ groups }) =>
    `노드가 수신하는 멀티캐스트 그룹: ${listed(groups.map(formatAddress))}(--assume으로 지정됨)`,
  'sets-listed': () => '원소가 없는 집합은 비어 있으며, nft -t처럼 원소를 생략한 것이 아님',
  'elements-alive': ({ sets }) =>
    `변경 전후에 만료 시각이 다른 원소가 모두 아직 남아 있음: ${listed(sets)}의 원소`,
  'chains-in-order': () => '훅과 우선순위가 같은 체인은 변경 전후에 같은 순서로 만들어졌음',
  'extensions-alike': ({ names }) =>
    `nft가 이름만 나열하는 것의 매개변수는 변경 전후에 같음: ${listed(names)}`,
};
