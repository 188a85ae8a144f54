import type { OthersLeftOut, Owned } from '../../../session/note.ts';
import { shortened } from '../../../text/lists.ts';
import type { NoteWords } from '../notes.ts';
import { leftOutPlaces } from './left-out.ts';
import { sayOwner } from './owners.ts';
import { withParticle } from './particles.ts';

type OfOthers = Pick<OthersLeftOut, 'side' | 'owners'>;

const sayOwners = (owners: Owned) =>
  owners.map(([owner, count]) => `${sayOwner(owner)} ${count}개`).join(', ');

const others = ({ side, owners }: OfOthers) =>
  `${side}에 kube-proxy의 것이 아닌 체인이 있음(${sayOwners(owners)})`;

function leftOut({ side, owners, places, alike }: OthersLeftOut): string {
  if (places.length === 0) return `${others({ side, owners })}: 비어 있으며 비교에서 제외함`;
  const whose = owners.length > 0 ? `, 다른 체인(${sayOwners(owners)})` : '';
  const same = alike ? '. 다른 쪽에도 똑같이 있음' : '';
  return `${side}에서 kube-proxy의 것이 아닌 규칙을 비교에서 제외함: ${leftOutPlaces(places)}${whose}${same}. kubenat check로 검사 가능`;
}

export const noteWords: NoteWords = {
  'jumps-added': ({ side }) =>
    `${side}에는 기본 체인에서 kube-proxy의 체인으로 가는 점프가 없어 kube-proxy가 만드는 점프를 추가함`,
  'no-proxy-chains': ({ side }) =>
    `${withParticle(side, 'topic')} kubelet의 체인만 있고 kube-proxy의 체인은 없음: kube-proxy가 nftables 모드로 실행 중이거나(규칙은 nft list ruleset으로 출력) 다른 프로그램이 이 노드를 담당함`,
  'others-compared': (one) => `${others(one)}: 함께 비교하며 --scope kube-proxy로 제외할 수 있음`,
  'rules-not-shown': ({ side, places }) =>
    `${side}에 규칙이 모두 보이지 않는 체인이 있음: ${shortened(places.map(({ table, chain }) => `${table} ${chain}`))}`,
  'others-left-out': leftOut,
  'left-out-alike': () => '양쪽 모두 보여 주지 않는 규칙은 같다고 봄',
  confirmed: ({ walked, open, whole }) =>
    `두 번째 절차로 규칙이 구분하는 값의 ${whole ? '모든 조합' : '일부 조합'}에 대해 패킷 ${walked}개를 뒤따르는 패킷과 함께 따라간 결과 다른 결과가 없었음(그중 ${open}개는 결과를 정하지 못함)`,
  'ipvs-rules': () => 'kube-proxy의 ipvs 모드 규칙이 있으며, 집합과 IPVS로 이어지므로 검사하지 않음',
};
