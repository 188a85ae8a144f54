import type { RuleParts } from '../../../path/url.ts';
import type { PartWords } from '../parts.ts';

const address = (text: string | null) => text ?? '아직 알 수 없는 주소(status.loadBalancer가 비어 있음)';
const rule = ({ host, route }: RuleParts) =>
  `${host ?? '모든 호스트'}, ${route ? `경로 ${route.path ?? '/'}` : '일치하는 경로가 없는 요청'}`;
const nodes = (names: readonly string[]) =>
  names.length > 6
    ? `${names.slice(0, 6).join(', ')} …(노드 ${names.length}개)`
    : names.join(', ') || '헬스 체크를 통과하는 노드가 없음';
const certificate = (secret: string | null) => (secret === null ? '' : `, 시크릿 ${secret}의 인증서`);

export const partWords: PartWords = {
  'forwarding-rule': (part) => `${address(part.address)}의 포트 ${part.port}`,
  'target-proxy': ({ secret }) => `클라이언트의 연결을 종료함${certificate(secret)}`,
  'url-map': rule,
  'backend-service': ({ service, port, pods, nodePort }) =>
    `${service} 포트 ${port}, ${pods ? '파드의 주소' : `노드포트 ${nodePort ?? '(없음)'}`}`,
  'endpoint-group': () => '파드',
  'instance-group': (part) => nodes(part.nodes),
  'load-balancer': (part) => address(part.address),
  listener: ({ scheme, port, secret }) => `${scheme.toUpperCase()} ${port}${certificate(secret)}`,
  rule,
  'target-group': ({ service, port, pods, nodePort }) =>
    `${service} 포트 ${port}, ${pods ? '파드의 주소(target-type ip)' : `노드포트 ${nodePort ?? '(없음)'}(target-type instance)`}`,
  targets: (part) => (part.nodes === null ? '파드' : nodes(part.nodes)),
};
