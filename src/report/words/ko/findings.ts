import { type Family, formatAddress, formatEndpoint } from '../../../address/address.ts';
import type { TiedChains } from '../../../engine/registered.ts';
import type { DriftEffect, FrontName, Place, ProxyTrace, SettingTrouble } from '../../../lint/finding.ts';
import type { Front } from '../../../lint/reach/front.ts';
import type { CutReason, Part } from '../../../lint/reach/judge.ts';
import { shortened } from '../../../text/lists.ts';
import type { Problem } from '../../../text/problem.ts';
import {
  type ClientNames,
  type EndpointShare,
  type FindingWords,
  isOfSet,
  leastAndMost,
  rangesOf,
  shareSaid,
  type WayOf,
} from '../findings.ts';
import { effectKindWords } from './effect-kinds.ts';
import { sayOwner } from './owners.ts';
import { type Particle, withParticle } from './particles.ts';
import { problemWords } from './problems.ts';
import { sayReason } from './reasons.ts';

const some = (names: readonly string[]) => shortened(names, (more) => ` 외 ${more}개`);

type Numbered = Pick<Place, 'table' | 'chain' | 'number'>;

const rule = ({ table, chain, number }: Numbered, particle: Particle) =>
  `${table}/${chain}의 규칙 ${withParticle(`${number}`, particle)}`;

