import type { ProxyDetail } from '../../../../proxy/decide/detail.ts';
import type { WordsOf } from '../../words-of.ts';

/** What kube-proxy would not do as it is asked, or what is not known of it. */
export const proxyDetails: WordsOf<ProxyDetail> = {
  'no-such-node': ({ name, byConfig }) =>
    `없는 노드${byConfig ? '(설정의 hostnameOverride에 지정됨)' : ''}: ${name}`,
  'no-nodes': () => '노드가 없음',
  'several-nodes': () => '노드가 여러 개임',
  'both-families': () => '두 주소 체계의 주소가 있는 서비스임. 이 규칙은 ipv4용임',
  'waits-for-prefix': ({ node }) =>
    `detectLocalMode가 NodeCIDR이면 kube-proxy는 노드의 podCIDR을 기다리지만 이 노드(${node})에는 없음. 이 규칙은 podCIDR 없이 만든 것임`,
  'does-not-start': ({ version, words }) => `kube-proxy ${version}은 이 설정으로 시작하지 않음: ${words}`,
  'newer-release': ({ version, known }) =>
    `kube-proxy ${version}은 알려진 릴리스보다 새로움. 이 규칙은 ${known}의 것임`,
  'gate-unknown': ({ version, name }) =>
    `kube-proxy ${version}에 이 기능 게이트가 있는지 알 수 없음. 있는 경우의 규칙이며, 없으면 시작하지 않음: ${name}`,
  'tables-not-asked': () =>
    '설정의 kube-proxy 모드가 nftables임. 이 모드의 규칙은 컴파일할 수 있으나 아직 분석하지 않음',
  'nftables-gated': ({ version }) =>
    `kube-proxy ${version}의 nftables 모드는 기능 게이트 NFTablesProxyMode가 있어야 하며 컴파일하지 않음`,
  'release-lacks': ({ version }) => `알 수 없는 kube-proxy 릴리스: ${version}`,
  'nft-no-interface': ({ version, name, family }) =>
    `kube-proxy ${version}은 인터페이스를 인덱스로 매치하는데 그런 인터페이스(${name})가 없는 동안 nft가 이를 거부하므로 노드에 ${family} 테이블이 없음`,
  'nft-long-comment': ({ version, name, family }) =>
    `kube-proxy ${version}의 주석이 nft가 받는 것보다 길어(${name}) 노드에 ${family} 테이블이 없음`,
};
