import { formatAddress } from '../../../address/address.ts';
import type { PathWords } from '../paths.ts';
import { sayOf } from '../words-of.ts';
import { filledWords } from './filled.ts';
import { withParticle } from './particles.ts';

const className = (name: string | null) => name ?? '(없음)';
export const pathWords: PathWords = {
  ends: {
    client: () => '클라이언트',
    balancer: () => '로드밸런서',
    controller: () => '컨트롤러',
    endpoint: () => '엔드포인트',
    pod: () => '파드',
    node: () => '노드',
    'balancer-of': ({ service }) => `${service}의 로드밸런서`,
    'address-of': ({ service }) => `${service}의 주소`,
    address: (end) => formatAddress(end.address),
  },
  stops: {
    'no-backend': () => '백엔드가 지정되지 않았음',
    'service-missing': ({ service }) => `서비스가 없음: ${service}`,
    'service-port-missing': ({ service, port }) =>
      `서비스 ${service}에 포트 ${withParticle(`${port}`, 'subject')} 없음`,
    'not-a-service': ({ resource }) => `서비스가 아니므로 따라가지 않음: ${resource}`,
    'no-rule': ({ host, path }) =>
      `${host}${path}에 일치하는 규칙도 기본 백엔드도 없어 컨트롤러가 404로 응답함`,
    'not-listening': ({ port }) =>
      `인그레스의 로드밸런서는 80과 443에서만 수신하며, ${port}에서는 수신하지 않음`,
    'no-certificate': () =>
      '인증서(tls)가 없어 클라우드가 HTTPS 포워딩 규칙을 만들지 않음. 443에서 수신하는 것이 없음',
    'http-off': () => 'kubernetes.io/ingress.allow-http가 false임. 80에서 수신하는 것이 없음',
    'controller-unknown': (stop) =>
      `클래스 ${className(stop.className)}의 컨트롤러로 가는 서비스를 알 수 없음. 파일에 그 이름의 서비스가 없음`,
    'controller-port': ({ service, port }) =>
      `컨트롤러의 서비스 ${service}에 포트 ${withParticle(`${port}`, 'subject')} 없음`,
    'controller-address': ({ service, host }) =>
      `컨트롤러의 서비스 ${service}에 로드밸런서 주소가 없어 호스트가 어디로 가는지 알 수 없음(${host})`,
    'controller-not-reached': () => '첫 번째 연결이 컨트롤러에 도달하지 않음',
    'no-ready-endpoint': ({ service, controller }) =>
      `${service}에 준비된 엔드포인트가 없음${controller ? '. 컨트롤러가 503으로 응답함' : ''}`,
    'no-node-port': ({ service, port }) =>
      `로드밸런서는 노드포트로 연결하는데 ${service}의 포트 ${port}에는 노드포트가 없음`,
    'no-healthy-target': () => '헬스 체크를 통과하는 노드가 없어 로드밸런서가 502로 응답함',
    'no-pod-reached': () => '파드에 도달하는 연결이 없음',
    'pod-untold': () => '파드에 도달하는 연결이 있는지 알 수 없음',
  },
  clientNotes: {
    'source-replaced': ({ some, keeps }) =>
      `${some ? '일부 경로에서는 ' : ''}주소가 바뀌며, 도중에 HTTP를 해석하는 것이 없어 헤더도 추가되지 않음${keeps ? '. externalTrafficPolicy: Local이면 보존됨' : ''}`,
    'controller-names-client': () => '컨트롤러가 클라이언트를 직접 보고 그 주소를 알려 줌',
    'proxy-protocol': () =>
      '로드밸런서가 PROXY 프로토콜로 컨트롤러에, 컨트롤러가 파드에 클라이언트를 알려 줌',
    'controller-sees': ({ some, addresses, service }) =>
      `${some ? '일부 경로에서는 ' : ''}컨트롤러에도 ${withParticle(addresses.map(formatAddress).join(', '), 'subject')} 보이며 X-Forwarded-For에 그 주소를 적음. ${service === null ? '둘 사이에 PROXY 프로토콜을' : `${service}에 externalTrafficPolicy: Local을`} 쓰면 해결됨`,
    'balancer-calls': () =>
      '두 번째 연결은 로드밸런서가 맺으므로 파드가 보는 패킷에는 클라이언트의 주소가 없음',
  },
  notes: {
    'balancer-by-name': (note) =>
      `로드밸런서는 이름만 알려져 있음(${note.name}). 노드포트로 직접 연결을 맺는다고 가정하고, 주소는 ${withParticle(formatAddress(note.address), 'to')} 대신함`,
    'tls-carried': () => '서비스는 TLS를 전달할 뿐 종료하지 않으므로 파드에 인증서가 있어야 함',
    'paths-alike': ({ path }) =>
      `서비스는 호스트와 경로를 보지 않으므로 모든 경로가 같은 파드로 감(인그레스라면 ${withParticle(path, 'object')} 구별함)`,
    'class-unknown': (note) =>
      `알려져 있지 않은 클래스이므로(${className(note.className)}) ImplementationSpecific 경로를 접두사로 봄`,
    'http-redirected': () => 'ssl-redirect를 끄지 않으면 컨트롤러가 HTTP 요청을 HTTPS로 리디렉션함',
    'own-certificate': () =>
      '이 호스트의 시크릿이 없어 컨트롤러가 자체 인증서를 제시하며, 클라이언트는 이를 거부함',
    'controller-by-name': ({ service }) => `컨트롤러의 서비스는 이름으로 보아 ${service}임`,
    'cloud-front-ends': (note) =>
      `클라우드의 프런트엔드는 35.191.0.0/16과 130.211.0.0/22에서 연결하며, ${withParticle(formatAddress(note.address), 'to')} 대신함`,
    'balancer-addresses': (note) =>
      `로드밸런서는 노드 네트워크에 있는 자기 주소로 연결하며, ${withParticle(formatAddress(note.address), 'to')} 대신함`,
    'nodes-stand-for-others': ({ nodes, others, differ }) =>
      `노드 ${nodes.length + others}개 가운데 ${nodes.join(', ')}만 살펴봄${differ ? '(--all-nodes: 이들과 다른 노드를 모두 살펴봄)' : '(나머지는 주소만 다르고 이 중 하나와 같음)'}`,
    'no-pod-prefix': ({ node }) => `노드 ${node}에 podCIDR이 없어 그곳의 파드 주소를 알 수 없음`,
    'balancer-unaddressed': () => '로드밸런서에 아직 주소가 없음(status.loadBalancer가 비어 있음)',
    affinity: ({ seconds }) =>
      `세션 어피니티: 비율은 첫 번째 연결에 대한 것임. ${seconds}초 동안 클라이언트는 같은 엔드포인트를 사용함`,
    'filled-in': ({ filled }) => `가정: ${sayOf(filledWords, filled)}`,
  },
  carriers: {
    packet: '패킷',
    'X-Forwarded-For': 'X-Forwarded-For',
    'PROXY protocol': 'PROXY 프로토콜',
  },
  filled: (filled) => sayOf(filledWords, filled),
};