export const findingWords: FindingWords = {
  ways: {
    'cut-off': ({ share, why }) => `접속할 수 없음${sayPart(share)}: ${sayCut(why)}`,
    'errors-lost': ({ share, why }) =>
      `접속할 수는 있으나 경로의 링크보다 큰 패킷이 소리 없이 사라짐${sayPart(share)}: ${sayCut(why)}`,
    'wrong-endpoint': ({ place, share, to, meant }) =>
      `접속할 때, 체인 ${place.chain}(원래 ${meant}의 체인)에서 패킷을 ${withParticle(to, 'to')} 보냄${sayPart(share)}`,
    'source-lost': ({ share, seen, from }) =>
      from === 'pod'
        ? `접속할 때 엔드포인트에 네트워크 정책과 로그가 쓰는 파드의 주소 대신 ${withParticle(seen, 'subject')} 보임${sayPart(share)}`
        : `접속할 때 externalTrafficPolicy가 Local이라 클라이언트의 주소가 보존되어야 하지만 엔드포인트에는 ${withParticle(seen, 'subject')} 보임${sayPart(share)}`,
    throttled: ({ place, share }) =>
      `접속할 때 횟수나 속도를 제한하는 ${rule(place, 'subject')} 연결의 성립 여부를 정함${sayPart(share)}`,
    undecided: ({ place, share, what }) =>
      place.number === null
        ? `접속할 때 연결의 성립 여부를 알 수 없음${sayPart(share)}: ${place.table}/${place.chain}: ${sayReason(what)}`
        : `접속할 때 ${rule(place, 'subject')} 연결의 성립 여부를 정하지만 그 결과를 알 수 없음${sayPart(share)}: ${sayReason(what)}`,
    'ways-left': ({ most, share }) =>
      `접속할 때 확률에 따라 패킷이 갈 수 있는 길이 ${most}개를 넘어 결과를 확인하지 않음${sayPart(share)}`,
    'order-decides': ({ share, why, ties }) =>
      `체인을 만든 순서에 따라 접속할 수 없음(${sayTies(ties)})${sayPart(share)}: ${sayCut(why)}`,
  },
  others: {
    'uneven-shares': ({ service, shares }) =>
      `${service ?? '서비스'}: 새 연결이 엔드포인트에 고르게 나뉘지 않음: ${sayShares(shares)}`,
    'affinity-lost': ({ service, endpoints }) =>
      `${service ?? '서비스'}: 세션 어피니티가 유지되지 않음. ${endpoints.join(', ')}의 클라이언트가 다음 연결에서 아무 엔드포인트로나 감`,
    'range-open': ({ front, share }) =>
      `${sayFront(front)}: loadBalancerSourceRanges에 없는 클라이언트도 접근 가능${sayPart(share)}`,
    'health-check-closed': ({ port }) =>
      `kube-proxy는 포트 ${withParticle(`${port}`, 'to')} 오는 헬스 체크를 허용하지만 패킷이 거기까지 오지 못함. 로드밸런서가 이 노드를 제외함`,
    'address-lost': ({ service, address }) =>
      address === null
        ? `${service}: 통신 불가: 엔드포인트가 있지만 서비스의 어느 주소도 엔드포인트로 이어지지 않음`
        : `${service ?? '서비스'}(${formatAddress(address)}): 통신 불가: kube-proxy가 아는 주소이지만 엔드포인트로 이어지는 맵이 없음`,
    'service-rejects': ({ service, lacks, to, how }) =>
      `${service}${to === null ? '' : `(${sayAt(to)})`}: ${lacks === null ? '' : lacking[lacks]}패킷이 ${how === 'dropped' ? '폐기됨' : '거부됨'}`,
    'local-elsewhere': ({ service }) =>
      `${service}: 이 노드에 엔드포인트가 없음. internalTrafficPolicy가 Local이므로 이 노드의 파드가 보내는 패킷은 의도한 대로 폐기됨`,
    'ports-unrefused': ({ service, address }) =>
      `${service}: ${formatAddress(address)}의 다른 포트로 보낸 패킷이 거부되지 않아 클라이언트가 헛되이 기다림`,
    unrefused: ({ service, to, clients: whose }) =>
      `${service}: 엔드포인트가 없는데, ${whose.map((one) => clients[one]).join(', ')} ${sayAt(to)}(으)로 보낸 패킷이 이를 거부하는 규칙에 이르지 않아 클라이언트가 헛되이 기다림`,
    'others-dropped': ({ how, clients: whose }) =>
      `서비스로 가지 않는 패킷(${whose.map((one) => clients[one]).join(', ')} 보냄)이 여기서 ${how === 'dropped' ? '폐기' : '거부'}됨. kube-proxy는 이런 패킷을 통과시킴`,
    'hairpins-none': () =>
      'hairpin-connections에 엔드포인트가 없음. 이 노드의 파드인 엔드포인트가 없을 때만 옳으며, 있다면 그 파드는 서비스를 통해 자기 자신에게 도달하지 못함. 이 노드의 파드를 --host로 지정',
    'masquerade-missing': ({ mark }) =>
      `KUBE-MARK-MASQ가 패킷에 마크 0x${withParticle(mark.toString(16), 'object')} 설정하지만 POSTROUTING에 이 마크의 패킷을 마스커레이드하는 규칙이 없음`,
    'forward-policy': () =>
      'FORWARD의 정책이 DROP이고, 마크가 있는 패킷과 알려진 연결만 통과함. 출발지 IP를 보존하는 서비스는 통신 불가',
    'mark-shared': ({ mark, owner }) =>
      `${sayOwner(owner)}도 kube-proxy가 마스커레이드에 쓰는 마크 0x${withParticle(mark.toString(16), 'object')} 설정함. 그 패킷의 출발지 IP도 바뀜`,
    'mark-clash': ({ mark, owner, other }) =>
      `두 프로그램(${sayOwner(owner)}, ${sayOwner(other)})이 같은 마크 0x${mark.toString(16)} 비트를 사용하여, 서로 상대가 표시한 패킷을 자기 것으로 처리함`,
    'mark-unset': ({ mark }) =>
      `이 규칙이 찾는 마크 0x${mark.toString(16)} 비트를 설정하는 규칙이 없음. 소켓, tc, eBPF가 표시한 패킷 외에는 일치하지 않음`,
    'mark-unread': ({ mark }) =>
      `이 규칙이 설정하는 마크 0x${mark.toString(16)} 비트를 확인하는 규칙이 없음. 라우팅(ip rule), tc, eBPF가 확인하지 않으면 효과가 없음`,
    'setting-contradicts': ({ sysctl, value, why }) =>
      `${value === null ? `kube-proxy가 ${withParticle(sysctl, 'object')} 켬` : `${sysctl}=${value}`}: ${settings[why]}`,
    'forwarding-off': ({ sysctl }) =>
      `${sysctl}=0: 노드가 패킷을 포워딩하지 않아 노드 자신이 아닌 엔드포인트에는 연결할 수 없음`,
    'conntrack-off': () =>
      '이 노드에서 연결을 추적하지 않음. nat 규칙이 적용되지 않아 어떤 서비스도 변환되지 않음',
    'conntrack-full': ({ count, most }) =>
      `연결 추적 테이블에 ${most}개 중 ${count}개가 차 있음. 가득 차면 새 연결이 폐기됨`,
    'chains-tied': ({ ties }) =>
      `${sayTies([ties])}: 패킷은 둘 중 나중에 만든 체인을 먼저 거치지만 규칙만으로는 어느 쪽인지 알 수 없음. 한쪽의 우선순위를 바꿀 것`,
    'ports-predictable': () =>
      '--random-fully 없이 마스커레이드함. 동시에 시작한 두 연결이 같은 포트를 받아 하나가 유실될 수 있음',
    'mode-left': ({ chains, left, beside }) =>
      `${some(chains)}: ${traces[beside]} 규칙 옆에 ${traces[left]} 규칙이 남아 있음`,
    shadowed: ({ by }) =>
      `이 규칙에 오는 패킷이 없음. ${withParticle(`규칙 ${by.map(({ number }) => number).join(', ')}`, 'subject')} 먼저 모두 처리함`,
    repeated: ({ first }) => `규칙 ${withParticle(`${first.number}`, 'with')} 같음`,
    unreachable: ({ place, owner }) => `${place.chain}${owner === null ? '' : `(${owner})`}: ${nothingLeads}`,
    'stale-service': ({ place, service }) =>
      `${place.chain}${service === null ? '' : `(${service})`}: ${nothingLeads}`,
    'empty-jump': ({ jumpedTo }) => `${jumpedTo}에 규칙이 없음`,
    'rule-unread': () => '행을 모두 읽지 못해 규칙이 하는 일을 알 수 없음',
    'too-many-rules': () => '규칙이 너무 많아 일치할 수 없는 규칙을 모두 찾지 못함',
    'selector-matches-nothing': ({ service, selector, near }) => {
      const wanted = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
      return `${service}의 셀렉터(${wanted.join(', ')})와 일치하는 레이블을 가진 파드가 없음${near === null ? '' : `. ${near.owner}: ${sayLabels(near.labels)}`}`;
    },
    'no-endpoints': ({ service, why }) => `${service}: 엔드포인트가 없음(${noEndpoints[why]})`,
    'port-undeclared': ({ service, port, declared }) =>
      `${service}: 포트 ${withParticle(`${port}`, 'to')} 보내지만 파드의 컨테이너에 선언된 포트는 ${declared.join(', ')}`,
    'local-without-endpoint': ({ service, policy, nodes }) =>
      policy === 'internal'
        ? `${service}: ${some(nodes)}에 엔드포인트가 없음. internalTrafficPolicy가 Local이므로 이 노드의 파드가 보내는 패킷이 폐기됨`
        : `${service}: ${some(nodes)}에 엔드포인트가 없음. externalTrafficPolicy가 Local이므로 이 노드의 노드포트로 오는 패킷이 폐기됨`,
    'local-relies-on-health-check': ({ service, nodes }) =>
      `${service}: ${some(nodes)}에 엔드포인트가 없음. 로드밸런서가 헬스 체크 노드포트를 확인하여 이 노드를 제외해야 함`,
    'node-ports-open': ({ service, ports, balancer }) =>
      `${service}: ${balancer ? '로드밸런서를 거치지 않고도 ' : ''}모든 노드의 모든 주소에서 포트 ${withParticle(ports.join(', '), 'to')} 접근 가능`,
    'ranges-nobody': ({ service, ranges }) =>
      `${service}: 아무도 허용하지 않음. ${ranges.join(', ')}에 속하는 외부 클라이언트는 없음`,
    'ranges-everybody': ({ service, ranges }) =>
      `${service}: 모두 허용함. 다른 범위가 있더라도 ${withParticle(ranges.join(', '), 'topic')} 모든 주소임`,
    'ranges-one-family': ({ service, open }) =>
      `${service}: loadBalancerSourceRanges에 다른 주소 체계의 범위만 있어 ${sayFamily(open)}는 모두 허용함`,
    'external-ips': ({ service, addresses }) =>
      `${service}: 주소의 주인이 누구든 모든 노드에서 ${withParticle(addresses.map(formatAddress).join(', '), 'to')} 보낸 패킷을 받음`,
    'families-differ': ({ service, what, family }) =>
      what === 'endpoints'
        ? `${service}: ${sayFamily(family)} 클러스터 IP는 있지만 ${sayFamily(family)} 엔드포인트가 없어 그곳으로 보낸 패킷은 거부됨`
        : `${service}: 로드밸런서에 ${sayFamily(family)} 주소가 있지만 서비스에는 ${sayFamily(family)} 주소가 없어 kube-proxy가 무시함`,
    'front-shared': ({ service, front, other }) =>
      `두 서비스(${service}, ${other})가 같은 주소와 포트를 사용함(${sayFrontName(front)}). 한쪽만 패킷을 받음`,
    'affinity-behind-proxy': ({ service, proxy }) =>
      `${service}: 클라이언트의 주소로 세션 어피니티를 적용하지만 프록시(${proxy})는 자기 주소로 연결하므로, 모든 클라이언트가 하나로(또는 그 주소의 수만큼만) 구별됨`,
    'balancers-many': ({ services }) =>
      `서비스 ${services.length}개에 로드밸런서가 하나씩 있음: ${some(services)}`,
    'move-changes': ({ to, exceptions }) =>
      `${withParticle(to, 'to')} 전환하면 패킷의 결과가 바뀜(이유 ${exceptions.length}가지: ${exceptions.join(', ')}). kubenat migrate --to ${withParticle(to, 'to')} 확인`,
    'target-port-unknown': sayProblem,
    'field-unknown': sayProblem,
    'kind-unknown': sayProblem,
    'commit-missing': sayProblem,
    'nft-refused': sayProblem,
    'not-watched': sayProblem,
    'ingress-backend': sayProblem,
    'ingress-balancer': sayProblem,
    'ingress-duplicate': sayProblem,
    'ingress-node-port': sayProblem,
    'ingress-resource': sayProblem,
    'ingress-secret': sayProblem,
    'drift-missing': ({ place, wanted, rules, effect }) =>
      wanted === null
        ? `${isOfSet(place) ? place.chain : `체인 ${place.chain}`}(${isOfSet(place) ? '원소' : '규칙'} ${rules}개)가 없음: ${sayEffect(effect)}`
        : `kube-proxy가 만들었을 ${isOfSet(place) ? '원소가' : '규칙이'} 없음: ${wanted}. ${sayEffect(effect)}`,
    'drift-foreign': ({ place, element, effect }) =>
      `kube-proxy가 만들지 않을 ${sayDrifted(place, element)}: ${sayEffect(effect)}`,
    'drift-stale': ({ place, element, service, effect }) =>
      `${service ?? '없어진 서비스'}의 ${withParticle(sayDrifted(place, element), 'subject')} 남아 있음: ${sayEffect(effect)}`,
    'drift-order': ({ effect }) =>
      `이 체인의 규칙 순서가 kube-proxy가 만들 순서와 다름: ${sayEffect(effect)}`,
    'silence-unused': ({ silenced }) => `숨길 것이 없음. 여기에는 ${silenced} 결과가 없음`,
  },
  way: (way, says) => `${sayClients(way)} ${sayFront(way.front)}에 ${says}`,
  at: sayAt,
  from: sayClients,

  findings: (number) => (number === 0 ? '발견된 문제 없음' : `문제 ${number}건`),
  noneInPart: '표시된 일부 규칙에서는 발견된 문제가 없음. 나머지 규칙은 알 수 없음',
  inWays: (findings, ways) => `${findings}(경로 ${ways}개)`,
  chains: (owners) => `체인: ${owners.map(([owner, number]) => `${sayOwner(owner)} ${number}개`).join(', ')}`,
  also: (at, from, line) =>
    `${at === null ? '' : `${at}: `}${from.join(', ')}도 같음${line === null ? '' : `(${line}행)`}`,
  byRule: (ways, services, from) =>
    `${from.join(', ')} 서비스 포트 ${services.length}개로 가는 경로 ${ways}개(--format json에 모두 표시): ${some(services)}`,
  after: (number, line) => `앞선 규칙 ${number}(${line}행)`,
  silenced: (findings) => `주석으로 숨긴 ${findings}`,
  known: (findings) => `기준선에 있어 다시 표시하지 않은 ${findings}`,
  gone: (findings) => `기준선에 있으나 사라진 ${findings}: 다시 나타날 때 표시되도록 기준선을 새로 쓸 것`,
  title: 'kubenat check 결과',
  columns: ['코드', '위치', '내용'],
  more: (number) => `… 그 외 ${number}건`,
};

