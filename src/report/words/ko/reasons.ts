import { type Address, formatAddress, formatEndpoint } from '../../../address/address.ts';
import { formatSubnet } from '../../../address/subnet.ts';
import type { FieldName } from '../../../engine/fields.ts';
import type { RouteDrop } from '../../../engine/reasons.ts';
import type { HostDoubt } from '../../../host/doubt.ts';
import { countPorts } from '../ports.ts';
import type { ReasonWords, ToldReason } from '../reasons.ts';
import { sayOf, type WordsOf } from '../words-of.ts';
import { type Particle, withParticle } from './particles.ts';

const side = { source: '출발지', destination: '목적지' } as const;

const ofAddress = (address: Address, particle: Particle) => withParticle(formatAddress(address), particle);

const doubts: WordsOf<HostDoubt> = {
  'own-address-unknown': ({ address }) =>
    `${ofAddress(address, 'subject')} 노드의 주소인지 알 수 없음. --host에 addresses를 지정`,
  'pod-address-unknown': ({ address }) =>
    `${ofAddress(address, 'subject')} 이 노드의 파드인지 알 수 없음. --host에 podCIDR을 지정`,
  'rule-asks-more': ({ priority }) =>
    `ip rule ${withParticle(`${priority}`, 'subject')} 목적지 외의 것도 확인함`,
  'rule-asks-tos': ({ priority }) =>
    `ip rule ${withParticle(`${priority}`, 'subject')} 확인하는 패킷의 서비스 유형(TOS)을 알 수 없음`,
  'rule-asks-user': ({ priority }) =>
    `ip rule ${withParticle(`${priority}`, 'subject')} 확인하는, 패킷을 보내는 프로세스의 사용자를 알 수 없음`,
  'rule-asks-port': ({ priority }) =>
    `ip rule ${withParticle(`${priority}`, 'subject')} 확인하는 포트가 주어지지 않았음`,
  'route-asks-tos': ({ table }) =>
    `라우팅 테이블 ${table}의 경로가 확인하는 패킷의 서비스 유형(TOS)을 알 수 없음`,
  'table-unknown': ({ table }) =>
    `ip rule이 가리키는 라우팅 테이블 ${table}의 내용을 알 수 없음. 모든 테이블의 경로를 --host로 지정`,
  'vrf-not-followed': (doubt) =>
    `${withParticle(doubt.interface, 'topic')} VRF ${doubt.master}에 속하며, VRF의 라우팅 테이블은 따라가지 않음`,
  'vrf-unknown': ({ master }) =>
    `${withParticle(master, 'subject')} VRF인지 알 수 없음. ip -json -details link의 출력을 --host로 지정`,
  'link-local-unknown': (doubt) =>
    `${doubt.interface}의 링크 로컬 주소를 알 수 없음. --host에 interfaces를 지정`,
  'addresses-unknown': (doubt) => `${doubt.interface}의 주소를 알 수 없음. --host에 addresses를 지정`,
  'bridge-unknown': (doubt) =>
    `${withParticle(doubt.interface, 'subject')} 프레임이 이 규칙을 거치는 브리지(br_netfilter)인지 알 수 없음. --host에 interfaces(kind, master)와 ${withParticle(doubt.sysctl, 'object')} 지정`,
  'bridged-or-routed': (doubt) => `패킷이 ${doubt.interface} 안에서 브리지되는지 라우팅되는지 알 수 없음`,
  'bridge-port-unknown': (doubt) =>
    `패킷이 ${doubt.does === 'leaves' ? '나가는' : '들어온'} 브리지 ${doubt.interface}의 포트를 알 수 없음`,
  'group-unknown': ({ address }) =>
    `노드가 멀티캐스트 그룹 ${ofAddress(address, 'object')} 수신하는지 알 수 없음`,
  'has-link-local-unknown': (doubt) =>
    `${doubt.interface}에 링크 로컬 주소가 있는지 알 수 없음. --host에 interfaces를 지정`,
  'link-unknown': ({ address }) =>
    `노드가 어느 인터페이스를 통해 ${ofAddress(address, 'to')} 보내는지 알 수 없음`,
};

