import type { MigrateWords } from '../migrate.ts';

export const migrateWords: MigrateWords = {
  exceptions: {
    'no-table': {
      what: '서비스로 가는 패킷: 한쪽이 만드는 테이블을 nft가 거부하므로, 그쪽이 실행되는 노드에서는 어느 서비스도 제공되지 않음',
      advice: 'nft가 테이블을 받아들이는 릴리스를 사용. 무엇을 거부하는지는 kubenat compile이 알려줌',
    },
    'unused-port': {
      what: '클러스터 IP로 가지만 서비스 포트에 없는 포트나 프로토콜의 패킷: nftables 모드에서는 거부되고, iptables 모드에서는 기본 경로로 나감',
      advice: '무응답에 의존하는 프로그램이 없으면 할 일 없음. 클러스터 IP로 보낸 ping에는 오류로 응답함',
    },
    'unallocated-address': {
      what: 'ServiceCIDR에 속하지만 어느 서비스의 것도 아닌 주소로 가는 패킷: nftables 모드에서는 폐기됨',
      advice: '다른 네트워크가 ServiceCIDR의 주소를 쓰지 않는지 확인',
    },
    'node-port-served': {
      what: '한쪽만 노드포트를 제공하는 노드 주소: nftables 모드는 따로 지정하지 않으면 기본(primary) 주소에서만 제공하며, 루프백 주소에서는 제공하지 않음',
      advice:
        'nodePortAddresses에 클라이언트가 쓰는 주소를 지정하고, 노드에서 실행되는 프로그램은 localhost 대신 노드 주소로 호출하도록 변경',
    },
    'node-port-refused': {
      what: '엔드포인트가 없는 노드포트를 한쪽만 거부하는 노드 주소',
      advice:
        '루프백의 그 포트에서 수신 대기하는 프로그램이 없으면 할 일 없음. 있으면 이제 패킷이 그 프로그램에 도달함',
    },
    'own-packet-refused': {
      what: '노드 자신이 엔드포인트가 없는 외부 IP나 로드밸런서 IP로 보내는 패킷: nftables 모드에서는 바로 거부되고, iptables 모드에서는 노드를 떠남',
      advice: '노드가 외부의 로드밸런서를 통해 그 주소에 도달해야 하는 경우가 아니면 할 일 없음',
    },
    'own-packet-dropped': {
      what: '노드 자신이 외부 정책이 Local이고 엔드포인트가 다른 노드에만 있는 서비스의 외부 IP나 로드밸런서 IP로 보내는 패킷: 1.33.6 이전의 nftables 모드는 폐기하고, 그 밖에는 다른 노드의 엔드포인트로 보냄',
      advice: '노드의 프로그램이 그런 주소를 호출하면, nftables 모드에서는 1.33.6 이상을 사용',
    },
    'ranges-before-refusal': {
      what: 'loadBalancerSourceRanges 밖에서 엔드포인트가 없는 로드밸런서 IP로 오는 패킷: nftables 모드에서는 폐기되고, iptables 모드에서는 거부됨',
      advice: '할 일 없음. 엔드포인트가 있을 때처럼 허용되지 않은 클라이언트는 시간 초과됨',
    },
    'loopback-from-outside': {
      what: '외부에서, 또는 노드의 다른 주소에서 127.0.0.0/8로 가는 패킷: iptables 모드만 설정하는 route_localnet이 있으면 앞의 패킷은 그곳에서 수신 대기하는 프로그램에 도달할 수 있음. 1.27부터 kube-proxy는 둘 다 폐기함',
      advice: '노드의 프로그램이 다른 주소에서 루프백 주소를 호출하지 않으면 할 일 없음',
    },
    masquerade: {
      what: '한쪽에서만 출발지 IP가 바뀌는, 클러스터 IP로 가는 패킷: 각 모드는 자기 섹션의 masqueradeAll을 따름',
      advice: '새 모드의 섹션에도 masqueradeAll을 설정',
    },
    hairpin: {
      what: '다른 노드의 파드가 이 노드를 통해 서비스로 보내 같은 파드로 돌아오는 패킷: 1.36부터 nftables 모드는 이 노드의 파드만 출발지 IP를 바꿈',
      advice: '파드가 다른 노드를 서비스로 가는 게이트웨이로 쓰지 않으면 할 일 없음',
    },
    endpoints: {
      what: '다른 릴리스가 다른 엔드포인트로 보내거나 다르게 응답하는 패킷: 힌트, 엔드포인트의 상태, 정책 때문이거나, 한쪽만 그 주소를 제공하거나 서비스를 감시하기 때문임',
      advice: '더 많은 패킷을 받을 엔드포인트가 이를 감당하는지 확인',
    },
    'invalid-packets': {
      what: '연결 추적이 INVALID로 보는 패킷: iptables 모드는 포워딩되는 것을 폐기하고, nftables 모드는 폐기하지 않음',
      advice: 'conntrack.tcpBeLiberal을 설정하거나 별도의 규칙으로 폐기',
    },
    'no-accept': {
      what: 'iptables 모드는 FORWARD에서 마크가 있거나 알려진 연결에 속하는 패킷을, INPUT에서 헬스 체크 노드포트를 허용함. nftables 모드는 이를 노드의 방화벽에 맡김',
      advice: '노드의 방화벽이 포워딩되는 서비스 패킷과 헬스 체크 노드포트를 허용하도록 설정',
    },
    'affinity-memory': {
      what: '세션 어피니티의 클라이언트: iptables 모드는 엔드포인트마다 100개를 기억하고 가장 오래된 것을 잊으며, nftables 모드는 65,535개까지 기억하고 그 뒤로는 기억하지 않음. 기억하던 것은 전환할 때 사라짐',
      advice: '클라이언트의 엔드포인트가 한 번 바뀔 수 있음을 감안',
    },
  },
  verdict: ({ from, to, reasons, nodes, rest, isUnnamed }) => {
    const fault = isUnnamed ? ' 이유를 알 수 없이 결과가 바뀌는 패킷도 있습니다.' : '';
    if (reasons > 0)
      return `${from} → ${to}: 노드 ${nodes}개에서 ${reasons}가지 이유로 패킷의 결과가 바뀝니다.${fault}`;
    if (rest === 'proved') return `${from} → ${to}: 결과가 바뀌는 패킷이 없습니다. 양쪽의 규칙이 같습니다.`;
    return isUnnamed
      ? `${from} → ${to}: 알려진 이유가 없습니다.${fault}`
      : `${from} → ${to}: 결과가 바뀐다고 알려진 패킷이 없습니다.`;
  },
  toDo: (advice) => `할 일: ${advice}`,
  on: (nodes, more, families) =>
    `노드: ${nodes.join(', ')}${more > 0 ? ` 외 ${more}개` : ''}(${families.join(', ')})`,
  forInstance: (node, packet) => `예(${node}): ${packet}`,
  restNotProved: '이 규칙에서 그 밖에 결과가 바뀌는 패킷이 없다는 것은 증명하지 못했습니다.',
  walked: (packets, nodes, isNamed) =>
    `${nodes.join(', ')}에서 패킷 ${packets}개를 양쪽 규칙으로 따라가 보았습니다${isNamed ? '. 다른 이유로 결과가 바뀌는 패킷은 없었습니다' : ''}.`,
  unnamed: '이유 없음: 결과가 바뀌지만 위의 어느 이유에도 해당하지 않는 패킷이 있음. 신고해 주세요',
  onNode: (node, packet) => `${node}: ${packet}`,
  before: (fates) => `이전: ${fates.join(' 또는 ')}`,
  after: (fates) => `이후: ${fates.join(' 또는 ')}`,
};