/** In one line, with the details that are in English alone. */
function sayProblem({ problem }: { readonly problem: Problem }): string {
  const { message, detail } = problemWords.tell(problem);
  const parts = [
    ...(detail === null ? [] : [problemWords.detail(detail)]),
    ...(problem.expected === undefined ? [] : [problemWords.expected(problem.expected)]),
  ];
  return parts.length === 0 ? message : `${message}(${parts.join('; ')})`;
}

const nothingLeads = '이 체인으로 점프하는 규칙이 없음';

function sayDrifted(place: Place, element: string | undefined): string {
  if (element !== undefined) return `원소 ${element}`;
  if (place.rule !== null) return '규칙';
  return isOfSet(place) ? '집합' : '체인';
}

/** `default/web:http(10.96.0.1:80)`. */
const lacking = {
  endpoints: '엔드포인트가 없어 ',
  'local-endpoints': '이 노드에 엔드포인트가 없어 ',
} as const;

function sayFront(front: Front): string {
  return `${front.service}(${sayAt(front)})`;
}

/** `10.96.0.1:80`. */
function sayAt({ address, port }: Pick<Front, 'address' | 'port'>): string {
  return address === null ? `노드포트 ${port}` : formatEndpoint(address, port);
}

function sayClients({ from, among }: Pick<WayOf, 'from' | 'among'>): string {
  if (among === undefined) return clients[from];
  const ranges = some(rangesOf(among.set));
  return `${clients[from]}(${among.inside ? ranges : `${ranges} 제외`})`;
}

