import type { FindingCode } from '../../../lint/finding.ts';
import type { FindingTexts } from '../explained/page.ts';

/** What `kubenat check --explain` says of a finding; the examples are those of every language. */
export const findingTexts: Readonly<Record<FindingCode, FindingTexts>> = {
  'cut-off': {
    means: '서비스로 보낸 패킷이 엔드포인트에 도달하지 못하거나 응답이 돌아오지 못함',
    effect:
      '서비스에 연결할 수 있어야 하는 곳에서 시작한 연결을 노드의 모든 규칙에 따라 추적한 결과, 패킷이나 응답 가운데 하나가 폐기되었거나, 거부되었거나, 변환되지 않은 채 그대로 남았습니다. 결과에 해당 규칙이 표시되며, 확률에 따라 달라지는 경우에는 해당하는 패킷의 비율도 표시됩니다.',
    remedy:
      '표시된 규칙을 확인합니다. 어느 프로그램의 것도 아닌 규칙이면 제거합니다. kube-proxy 체인으로 가는 점프가 없는 경우에는 kube-proxy를 다시 시작하면 점프가 다시 생성됩니다.',
  },
  'errors-lost': {
    means: '서비스 연결의 패킷에 대한 ICMP 오류가 사라짐',
    effect:
      '연결은 이루어지고 작은 패킷은 통과합니다. 경로의 링크보다 큰 패킷에는 그곳에서 ICMP 오류로 응답하는데, 그 연결에 속하는(RELATED) 이 오류가 여기서 폐기됩니다. 패킷을 보낸 쪽은 같은 패킷을 되풀이해 보내고 전송이 멈춥니다(경로 MTU 탐색). UDP에서는 수신하는 프로그램이 없다는 오류도 사라집니다.',
    remedy:
      '표시된 규칙보다 앞에서 -m conntrack --ctstate RELATED(nft에서는 ct state related accept)를 허용합니다.',
  },
  'wrong-endpoint': {
    means: '엔드포인트의 체인이 원래와 다른 주소로 패킷을 보냄',
    effect:
      '서비스의 클라이언트가 엉뚱한 서버의 응답을 받거나 응답을 받지 못합니다. 체인 이름은 엔드포인트의 해시인데, 규칙에 적힌 주소의 해시와 다릅니다.',
    remedy: '누군가 바꾼 규칙을 제거하고, kube-proxy를 다시 시작하여 규칙을 새로 쓰게 합니다.',
  },
  'uneven-shares': {
    means: '서비스의 체인이 엔드포인트에 연결을 고르게 나누지 않음',
    effect:
      '각 규칙은 앞의 규칙들이 남긴 패킷만 확인하므로, 같아 보이는 확률도 고르지 않은 비율이 됩니다. 엔드포인트 3개에 1/3, 1/3, 나머지를 주면 마지막이 44 %, 두 번째가 22 %를 받습니다. 엔드포인트의 규칙 하나가 없어져도 나머지의 비율이 고르지 않게 됩니다. 자신의 체인에서 패킷을 변환하지 않는 엔드포인트는 연결을 받지 못하고 다음 엔드포인트가 받습니다.',
    remedy:
      'kube-proxy를 다시 시작하여 규칙을 새로 쓰게 합니다. kube-proxy는 엔드포인트 n개에 차례로 1/n, 1/(n-1) … 1/2, 나머지를 줍니다.',
  },
  'affinity-lost': {
    means: '세션 어피니티가 있는 서비스의 체인이 기억된 클라이언트를 그 엔드포인트로 보내지 않음',
    effect:
      '엔드포인트의 체인은 클라이언트를 목록에 적고, 서비스의 체인은 확률로 고르기 전에 목록에 있는 클라이언트를 그 엔드포인트로 보냅니다. 두 규칙 가운데 하나가 없으면 같은 클라이언트가 연결할 때마다 다른 엔드포인트로 갈 수 있습니다.',
    remedy: 'kube-proxy를 다시 시작하여 규칙을 새로 쓰게 합니다.',
  },
  'source-lost': {
    means:
      '출발지 IP가 보존되어야 하는데(파드가 보낸 패킷, externalTrafficPolicy가 Local인 서비스) 엔드포인트에 클라이언트의 주소가 보이지 않음',
    effect:
      'kube-proxy가 아닌 다른 프로그램이 이 패킷을 마스커레이드합니다. 로그, 접속 제한, 네트워크 정책, 출발지 규칙에 노드의 주소가 보입니다.',
    remedy: '마스커레이드하는 규칙에서 파드로 가는 패킷을 제외합니다.',
  },
  'range-open': {
    means: '로드밸런서의 출발지 범위가 다른 클라이언트를 막지 못함',
    effect: 'loadBalancerSourceRanges가 허용하지 않은 클라이언트가 엔드포인트에 도달합니다.',
    remedy: '서비스의 방화벽 체인(KUBE-FW)보다 앞에서 엔드포인트로 보내는 규칙을 찾습니다.',
  },
  throttled: {
    means: '속도, 용량, 횟수 제한이 서비스 연결의 성립 여부를 정함',
    effect:
      '요청이 적을 때는 문제가 없지만, 제한에 이르면 누구에게 가는 연결이든 이후의 연결이 폐기되거나 거부됩니다. 로그만 남기는 규칙이나 어느 쪽이든 결과가 같은 규칙은 표시하지 않습니다.',
    remedy:
      '의도한 제한이면 그 이유를 적어 결과를 숨깁니다. 노드 자신을 위한 제한이면 규칙을 INPUT에 두거나 파드로 가는 패킷을 제외합니다.',
  },
  'ways-left': {
    means: '확률에 따라 나뉘는 길이 추적할 수 있는 수보다 많은 서비스',
    effect:
      '그 자체로는 영향이 없습니다. 패킷의 결과를 확인하지 않았으므로, 서비스로 가는 이 경로가 정상인지 알 수 없습니다.',
    remedy:
      'kubenat trace로 패킷 하나의 결과를 확인합니다. 다른 프로그램의 규칙이 kube-proxy보다 앞에서 확률로 패킷을 나눈다면, 일부 패킷만 지나는 체인으로 옮깁니다.',
  },
  'local-elsewhere': {
    means: 'internalTrafficPolicy가 Local이고 이 노드에 엔드포인트가 없는 서비스',
    effect:
      '정책에 따라 이 노드의 파드가 서비스로 보낸 패킷은 폐기됩니다. 엔드포인트가 있는 노드의 파드는 서비스를 이용할 수 있습니다.',
    remedy:
      '요청하는 모든 노드에 엔드포인트가 있다면(데몬셋) 할 일이 없습니다. 그렇지 않으면 정책을 Cluster로 바꿉니다.',
  },
  'ports-unrefused': {
    means: 'kube-proxy가 클러스터 IP로 알지 못하는 서비스 주소(nftables 모드)',
    effect:
      '서비스 자신의 포트는 동작합니다. 다른 포트로 보낸 패킷은 거부되지 않고 일반 호스트로 가는 패킷처럼 전달되어, 클라이언트가 시간이 초과될 때까지 기다립니다.',
    remedy: 'kube-proxy를 다시 시작하여 테이블을 새로 쓰게 합니다.',
  },
  unrefused: {
    means: '엔드포인트가 없어 kube-proxy가 거부하는 서비스이지만, 패킷이 그 규칙에 이르지 않음',
    effect:
      '클라이언트의 연결은 곧바로 거부되어야 합니다. 여기서는 패킷이 일반 호스트로 가는 패킷처럼 전달되어, 클라이언트가 시간이 초과될 때까지 기다립니다.',
    remedy:
      '규칙이 있는 체인으로 가는 점프와, 그 전에 패킷을 허용하는 규칙을 확인합니다. kube-proxy를 다시 시작하면 점프를 새로 씁니다.',
  },
  'others-dropped': {
    means: 'kube-proxy의 규칙이나 정책이 서비스로 가지 않는 패킷을 폐기함',
    effect:
      '어떤 서비스와도 상관없는 패킷까지 사라집니다. 파드나 노드가 외부에 연결하지 못하거나, 외부에서 노드에 연결하지 못합니다. kube-proxy가 폐기하는 것은 엔드포인트가 없는 서비스로 가는 패킷, 허용된 범위 밖에서 온 패킷, 외부에서 127.0.0.0/8로 오는 패킷, 어느 연결에도 속하지 않는 패킷뿐입니다.',
    remedy: 'kube-proxy를 다시 시작하여 규칙을 새로 쓰게 합니다.',
  },
  'hairpins-none': {
    means:
      '이 노드의 엔드포인트를 kube-proxy가 하나도 모르며, 실제로 없는지는 규칙만으로 알 수 없음(nftables 모드)',
    effect:
      '자기 서비스에 연결한 엔드포인트가 자기 자신에게 연결되면 마스커레이드되지 않습니다. 노드를 거치지 않고 스스로 응답하므로 연결이 멈춥니다. 이 노드의 파드인 엔드포인트가 없다면 마스커레이드할 것도 없습니다.',
    remedy:
      '--host로 이 노드의 파드를 지정하면 통신이 끊기는 곳이 있는지 알려 줍니다. 있다면 kube-proxy를 다시 시작하여 테이블을 새로 쓰게 합니다.',
  },
  undecided: {
    means: '여기서 알 수 없는 것으로 서비스 연결을 정하는 규칙',
    effect:
      '시각, 패킷의 길이와 수, 보낸 장치(MAC), 패킷을 넘겨받은 프로그램의 판단(NFQUEUE), 프록시가 수신 중인지(TPROXY)에 따라 클라이언트가 엔드포인트에 도달하는지가 정해집니다. 수신하는 프로그램이 없으면 모두 유실됩니다.',
    remedy:
      '의도한 규칙이면 그 이유를 적어 결과를 숨깁니다. 아니면 규칙을 제거하거나 서비스로 가는 패킷을 제외합니다.',
  },
  'health-check-closed': {
    means: '외부에서 확인할 수 없는 헬스 체크 노드포트',
    effect: '노드에 엔드포인트가 있어도 로드밸런서가 노드를 비정상으로 보고 패킷을 보내지 않습니다.',
    remedy: 'filter 테이블에서 이 포트의 패킷이 폐기되기 전에 KUBE-NODEPORTS에 도달하게 합니다.',
  },
  'service-rejects': {
    means: '패킷이 거부되거나 폐기되는 서비스',
    effect:
      '이 노드에서 kube-proxy가 서비스를 거부합니다. 엔드포인트가 없거나, internalTrafficPolicy가 Local인데 이 노드에 엔드포인트가 없기 때문입니다. 클라이언트는 거부되거나 응답 없이 기다립니다. externalTrafficPolicy가 Local이라 외부 클라이언트에게 엔드포인트가 없는 것은 문제로 표시하지 않습니다. 로드밸런서가 그런 노드를 제외하기 때문입니다.',
    remedy:
      '셀렉터와 일치하고 준비된 파드가 있는지 확인합니다(kubectl get endpointslices). internalTrafficPolicy가 Local이면 파드가 없는 노드에 클라이언트를 두지 않거나 모든 노드에서 파드를 실행합니다.',
  },
  'order-decides': {
    means: '훅과 우선순위가 같은 두 체인 중 나중에 만든 것이 무엇인지에 따라 통신 여부가 달라지는 서비스',
    effect:
      '커널은 나중에 만든 체인을 먼저 적용하지만, 출력된 규칙에는 만든 순서가 나타나지 않습니다. 어느 한 프로그램을 다시 시작하면 순서가 바뀔 수 있습니다.',
    remedy: '한쪽 체인의 우선순위를 바꿉니다.',
  },
  'address-lost': {
    means: 'kube-proxy가 아는 클러스터 IP이지만 맵에 포트가 없음(nftables 모드)',
    effect: '이 주소로 보낸 패킷은 엔드포인트로 가지 못하고 거부됩니다.',
    remedy: '무엇이 원소를 제거했는지 확인합니다. kube-proxy를 다시 시작하면 모두 새로 씁니다.',
  },
  'masquerade-missing': {
    means: '마스커레이드하도록 마크된 패킷을 마스커레이드하는 규칙이 없음',
    effect:
      '응답이 이 노드로 돌아와야 하는 패킷의 출발지가 그대로이므로, 응답이 다른 길로 가고 연결이 성립하지 않습니다.',
    remedy:
      'POSTROUTING에서 KUBE-POSTROUTING으로 가는 점프를 되살립니다. 그 앞에서 모든 패킷을 허용하거나 마크 비트를 지우는 규칙이 있는지 확인합니다.',
  },
  'mark-shared': {
    means: 'kube-proxy가 마스커레이드에 쓰는 마크를 설정하는 다른 규칙',
    effect: '다른 목적으로 마크한 패킷이 노드의 주소로 나갑니다.',
    remedy:
      '한쪽의 비트를 바꿉니다. kube-proxy 설정의 masqueradeBit이나 다른 프로그램의 마크를 바꾸면 됩니다.',
  },
  'ports-predictable': {
    means: '--random-fully 없는 kube-proxy의 마스커레이드',
    effect:
      '한 엔드포인트로 많은 연결이 동시에 시작되면 일부 연결의 첫 패킷이 폐기되고 1초 뒤에 다시 전송됩니다.',
    remedy: '노드에 iptables 1.6.2 이상을 설치합니다. 그러면 kube-proxy가 무작위 포트를 요청합니다.',
  },
  'mode-left': {
    means: '한 노드에 kube-proxy의 두 모드 또는 iptables의 두 백엔드로 만든 규칙이 함께 있음',
    effect: '더 이상 관리되지 않는 규칙이 패킷을 변환, 마크, 폐기하거나 허용할 수 있습니다.',
    remedy:
      '노드에서 kube-proxy --cleanup을 실행하거나 노드를 다시 시작한 뒤, kube-proxy가 규칙을 새로 쓰게 합니다.',
  },
  'forward-policy': {
    means: 'FORWARD의 정책이 폐기이고 kube-proxy의 체인이 서비스 패킷을 통과시키지 않음',
    effect: '출발지가 보존된 채 다른 노드나 파드의 엔드포인트로 가는 패킷이 폐기됩니다.',
    remedy:
      '파드의 패킷을 허용하게 합니다. 파드 주소 범위를 -s와 -d로 지정한 iptables -A FORWARD 규칙을 추가하거나, 이를 처리하는 네트워크 플러그인을 사용합니다.',
  },
  shadowed: {
    means: '앞의 규칙들이 모두 처리하여 어떤 패킷과도 일치할 수 없는 규칙',
    effect: '패킷에는 영향이 없습니다. 규칙이 하려던 일은 일어나지 않습니다.',
    remedy: '패킷을 먼저 처리하는 규칙보다 앞으로 옮기거나 제거합니다.',
  },
  repeated: {
    means: '같은 체인에 다시 있는 규칙',
    effect:
      '패킷을 두 번 확인합니다. 어떤 프로그램이 시작할 때마다 규칙을 추가하거나 두 프로그램이 같은 규칙을 추가합니다.',
    remedy: '중복된 규칙을 제거하고, 추가하는 프로그램이 이미 있는지 먼저 확인하게 합니다(iptables -C).',
  },
  unreachable: {
    means: '어떤 내장 체인에서도 도달할 수 없는 체인',
    effect: '영향이 없습니다. 이 체인의 규칙을 지나는 패킷이 없습니다.',
    remedy: '원래 의도한 곳에서 점프하게 하거나 제거합니다(iptables -F 후 -X).',
  },
  'stale-service': {
    means: '더 이상 아무 데서도 도달할 수 없는 서비스의 체인',
    effect: '영향이 없습니다. 삭제된 서비스나 다른 kube-proxy가 남긴 것입니다.',
    remedy: 'kube-proxy가 모든 규칙을 새로 쓸 때 제거됩니다. 늦어도 다시 시작하면 제거됩니다.',
  },
  'empty-jump': {
    means: '규칙이 없는 체인으로 가는 점프',
    effect: '영향이 없습니다. 패킷이 그대로 돌아옵니다.',
    remedy: '체인에 규칙을 넣거나 점프를 제거합니다. 프로그램이 미리 만들어 두는 체인은 표시하지 않습니다.',
  },
  'rule-unread': {
    means: '행을 모두 읽지 못한 규칙',
    effect:
      '알 수 없습니다. 이 규칙에 달린 서비스는 보이지 않지만, 바로 이 규칙이 서비스를 만드는 것일 수 있습니다.',
    remedy:
      '함께 나오는 경고에서 그 행의 문제를 확인하고 iptables-save의 출력을 다시 저장합니다. 이 행에 달린 서비스가 있으면 undecided가 알립니다.',
  },
  'commit-missing': {
    means: 'COMMIT 없이 중간에서 끊긴 덤프',
    effect:
      '영향이 없습니다. 다만 끊긴 뒤의 규칙은 알 수 없으므로, 그 규칙에 달린 서비스가 정상인지도 알 수 없습니다.',
    remedy: 'iptables-save의 출력 전체를 다시 저장합니다(디스크 공간, 중단된 복사, head 등을 확인).',
  },
  'nft-refused': {
    means: 'nft가 불러오지 못하는 룰셋: 없는 체인이나 집합, 맵 또는 타입이 다른 것을 부름',
    effect:
      '이 텍스트로 규칙을 만드는 노드에는 아무 규칙도 생기지 않습니다. 노드가 출력한 텍스트라면 일부가 빠진 것이므로, 그 부분에 달린 것은 알 수 없습니다.',
    remedy: 'nft list ruleset의 출력 전체를 다시 저장하거나, 없는 것을 추가합니다.',
  },
  'too-many-rules': {
    means: '규칙이 너무 많아 서로 모두 비교하지 못함',
    effect: '영향이 없습니다. 다만 일치할 수 없는 규칙을 모두 찾지는 못했습니다.',
    remedy: '규칙의 일부씩 검사하거나 주소를 집합에 넣습니다.',
  },
  'mark-clash': {
    means: '한 노드에서 같은 비트로 패킷을 마크하는 두 프로그램',
    effect: '한쪽이 마크한 패킷을 다른 쪽이 자기 것으로 보고 통과시키거나 마스커레이드하거나 라우팅합니다.',
    remedy:
      '한쪽이 다른 비트를 쓰게 합니다. 대부분 설정이 있으며(Calico는 iptablesMarkMask), 직접 만든 규칙이면 --set-xmark 뒤의 값을 바꿉니다.',
  },
  'mark-unset': {
    means: '어떤 규칙도 설정하지 않는 마크를 찾는 규칙',
    effect:
      '소켓(SO_MARK), tc, eBPF가 마크한 패킷 외에는 일치하지 않습니다. 알려진 프로그램의 규칙과 소켓의 패킷이 지나는 OUTPUT의 규칙은 표시하지 않습니다.',
    remedy:
      '값이나 마스크에 오타가 있는지, 없어진 규칙이 있는지 확인합니다. 아니면 무엇이 마크하는지 주석으로 적습니다.',
  },
  'mark-unread': {
    means: '어떤 규칙도 확인하지 않는 마크를 설정하는 규칙',
    effect:
      '라우팅(ip rule), tc, eBPF가 확인하지 않으면 영향이 없습니다. 라우팅이 확인하는지는 --host로 알 수 있습니다.',
    remedy: '규칙을 제거하거나 값에 오타가 있는지 확인합니다.',
  },
  'setting-contradicts': {
    means: 'kube-proxy의 규칙이 제구실을 못 하게 하는 커널 설정',
    effect:
      '결과에 표시된 대로, 응답이 변환되지 않은 채 브리지를 통과하거나(bridge-nf-call-iptables), 이웃 호스트가 루프백에서만 수신하는 서버에 도달하거나 127.0.0.1의 노드 포트에 연결되지 않거나(route_localnet), 어느 연결에도 속하지 않는 패킷이 통과합니다(nf_conntrack_tcp_be_liberal).',
    remedy:
      '/etc/sysctl.d에서 kube-proxy에 필요한 값으로 설정하여 유지되게 합니다. --host나 kubenat collect로 주어진 값만 확인합니다.',
  },
  'forwarding-off': {
    means: '다른 호스트의 패킷을 포워딩하지 않는 노드',
    effect: '파드로 가는 패킷이 폐기됩니다. 엔드포인트가 노드 자신인 서비스에만 연결할 수 있습니다.',
    remedy:
      '/etc/sysctl.d에서 net.ipv4.ip_forward(IPv6는 net.ipv6.conf.all.forwarding)를 1로 설정하여 유지되게 합니다.',
  },
  'conntrack-off': {
    means: '연결을 추적하지 않는 노드',
    effect: 'nat 규칙이 적용되지 않습니다. 서비스로 보낸 패킷의 주소가 그대로이므로 도달하지 못합니다.',
    remedy: 'nf_conntrack을 로드하고, 이 네트워크 네임스페이스에서 무엇이 연결 추적을 껐는지 확인합니다.',
  },
  'conntrack-full': {
    means: '가득 찼거나 거의 찬 연결 추적 테이블',
    effect: '자리가 없는 동안 새 연결의 패킷이 폐기됩니다("nf_conntrack: table full, dropping packet").',
    remedy:
      'net.netfilter.nf_conntrack_max를 늘리거나(kube-proxy 설정의 conntrack.maxPerCore), 무엇이 이렇게 많은 연결을 만드는지 확인합니다.',
  },
  'chains-tied': {
    means: '훅과 우선순위가 같은 nft의 두 기본 체인',
    effect:
      '커널은 나중에 만든 체인을 먼저 적용합니다. 다시 시작하면 순서가 바뀔 수 있습니다. 순서에 따라 서비스의 결과가 달라지면 order-decides로 표시합니다.',
    remedy: '한쪽 체인의 우선순위를 바꿉니다.',
  },
  'selector-matches-nothing': {
    means: '어떤 파드와도 일치하지 않는 셀렉터',
    effect: '서비스에 엔드포인트가 없어 연결이 거부됩니다.',
    remedy: '셀렉터와 파드의 레이블을 한 글자씩 비교하고, 둘의 네임스페이스를 확인합니다.',
  },
  'no-endpoints': {
    means: '준비된 엔드포인트가 없는 서비스',
    effect: '서비스로의 연결이 거부됩니다.',
    remedy:
      '파드가 왜 준비되지 않았는지 확인합니다(kubectl describe pod). 셀렉터가 없는 서비스에는 서비스를 가리키는 엔드포인트슬라이스가 필요합니다.',
  },
  'target-port-unknown': {
    means: '서비스가 선택한 파드에 없는 이름의 targetPort',
    effect: '이 서비스 포트에 엔드포인트가 없어 연결이 거부됩니다.',
    remedy: '컨테이너의 포트에 이 이름을 붙이거나 이름을 고칩니다.',
  },
  'port-undeclared': {
    means: '컨테이너가 다른 포트는 선언하지만 이 targetPort는 선언하지 않음',
    effect:
      '그 포트에서 수신하는 프로그램이 없으면 파드가 연결을 거부합니다. 컨테이너는 포트를 선언하지 않아도 되므로 의심일 뿐입니다.',
    remedy: '번호를 고치거나, 포트를 이름으로 가리키거나, 컨테이너에 선언합니다.',
  },
  'local-without-endpoint': {
    means: '트래픽 정책이 Local인데 엔드포인트가 없고 클라이언트를 막는 것도 없는 노드',
    effect: '이런 노드에서 서비스로 오는 패킷은 폐기되어 클라이언트가 응답 없이 기다립니다.',
    remedy:
      '모든 노드에서 파드를 실행하거나(데몬셋, topologySpreadConstraints), 클라이언트가 파드가 있는 노드에만 연결하게 하거나, 정책을 Cluster로 바꿉니다.',
  },
  'local-relies-on-health-check': {
    means: '정책이 Local이어서 로드밸런서가 제외해야 하는 노드',
    effect:
      '로드밸런서가 healthCheckNodePort를 확인하는 동안에는 영향이 없습니다. 노드의 마지막 파드가 없어진 것을 알아차릴 때까지, 또는 전혀 확인하지 않으면 연결이 폐기됩니다.',
    remedy: '로드밸런서가 헬스 체크 노드포트를 확인하는지 봅니다.',
  },
  'families-differ': {
    means: '한 주소 체계의 주소는 있지만 그것을 처리할 것이 없음',
    effect: '그 주소 체계를 먼저 시도하는 클라이언트는 거부되거나 다른 주소 체계를 시도할 때까지 기다립니다.',
    remedy:
      '파드에 두 주소 체계의 주소를 모두 주거나, 서비스에 한 체계의 주소만 둡니다(ipFamilies, ipFamilyPolicy).',
  },
  'node-ports-open': {
    means: '모든 노드에 열려 있는 노드포트',
    effect:
      '어느 노드의 주소에든 접근할 수 있으면 로드밸런서와 그 출발지 범위를 거치지 않고 서비스에 연결할 수 있습니다.',
    remedy:
      'kube-proxy의 nodePortAddresses를 제한하거나, 노드 앞에서 노드포트를 차단하거나, 로드밸런서에 필요 없다면 allocateLoadBalancerNodePorts: false로 설정합니다.',
  },
  'ranges-nobody': {
    means: '어떤 클라이언트도 속하지 않는 출발지 범위',
    effect: '외부에서 로드밸런서로 오는 모든 연결이 폐기됩니다.',
    remedy: '클라이언트가 실제로 사용하는 주소 범위를 적습니다.',
  },
  'ranges-everybody': {
    means: '모두가 속하는 출발지 범위',
    effect: '아무도 막지 않습니다. 1.34 이전의 kube-proxy는 모든 주소를 확인하는 규칙을 씁니다.',
    remedy: '모든 주소를 뜻하는 범위나 loadBalancerSourceRanges 전체를 제거합니다.',
  },
  'ranges-one-family': {
    means: '두 주소 체계를 쓰는 서비스에 한 체계의 출발지 범위만 있음',
    effect: '범위가 없는 주소 체계에서는 모두가 허용됩니다.',
    remedy: '두 주소 체계의 범위를 모두 적습니다.',
  },
  'external-ips': {
    means: '적힌 주소가 누구의 것이든 패킷을 가로채는 externalIPs',
    effect:
      '다른 호스트의 주소라 해도 모든 노드가 자기 파드가 그 주소로 보낸 패킷을 가로챕니다(CVE-2020-8554). DenyServiceExternalIPs 어드미션 플러그인을 켠 클러스터는 이런 서비스를 거부합니다.',
    remedy: 'LoadBalancer 유형의 서비스나 게이트웨이를 사용합니다.',
  },
  'front-shared': {
    means: '두 서비스가 함께 사용하는 주소와 포트',
    effect: '둘 중 하나가 모든 패킷을 받으며, 어느 쪽인지는 바뀔 수 있습니다.',
    remedy: '한쪽의 포트나 주소를 바꿉니다.',
  },
  'affinity-behind-proxy': {
    means: '모든 클라이언트의 주소가 프록시의 주소가 되는 곳의 세션 어피니티',
    effect:
      '프록시의 모든 클라이언트가 한 엔드포인트로 가고 나머지는 쉽니다. 또는 프록시가 파드에 직접 연결하여 어피니티가 적용되지 않습니다.',
    remedy: '프록시가 세션을 유지하게 하고(인그레스 컨트롤러의 쿠키), sessionAffinity를 제거합니다.',
  },
  'balancers-many': {
    means: '여러 서비스에 로드밸런서가 하나씩 있음',
    effect: '패킷에는 영향이 없습니다. 로드밸런서마다 비용이 들고 주소가 하나씩 필요합니다.',
    remedy: 'HTTP를 사용하는 서비스 앞에 인그레스나 게이트웨이 하나를 둡니다.',
  },
  'move-changes': {
    means: 'nftables 모드로 전환하면 바뀌는 것',
    effect: '어떤 서비스에도 없는 클러스터 IP의 포트로 가는 패킷 등 일부 패킷의 결과가 바뀝니다.',
    remedy: 'kubenat migrate로 이유별로 이를 보여 주는 패킷과 할 일을 확인합니다.',
  },
  'field-unknown': {
    means: 'API에 없는 필드',
    effect: 'API 서버가 필드를 무시하거나 오브젝트를 거부하므로, 의도한 일이 일어나지 않습니다.',
    remedy: '필드의 이름을 고칩니다.',
  },
  'kind-unknown': {
    means: '실제로 있는 이름과 거의 같은 kind',
    effect: '오브젝트가 무시됩니다.',
    remedy: 'kind의 이름을 고칩니다.',
  },
  'not-watched': {
    means: 'kube-proxy가 오브젝트를 처리하지 않게 하는 레이블',
    effect: 'kube-proxy가 규칙을 쓰지 않습니다. 다른 프록시가 처리하지 않으면 응답하는 것이 없습니다.',
    remedy: '다른 프록시가 처리하는 것이 아니라면 레이블을 제거합니다.',
  },
  'ingress-backend': {
    means: '존재하지 않는 인그레스 백엔드',
    effect: '컨트롤러가 이런 요청에 오류(주로 503)로 응답합니다.',
    remedy: '같은 네임스페이스의 서비스와 그 포트 중 하나를 지정합니다.',
  },
  'ingress-balancer': {
    means: '인그레스와 별도로 자신의 로드밸런서가 있는 서비스',
    effect: '클라이언트가 인그레스를 거치지 않고, TLS와 인그레스 규칙 없이 서비스에 연결할 수 있습니다.',
    remedy:
      '클러스터 안의 컨트롤러를 사용하면 ClusterIP 유형을, 밖의 컨트롤러를 사용하면 NodePort 유형을 사용합니다.',
  },
  'ingress-duplicate': {
    means: '두 인그레스가 함께 사용하는 호스트와 경로',
    effect: '어느 쪽이 요청을 받는지는 컨트롤러에 따라 다르며, 대개 먼저 만든 쪽입니다.',
    remedy: '호스트와 경로를 한 인그레스에만 둡니다.',
  },
  'ingress-node-port': {
    means: '노드에 연결하는 클라우드 로드밸런서 뒤에 있지만 노드포트가 없는 서비스',
    effect: '로드밸런서가 보낼 곳이 없어 클라이언트가 오류를 받습니다.',
    remedy:
      'NodePort 유형을 사용하거나, 로드밸런서가 파드에 직접 연결하게 합니다(네트워크 엔드포인트 그룹, target-type ip).',
  },
  'ingress-resource': {
    means: '서비스가 아닌 백엔드',
    effect: '이 백엔드는 추적하지 않습니다. 무엇을 하는지는 컨트롤러만 압니다.',
    remedy: '의도한 것이면 할 일이 없습니다.',
  },
  'ingress-secret': {
    means: '인증서가 없는 호스트',
    effect: 'HTTPS로 연결한 클라이언트가 다른 호스트의 인증서를 받거나 인증서를 받지 못합니다.',
    remedy: 'tls에 이 호스트의 시크릿을 지정합니다.',
  },
  'drift-missing': {
    means: 'kube-proxy가 썼어야 하지만 노드에 없는 규칙',
    effect: '결과에 표시됩니다. 규칙이 있었다면 패킷이 어떻게 되었을지를 지금과 비교합니다.',
    remedy: '무엇이 규칙을 제거하는지 확인합니다. kube-proxy를 다시 시작하면 모든 규칙을 새로 씁니다.',
  },
  'drift-foreign': {
    means: 'kube-proxy의 체인에 있지만 kube-proxy가 쓰지 않을 규칙',
    effect: '결과에 표시됩니다. kube-proxy가 체인을 새로 쓰면 규칙이 없어집니다.',
    remedy: '직접 만든 규칙은 직접 만든 체인에 둡니다.',
  },
  'drift-stale': {
    means: '매니페스트에 없거나 더 이상 없는 서비스의 규칙',
    effect: '결과에 표시됩니다. 남은 규칙이 이제는 다른 것의 주소로 가는 패킷을 가로챌 수 있습니다.',
    remedy:
      'kube-proxy가 실행 중이고 API 서버에 연결되는지 확인합니다. 그렇다면 kube-proxy가 규칙을 제거합니다.',
  },
  'drift-order': {
    means: '규칙의 순서가 kube-proxy가 쓰는 순서와 다른 kube-proxy의 체인',
    effect: '결과에 표시됩니다. 일치하는 규칙이 여럿이면 먼저 일치하는 규칙이 달라질 수 있습니다.',
    remedy: '무엇이 규칙을 옮기는지 확인합니다. kube-proxy를 다시 시작하면 모든 규칙을 새로 씁니다.',
  },
  'silence-unused': {
    means: '없는 문제를 숨기는 주석',
    effect: '영향이 없습니다. 다만 나중에 그 문제가 생겨도 아무도 알 수 없습니다.',
    remedy: '주석을 제거합니다.',
  },
};
