import { formatAddress } from '../../../address/address.ts';
import { formatSubnet } from '../../../address/subnet.ts';
import type { AnswerWords } from '../assumptions.ts';
import { withParticle } from './particles.ts';

export const answerWords: AnswerWords = {
  // What a node is taken to be.
  uplink: (one) => `업링크는 ${one.interface}`,
  'pod-interface': (one) => `파드 인터페이스는 ${one.interface}`,
  'pod-gateway': ({ address, prefix }) =>
    `파드 게이트웨이는 ${formatSubnet(prefix)}의 첫 주소인 ${formatAddress(address)}`,
  'default-route': (one) =>
    one.gateway === null
      ? `노드의 링크에 없는 주소는 모두 ${one.interface} 쪽에 있음`
      : `노드의 링크에 없는 주소는 모두 ${one.interface}의 게이트웨이 ${formatAddress(one.gateway)} 너머에 있음`,
  sysctls: ({ values }) =>
    `커널 설정(sysctl): ${values.map(([name, value]) => `${name}=${value}`).join(', ')}`,
  'usual-policy-routing': () => '정책 라우팅 규칙은 기본 규칙뿐임(ip rule의 출력을 --host로 지정 가능)',
  'virtual-server-addresses': (one) => `가상 서버의 주소는 ${one.interface}에 있음`,

  // Of a packet, or a connection.
  'sent-by-node': ({ source }) =>
    `${withParticle(formatAddress(source), 'topic')} 노드의 주소이므로 노드가 보내는 패킷임`,
  'sent-by-pod': (one) =>
    `${withParticle(formatAddress(one.source), 'topic')} 노드의 파드이므로 패킷은 ${one.interface}에서 들어옴`,
  'sent-from-outside': (one) =>
    `${withParticle(formatAddress(one.source), 'topic')} 이 노드의 주소가 아니므로 패킷은 ${one.interface}에서 들어옴`,
  'arrival-by-source': (one) =>
    `--host에 인터페이스 ${withParticle(one.interface, 'subject')} 없어, 패킷이 들어온 곳은 출발지로 판단함`,
  'flow-plain': () => '패킷이 속한 연결은 변환되지 않았고 마크가 없음',
  'expected-plain': () =>
    '패킷은 도우미(helper)가 예상한 연결의 첫 패킷이고, 도우미가 스스로 변환하지 않으며 마크가 없음',
  'table-not-shown': ({ table }) => `출력에 없는 ${table} 테이블에는 규칙이 없다고 가정함`,
  'chain-not-walked': ({ table, chain }) => `따라가지 않는 체인: 테이블 ${table}의 ${chain}`,
  'server-answers': () => '상대편에서 서버가 수신 대기하고 응답함',
  'client-port': ({ port }) => `클라이언트의 포트는 ${port}(SRC:SPORT로 변경 가능)`,
  'first-port': () => '주소 변환 시 선택될 수 있는 포트는 첫 번째 포트로 대표함',
  'to-chosen-port': () => '변환이 포트를 골랐고, 패킷의 목적지가 그 포트일 수 있어 응답으로 간주함',
  'answer-to-chosen-port': () => '변환이 이 연결의 포트를 골랐고, 앞선 패킷을 그 응답으로 간주함',

  // What was made up for a comparison.
  'node-address': ({ address }) => `노드의 주소는 ${formatAddress(address)}(--host로 변경 가능)`,
  'pod-prefix': ({ prefix }) => `노드의 파드 대역은 ${formatSubnet(prefix)}(--host로 변경 가능)`,
  'named-interfaces': ({ interfaces }) => {
    const list = interfaces.map(({ name, prefixes }) => `${name}(${prefixes.map(formatSubnet).join(', ')})`);
    return `규칙이 지정한 인터페이스가 노드에 있음: ${list.join(', ')}(--host로 변경 가능)`;
  },
  'unnamed-interface': ({ interfaces }) => {
    const list = interfaces.map(({ name, prefixes }) => `${name}(${prefixes.map(formatSubnet).join(', ')})`);
    return `어느 규칙도 지정하지 않은 인터페이스가 노드에 하나 더 있다고 가정함: ${list.join(', ')}(--host로 변경 가능)`;
  },

  // Of the network between nodes.
  'node-made-up': ({ node, addresses, prefixes }) =>
    `노드가 주어지지 않아 지어냄(${node}): 주소 ${addresses.map(formatAddress).join(', ')}, 파드 대역 ${prefixes.map(formatSubnet).join(', ')}(매니페스트에 Node 객체를 더하면 그 노드를 사용함)`,
  'no-node-address': () => '주소가 있는 노드가 없어 노드 사이의 네트워크를 알 수 없음',
  'shared-link': ({ prefix, gateway }) =>
    gateway === null
      ? `노드들은 링크 ${withParticle(formatSubnet(prefix), 'object')} 함께 사용함`
      : `노드들은 링크 ${withParticle(formatSubnet(prefix), 'object')} 함께 사용하며 게이트웨이는 ${formatAddress(gateway)}`,
  'no-overlay': () => '파드로 가는 다음 홉은 그 파드의 노드임(오버레이 없음)',
  'pods-not-told': () =>
    'kube-proxy에 파드 주소가 설정되지 않음. clusterCIDR 등으로 설정하면(--config) externalTrafficPolicy Local인 서비스의 외부 주소에 파드가 접근할 때 그 노드에 엔드포인트가 없어도 도달함',
  'bridged-pods-filtered': () =>
    '한 노드의 파드 사이 패킷도 노드의 규칙을 거침(net.bridge.bridge-nf-call-iptables와 헤어핀 모드를 쓰거나 브리지가 없음)',
};