const drops: Readonly<Record<RouteDrop, string>> = {
  'loopback-from-wire': '::1은 외부에서 올 수 없음',
  'node-multicast-from-wire': '노드 안에서만 쓰는 멀티캐스트는 외부에서 올 수 없음',
  'multicast-source': '출발지가 멀티캐스트 주소임',
  'not-forwarding': '노드가 포워딩하지 않음',
  'source-of-nobody': '출발지가 호스트의 주소가 아님',
  'localnet-source': '외부에서 온 패킷의 출발지가 127/8이고 route_localnet이 꺼져 있음',
  'localnet-destination': '외부에서 온 패킷의 목적지가 127/8이고 route_localnet이 꺼져 있음',
  'localnet-leaves': 'route_localnet이 꺼져 있어 출발지가 127/8인 패킷은 노드를 떠날 수 없음',
  'source-unspecified': '출발지가 0.0.0.0임',
  'destination-unspecified': '목적지가 0.0.0.0임',
  'source-is-own': '출발지가 이 노드의 주소이고 accept_local이 꺼져 있음',
  'no-way-back': '출발지로 돌아가는 경로가 없고 rp_filter가 켜져 있음',
  'other-way-back': '출발지로 돌아가는 경로가 다르고 rp_filter가 켜져 있음',
  'group-not-heard': '노드가 수신하지 않는 멀티캐스트 그룹임',
  'group-of-node': '이 노드 안에서만 쓰는 멀티캐스트 그룹임',
  'no-route': '경로가 없음',
  'no-route-of-own': '목적지로 가는 경로가 없음',
  blackhole: '블랙홀 경로임',
  'no-interface-to-many': '여러 곳으로 보내는 응답의 출발지를 가진 인터페이스가 없음',
};

/** Of fields whose own names say little. */
const fieldNames: Partial<Record<FieldName, string>> = {
  inGroup: '패킷이 들어오는 인터페이스의 그룹',
  outGroup: '패킷이 나가는 인터페이스의 그룹',
  realm: '패킷이 따르는 경로의 realm',
  transport: 'TCP, DCCP, SCTP 헤더에서 포트 외의 값',
  extensionHeader: '패킷의 확장 헤더',
  sourceMac: '패킷이 온 MAC 주소',
  length: '패킷의 길이',
  time: '패킷이 오는 시각',
};