const clients: ClientNames = {
  pod: '이 노드의 파드에서',
  endpoint: '엔드포인트 자신에서',
  elsewhere: '다른 노드의 파드에서 이 노드의 엔드포인트로',
  host: '노드 자신에서',
  loopback: '노드 자신의 127.0.0.1에서',
  external: '외부에서',
  stranger: '허용된 범위 밖에서',
  remembered: '기억된 클라이언트에서',
};

const traces: Readonly<Record<ProxyTrace, string>> = {
  iptables: 'kube-proxy의 iptables 모드',
  'iptables-other': '다른 iptables 백엔드로 만든 kube-proxy의 iptables 모드',
  ipvs: 'kube-proxy의 ipvs 모드',
  nftables: 'kube-proxy의 nftables 모드',
};

/** `체인 ip a/b, ip c/d(훅 prerouting, 우선순위 -100)`. */
function sayTies(ties: readonly TiedChains[]): string {
  return ties
    .map(
      ({ hook, priority, chains: [one, other] }) =>
        `체인 ${one}, ${other}(훅 ${hook.toLowerCase()}, 우선순위 ${priority})`,
    )
    .join(', ');
}

const settings: Readonly<Record<SettingTrouble, string>> = {
  'past-rules':
    '같은 노드의 파드 사이 응답이 규칙을 거치지 않고 변환되지 않은 채 브리지를 통과하여 서비스 연결이 멈춤',
  'loopback-shut':
    '규칙이 엔드포인트로 보내는 127.0.0.1의 노드 포트에 연결할 수 없음. 커널이 127.0.0.0/8의 패킷을 노드 밖으로 보내지 않음',
  'loopback-open':
    '이런 패킷을 폐기하는 규칙이 없어 이웃 호스트가 127.0.0.1에서만 수신하는 서버에 연결할 수 있음(CVE-2020-8558)',
  'invalid-kept':
    'KUBE-FORWARD에 폐기 규칙이 없어 어느 연결에도 속하지 않는 패킷이 변환되지 않은 채 통과함. 클라이언트가 RST로 응답하여 긴 전송이 끊김',
};

