import { formatAddress } from '../../../address/address.ts';
import { formatSubnet } from '../../../address/subnet.ts';
import type { Filled } from '../../../kube/cluster/filled.ts';
import type { WordsOf } from '../words-of.ts';
import { withParticle } from './particles.ts';

const taken = (collided: boolean) =>
  collided ? '이름의 해시로 정한 값이 이미 쓰여 다음 빈 값을 씀' : '이름의 해시로 정함';

/** What was filled in for a service, or a node. */
export const filledWords: WordsOf<Filled> = {
  'cluster-address': ({ address, collided }) => `클러스터 IP ${formatAddress(address)}: ${taken(collided)}`,
  'balancer-address': ({ address, collided }) =>
    `로드밸런서 IP ${formatAddress(address)}: ${taken(collided)}`,
  'balancer-as-asked': ({ address }) =>
    `로드밸런서 IP ${formatAddress(address)}: spec.loadBalancerIP에 적힌 값`,
  'balancer-pending': () => '범위를 지정하지 않아 로드밸런서 IP가 아직 없음',
  'node-port': ({ port, nodePort, collided }) => `포트 ${port}의 노드포트 ${nodePort}: ${taken(collided)}`,
  'health-port': ({ nodePort, collided }) => `헬스 체크 노드포트 ${nodePort}: ${taken(collided)}`,
  'endpoints-planned': ({ owner, wanted, pods }) => {
    const most = 10;
    const shown = pods
      .slice(0, most)
      .map(({ addresses, node }) => `${node}의 ${addresses.map(formatAddress).join('+')}`);
    const rest = pods.length > most ? ` 외 ${pods.length - most}개` : '';
    const less = wanted === null ? '' : `(${wanted}개 중 노드와 셀렉터가 허용하는 만큼)`;
    const places = pods.length > 0 ? `(${shown.join(', ')}${rest})` : '';
    return `엔드포인트는 파드 이름의 해시로 정함: ${owner}의 파드 ${pods.length}개${less}${places}`;
  },
  'pods-moved': ({ names }) => `이름의 해시로 정한 값이 이미 쓰여 다음 빈 값을 쓴 파드: ${names.join(', ')}`,
  'cron-job': ({ name }) => `크론잡 ${name}의 파드는 때때로만 실행되므로 세지 않음`,
  'dry-run-open': () => '--dry-run=server가 채운 값은 정하지 않은 것으로 봄',
  'no-hints': () => '프로세서 수와 준비 상태를 알려 주는 노드가 없어 힌트가 없음',
  'zones-alike': ({ zones }) => `영역 ${zones.join(', ')} 중 어느 쪽이 주고 받는지는 우연임(서로 같음)`,
  'zone-gives': ({ zone, count, total }) =>
    `${zone}의 엔드포인트 ${total}개 중 ${withParticle(`${count}개`, 'topic')} 다른 영역에 할당됨${count === total ? '' : '. 어느 것인지는 우연이며 여기서는 주소 순으로 앞선 것'}`,
  'service-row': ({ type, namespace, portNames }) => {
    const guesses = [
      type === null ? [] : `유형 ${type}`,
      namespace ? '네임스페이스 default' : [],
      portNames ? '체인 이름을 정하는 포트 이름' : [],
    ].flat();
    return `${[...guesses, '트래픽 정책 Cluster, 세션 어피니티 없음'].join(', ')}(표에 더 적힌 것이 없음)`;
  },
  'endpoints-row': ({ placed }) =>
    `엔드포인트는 준비됨${placed ? '' : ', 노드는 알 수 없음'}(표에 더 적힌 것이 없음)`,
  'node-row': ({ labels }) => `${labels ? '' : '레이블과 '}파드 주소 범위 없음(표에 더 적힌 것이 없음)`,
  'node-assumed': ({ addresses, prefixes }) =>
    `노드가 주어지지 않아 가정함: 주소 ${addresses.map(formatAddress).join(', ')}, 파드 ${prefixes.map(formatSubnet).join(', ')}`,
};