/** Why something is not known, does not arrive, or is not answered. */
const sentences: ReasonWords = {
  'field-unknown': ({ field }) =>
    `${withParticle(fieldNames[field.field] ?? `패킷의 ${field.field} 값`, 'object')} 알 수 없음`,
  'port-unknown': (reason) =>
    `${side[reason.side]} 포트가 주어지지 않았고, 규칙이 묻는 포트는 ${countPorts(reason.ports)}`,
  'set-port-unknown': (reason) =>
    `${side[reason.side]} 포트가 주어지지 않았고, 집합이 이를 물음(집합 ${reason.set})`,
  'set-unknown': ({ set }) => `집합 ${set}의 내용을 알 수 없음. ipset save의 출력을 --sets로 지정`,
  'set-missing': ({ set }) => `--sets에 없는 집합: ${set}. ipset save의 출력을 모두 지정`,
  'set-count-unknown': ({ set, option }) => `집합 ${set}에서 센 값을 알 수 없음(${option})`,
  'set-part-unevaluated': ({ set }) => `주소와 포트 외에 집합이 묻는 것은 계산하지 않음(집합 ${set})`,
  'set-protocol-unevaluated': ({ set }) => `포트가 없는 프로토콜의 항목은 계산하지 않음(집합 ${set})`,
  'set-changed': ({ set }) => `규칙이 집합의 내용을 바꾸어 알 수 없음(집합 ${set})`,
  'set-unswept': ({ set }) =>
    `삭제되었거나 만료된 원소는 커널이 정리할 때까지 자리를 차지하므로, 집합이 가득 찼는지 알 수 없음(집합 ${set})`,
  'match-unevaluated': ({ name }) => `-m ${name} 매치의 결과는 계산하지 않음`,
  'statement-unevaluated': ({ text }) => `“${text}”의 결과를 알 수 없음`,
  'order-unknown': ({ chains: [one, other] }) =>
    `두 체인(${one}, ${other})의 훅과 우선순위가 같음. 나중에 만들어진 쪽이 먼저 실행되나 규칙만으로는 그 순서를 알 수 없음`,
  'option-unevaluated': ({ option }) => `${option} 옵션의 결과는 계산하지 않음`,
  'other-protocol': ({ extension }) => `-m ${extension} 매치가 다른 프로토콜의 패킷을 들여다봄`,
  'match-not-shown': () => '규칙의 조건 중 일부를 확인할 수 없음',
  'rule-unread': () => '행을 읽을 수 없음',
  'rules-not-shown': () => '뒤따르는 규칙이 보이지 않음',
  'chain-unwalked': ({ table, chain }) =>
    `패킷이 만나는 체인을 따라가지 않음(테이블 ${table}의 체인 ${chain})`,
  'target-unknown': ({ name }) => `출력에 있는 체인도, 알려진 타깃도 아님: ${name}`,
  'target-unevaluated': ({ name }) => `${name} 타깃은 실행하지 않아 결과를 계산하지 못함`,
  'endpoints-unknown': () => '입력이 충분히 말하지 않아 서비스의 엔드포인트를 알 수 없음',
  'by-ipvs': () => '이 연결은 IPVS가 나르며, 규칙만으로는 알 수 없음',
  'kernel-owner-unknown': () => '커널이 보내는 오류의 소유자가 커널인지 알 수 없음',
  'owner-unknown': () => '패킷을 보내는 프로세스의 사용자와 그룹을 알 수 없음',
  'sockets-unknown': () => '노드의 소켓을 알 수 없음',
  'listeners-unknown': () => '노드에서 어느 소켓이 수신 대기하는지 알 수 없음(TPROXY)',
  'frame-unknown': ({ type }) => `프레임이 ${type}였는지 알 수 없음`,
  'assured-unknown': () => '연결이 확립되었는지(assured) 알 수 없음',
  'interface-addresses-unknown': (reason) =>
    `인터페이스 ${reason.interface}의 주소를 알 수 없음. --host에 addresses를 지정`,
  'flow-may-be-gone': () =>
    '노드가 이 연결을 아직 기억하는지 알 수 없음. 주어지지 않은 순서 번호와 데이터에 달려 있음',
  'flow-may-be-expected': () =>
    '연결의 도우미(CT --helper)가 이 패킷을 예상하는지 알 수 없음. 주어지지 않은 데이터에 달려 있음',
  'flow-ambiguous': () =>
    '패킷이 여러 연결 중 어느 것에 속하는지 알 수 없음. 변환이 어느 연결에나 이 포트를 골랐을 수 있음',
  'earlier-packet-unknown': () => '앞선 패킷의 결과를 알 수 없고, 이 패킷의 결과가 그에 달려 있음',
  'too-many-ways': ({ most }) => `이 규칙들을 지나는 길이 ${most}개를 넘음`,
  'too-many-rules': ({ most }) => `거듭 호출되는 체인에서 만나는 규칙이 ${most}개를 넘음`,
  'reset-untranslated': () =>
    'br_netfilter가 있으면 커널은 리셋을 규칙을 거치지 않고 주소 변환도 되돌리지 않은 채 브리지로 보내므로, 다른 주소로 요청한 클라이언트는 받아들이지 않음',
  'reset-way-unknown': ({ doubt }) =>
    `br_netfilter가 있으면 커널은 리셋을 규칙을 거치지 않고 주소 변환도 되돌리지 않은 채 브리지로 보내고, 없으면 규칙을 거쳐 보냄. ${sayOf(doubts, doubt)}`,
  host: ({ doubt }) => sayOf(doubts, doubt),
  'at-rule': ({ place, reason }) =>
    reason.code === 'rules-not-shown'
      ? `${sayReason(reason)}(${place.table}/${place.chain})`
      : `${sayReason(reason)}(${place.table}/${place.chain}의 규칙 ${place.number})`,
  'policy-drop': ({ table, chain }) => `${table}/${chain}의 정책이 DROP임`,
  'flow-clash': () => '이 양 끝을 쓰는 연결이 이미 있고, 남은 포트가 없음',
  'hops-spent': () => '이 노드에서 TTL이 다함',
  'route-drop': ({ drop }) => drops[drop],

  // The answer's way.
  'asked-many': ({ asked }) =>
    `${formatAddress(asked)}(여러 수신자)로 보낸 것에 응답하는 쪽은 자기 주소에서 응답함`,
  'node-answers': () => '노드 자신이 응답함',
  'martian-source': ({ source }) =>
    `외부에서 온 127/8 출발지는 수신 측이 잘못된 패킷(martian)으로 보고 폐기하며, ${ofAddress(source, 'to')} 응답할 수도 없음`,
  'answers-node': ({ server, client, undone }) =>
    `${ofAddress(server, 'subject')} 이 노드의 주소 ${ofAddress(client, 'to')} 응답함${undone ? '. 노드가 클라이언트를 위해 되돌려 변환함' : ''}`,
  'answers-itself': ({ server }) =>
    `${formatAddress(server)}에는 자기 주소가 클라이언트로 보여 자기 자신에게 응답함`,
  'client-is-pod': ({ client }) => `${ofAddress(client, 'topic')} 이 노드의 파드임`,
  'both-are-pods': () =>
    '클라이언트와 서버가 모두 이 노드의 파드임. 같은 브리지에서는 br_netfilter가 있어야 응답이 규칙을 거침',
  'server-is-pod': ({ server }) => `${ofAddress(server, 'topic')} 이 노드의 파드이므로 응답도 이 노드를 거침`,
  'nothing-translated': ({ server, client }) =>
    `${ofAddress(server, 'subject')} 자기 경로로 ${formatAddress(client)}에 응답함. 변환은 없었음`,
  'past-node': ({ server, client, asked }) =>
    `${ofAddress(server, 'subject')} 이 노드를 거치지 않고 ${formatAddress(client)}에 응답함. ${ofAddress(asked, 'to')} 요청한 클라이언트는 ${formatAddress(server)}의 응답을 받지 않음`,
  'answer-from-other': ({ source, client }) =>
    `응답이 클라이언트가 요청한 곳이 아닌 ${formatAddress(source)}에서 ${ofAddress(client, 'to')} 옴`,

  // Between nodes.
  'node-silent': ({ node }) => `노드가 응답하지 않음(${node})`,
  'in-a-circle': () => '노드 사이를 맴돎',
  'pod-not-routed': ({ address }) =>
    `${ofAddress(address, 'topic')} 파드의 주소임. 파드로 가는 경로는 클러스터 안에서만 알려져 있고 외부 라우터에는 없음`,
  'service-not-routed': ({ address }) =>
    `${ofAddress(address, 'topic')} 클러스터 IP임. 이 주소를 가진 머신도, 이 주소로 가는 경로도 없고 노드의 규칙만 이 주소를 앎`,
  'not-a-service-port': ({ address, port, node }) =>
    `${withParticle(formatEndpoint(address, port), 'topic')} 서비스 포트가 아니므로 노드 ${node}에 규칙이 없고, 이 주소를 아는 라우터도 없음`,
  'not-a-balancer-port': ({ service, port }) =>
    `${service}의 로드밸런서에는 포트 ${withParticle(`${port}`, 'subject')} 없음`,
  'source-not-admitted': ({ ranges, source }) =>
    `로드밸런서는 ${ranges.map(formatSubnet).join(', ')}만 허용하며 ${ofAddress(source, 'topic')} 여기에 속하지 않음`,
  'balancer-without-node-port': () =>
    '로드밸런서는 노드포트로 연결하는데 서비스에 노드포트가 없음(allocateLoadBalancerNodePorts: false)',
  'no-healthy-node': () =>
    '준비된 엔드포인트가 있는 노드가 없어 모두 헬스 체크에 실패하고, 로드밸런서가 보낼 곳이 없음',
  'no-node': () => '로드밸런서가 보낼 노드가 없음',
  'nobody-listens': ({ node, port }) =>
    `노드 ${node}의 포트 ${port}에서 수신 대기하는 것으로 알려진 프로그램이 없음`,
  'host-port': ({ node, port, owner }) =>
    `${withParticle(owner, 'subject')} 노드 ${node}의 포트 ${withParticle(`${port}`, 'object')} 사용함(hostPort). 그리로 보내는 규칙은 여기에 없음`,
  'answer-strays': ({ node, server, client, asked }) =>
    `응답이 변환을 되돌릴 수 있는 유일한 노드 ${withParticle(node, 'object')} 거치지 않고 ${ofAddress(client, 'to')} 바로 감. 응답의 출발지가 ${formatAddress(server)}이므로 ${ofAddress(asked, 'to')} 요청한 클라이언트가 받지 않음`,
  'balancer-may-tell': () =>
    '직접 연결을 맺는 로드밸런서에 가는 패킷임. 로드밸런서가 클라이언트에게 무엇을 알리는지 알 수 없음',
};

export function sayReason(reason: ToldReason): string {
  return sayOf(sentences, reason);
}