const parts: Readonly<Record<Part, string>> = {
  first: '패킷',
  answer: '응답',
  later: '첫 패킷 뒤의 패킷',
  neighbours: '이웃 탐색(neighbour discovery) 메시지',
  closing: '연결을 닫는 FIN 패킷',
  errors: 'ICMP 오류 메시지(패킷이 경로의 링크보다 큼, 수신하는 프로그램이 없음)',
};

function sayShare(share: string): string {
  const said = shareSaid(share);
  switch (said.kind) {
    case 'none':
      return '없음';
    case 'nearly-none':
      return '0.01 % 미만';
    case 'nearly-all':
      return '99.99 % 초과';
    case 'exact':
      return `${said.percent} %`;
    case 'about':
      return `약 ${said.percent} %`;
  }
}

function sayPart(share: string): string {
  return share === '1/1' ? '' : `(그중 ${sayShare(share)})`;
}

/** Of many, those who get least and most. */
function sayShares(shares: readonly EndpointShare[]): string {
  const say = ({ endpoint, share }: EndpointShare) => `${endpoint} ${sayShare(share)}`;
  if (shares.length <= 6) return shares.map(say).join(', ');
  const [least, most] = leastAndMost(shares);
  return `${shares.length}개 중 가장 적은 것은 ${say(least)}, 가장 많은 것은 ${say(most)}`;
}

