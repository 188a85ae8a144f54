import type { PathDetail } from '../../../../path/detail.ts';
import type { WordsOf } from '../../words-of.ts';

/** What is wrong with the ways of an Ingress. */
export const pathDetails: WordsOf<PathDetail> = {
  'route-claimed': ({ ingress, host, path, other, place }) =>
    `${ingress}: 다른 인그레스가 이미 사용하는 호스트와 경로 ${host ?? '(모든 호스트)'}${path}(${other}, ${place})`,
  'not-followed': ({ name }) => `서비스가 아니므로 따라가지 않음: ${name}`,
  'balancer-lacks-node-port': ({ balancer, service, port }) =>
    `클래스 ${balancer}의 로드밸런서는 노드포트에 연결하지만 서비스의 포트 ${port}에는 노드포트가 없음: ${service}`,
  'own-balancer': ({ service }) =>
    `서비스에 자신의 로드밸런서도 있어 인그레스와 그 TLS, 규칙을 거치지 않고 접근할 수 있으며 비용도 둘 다 발생함: ${service}`,
  'no-backend': () => '백엔드가 지정되지 않음',
  'backend-service-lacks': ({ service }) => `없는 서비스: ${service}`,
  'backend-port-lacks': ({ service, port }) => `서비스에 없는 포트: ${port}(${service})`,
  'no-secret': () => '시크릿이 지정되지 않음',
  'host-without-secret': ({ host }) =>
    `이 호스트의 시크릿이 없어 HTTPS 클라이언트가 다른 호스트의 인증서를 받거나 받지 못함: ${host}`,
};