function sayCut(why: CutReason): string {
  switch (why.kind) {
    case 'not-translated':
      return '이 패킷을 엔드포인트로 보내는 규칙이 없음';
    case 'diverted':
      return `kube-proxy의 것이 아닌 ${rule(why.place, 'subject')} 이 패킷을 ${withParticle(why.to, 'to')} 보냄`;
    case 'other-service':
      return `${rule(why.place, 'subject')} 이 패킷을 다른 서비스인 ${withParticle(why.service, 'to')} 보냄`;
    case 'not-masqueraded':
      return why.unmarkedBy === null
        ? `이 패킷을 마스커레이드하는 규칙이 없어 ${withParticle(why.to, 'subject')} 이 노드를 거치지 않고 응답함`
        : `kube-proxy의 것이 아닌 ${rule(why.unmarkedBy, 'subject')} 마스커레이드에 쓰는 마크를 지워 ${withParticle(why.to, 'subject')} 이 노드를 거치지 않고 응답함`;
    case 'answers-astray':
      return `kube-proxy의 것이 아닌 ${rule(why.place, 'subject')} 이 패킷의 출발지를 이 노드에 없는 주소 ${withParticle(why.seen, 'to')} 바꾸어 ${withParticle(why.to, 'subject')} 이 노드를 거치지 않고 응답함`;
    case 'untracked':
      return `${rule(why.place, 'subject')} ${withParticle(parts[why.part], 'object')} 연결 추적에서 제외하여 변환되지 않음`;
    case 'rule':
      return `${rule(why.place, 'subject')} ${withParticle(parts[why.part], 'object')} ${why.how === 'dropped' ? '폐기함' : '거부함'}`;
    case 'hops-spent':
      return `${parts[why.part]}의 TTL이 이 노드에서 다하여 노드가 시간 초과로 응답함`;
    case 'policy':
      return `${why.table}/${why.chain}의 정책이 ${withParticle(parts[why.part], 'object')} 폐기함`;
    case 'kernel':
      return why.part === 'first'
        ? sayReason(why.reason)
        : `${withParticle(parts[why.part], 'subject')} 유실됨: ${sayReason(why.reason)}`;
  }
}

function sayEffect(effect: DriftEffect): string {
  if (effect.kind === 'none') return '이 때문에 결과가 바뀌는 패킷은 없음';
  if (effect.kind === 'unknown')
    return '모든 패킷을 확인하지는 못했으나, 확인한 범위에서는 이 차이로 결과가 바뀌는 패킷이 없음';
  const whose = effect.services.length > 0 ? `(${some(effect.services)})` : '';
  return `${effect.effects.map((kind) => effectKindWords[kind]).join('; ')}${whose}`;
}

const noEndpoints = {
  'nothing-named': '셀렉터가 없고, 엔드포인트를 지정하는 엔드포인트슬라이스나 Endpoints도 없음',
  'none-ready': '준비된 파드가 없음',
  'no-pods': '셀렉터와 일치하는 파드가 끝났거나 아직 실행되지 않음',
} as const;

function sayLabels(labels: Readonly<Record<string, string | null>>): string {
  const all = Object.entries(labels).map(([key, value]) =>
    value === null ? `${key} 없음` : `${key}=${value}`,
  );
  return all.join(', ');
}

function sayFamily(family: Family): string {
  return family === 'ipv4' ? 'IPv4' : 'IPv6';
}

const frontKinds: Readonly<Record<FrontName['kind'], string>> = {
  'cluster IP': '클러스터 IP',
  'external IP': '외부 IP',
  'load balancer': '로드밸런서',
};

function sayFrontName({ kind, address, port, protocol }: FrontName): string {
  return `${frontKinds[kind]} ${formatEndpoint(address, port)}/${protocol}`;
}
