import type { CommandDetail } from '../../command.ts';
import { sayOf, type WordsOf } from '../../words-of.ts';
import { withParticle } from '../particles.ts';
import { fileDetails } from './files.ts';

/** What is wrong with a command line. */
export const commandDetails: WordsOf<CommandDetail> = {
  'rules-with-context': ({ name }) => `규칙임(${name}). --context는 오브젝트를 비교함`,
  'answer-not-kept': ({ why }) => `답을 보관하지 못함: ${sayOf(fileDetails, why)}`,
  'no-expectations-below': ({ paths }) =>
    `${paths.map((path) => (path === '.' ? '이 디렉터리' : path)).join(', ')} 아래에 기대 파일이 없음`,
  'no-golden-case': ({ paths }) => `${paths.join(', ')}에 골든 파일의 케이스가 없음`,
  'golden-name-unfit': ({ name }) =>
    `${withParticle(name, 'topic')} 골든 파일의 이름이 아니어서 비교하지 않음`,
  'filter-fits-none': ({ filter, count }) =>
    `--filter: 기대 ${count}개 중 이름에 ${withParticle(JSON.stringify(filter), 'subject')} 있는 것이 없음`,
  'coverage-below': ({ share, least }) => `규칙 커버리지가 ${share.toFixed(2)} %로 ${least} %보다 낮음`,
  'host-of-one-node': ({ one, other }) => `host는 노드 하나의 것인데 여기에는 ${one}, ${other} 노드가 있음`,
  'json-of-dump': ({ name }) => `${name}: --json은 nft의 룰셋에만 쓸 수 있음`,
  'counters-of-ruleset': ({ name }) => `${name}: --counters zero는 iptables-save의 출력에만 쓸 수 있음`,
  'why-not-no-chain': ({ text }) => `--why-not ${text}: 그런 체인이 없음`,
  'flag-without-effect': ({ flag }) =>
    `nft의 룰셋에는 ${withParticle(flag, 'subject')} 효과가 없음. 증명되지 않은 것은 어느 면에서든 집계됨`,
  'not-certified': ({ name }) =>
    `${withParticle(name, 'object')} 쓰지 않음: 결과가 바뀌는 패킷이 없다는 것이 증명되지 않았음`,
  'nothing-to-check': () => '검사할 것이 없음',
  'one-side': () => '비교할 한쪽만 있음',
  'two-sides-with-context': () => '--context와 함께 양쪽을 지정할 수 없음',
  'between-modes': ({ before, after }) =>
    `모드를 비교할 때는 같은 매니페스트를 사용해야 함: ${before}, ${after}`,
  'boxes-too-many': ({ count }) => `상자가 ${count}개인 그림은 너무 큼`,
  'chains-too-many': ({ count }) => `체인이 ${count}개인 그림은 너무 큼`,
  'no-manifests': () => '매니페스트가 없음',
  'no-ruleset': ({ name }) => `nft 룰셋이 아님: ${name}`,
  'no-proxy-table': () => 'kube-proxy의 테이블이 없음',
  'no-service-or-file': ({ name }) => `서비스도 파일도 없음: ${name}`,
  'coverage-of-nft': ({ name }) => `nft 룰셋의 커버리지는 세지 않음: ${name}`,
  'dump-of-one-node': ({ name }) => `한 노드의 덤프임: ${name}`,
  'page-unbuilt': () => '이 kubenat 빌드에는 페이지가 없음(빌드되지 않음)',
  'service-and-chain': () => '--service와 --chain을 함께 쓸 수 없음',
  'nothing-to-draw': () => '그릴 규칙이 없음',
  'no-rule-for': ({ service }) => `이 서비스의 규칙이 없음: ${service}`,
  'rules-as-expectations': ({ name }) => `기대가 아니라 규칙임: ${name}`,
  'no-ingress-serves': ({ host, family }) =>
    `--url: 이 호스트를 제공하는 인그레스가 없으며 ${family} 주소도 아님: ${host}`,
  'nothing-to-show': () => '표시할 것이 없음',
  'config-before-alone': () => '--config-before가 있으나 이전 버전이 없음',
  'sets-apart-of-nft': ({ names }) =>
    `양쪽의 엔트리가 다른 ipset: ${names.join(', ')}. nft 룰셋과 함께는 비교하지 않음`,
  'first-of-nodes': ({ node, count }) => `노드 ${count}개 중 첫 번째인 ${node}의 규칙`,
  'page-of-tables': () => 'nftables 모드의 페이지에는 클러스터와 소스 주소 보기가 없음',
  'before-of-nft': () => 'nft 룰셋에는 --before를 쓸 수 없음',
  'no-service': ({ service }) => `없는 서비스: ${service}`,
  'no-port': ({ text }) => `포트가 아님: '${text}'`,
  'no-file-name': ({ name }) => `파일 이름으로 쓸 수 없음: ${name}`,
  'json-of-nft': () => '--format json은 nft -j의 출력 형식임',
  'needs-directory': () => '--nodes all에는 디렉터리가 필요함',
  'program-of-nft': () => 'nftables 모드에서는 --show-program을 쓸 수 없음',
  'nothing-to-hold-against': () => '규칙과 비교할 것이 없음',
  'is-directory': ({ name }) => `디렉터리임: ${name}`,
  'no-manifests-in': ({ name }) => `매니페스트가 아니라 노드의 규칙이 들어 있음: ${name}`,
  'coverage-mixed': ({ coverage, format }) => `출력이 섞임: --coverage ${coverage}, --format ${format}`,
  'lcov-of-compiled': () => 'lcov는 파일의 행을 다루지만 이 규칙은 컴파일된 것임',
  'not-as-written': ({ file }) => `작성된 그대로가 아님(SHA-256이 다름): ${file}`,
  'of-other-rules': ({ file, family }) => `이 입력이 만드는 ${family} 규칙과 다른 규칙의 것임: ${file}`,
  'other-assumptions': ({ file }) => `이 입력과 다른 것을 가정함: ${file}`,
  'no-such-code': ({ name }) => `help errors: 없는 코드: ${name}`,
  'no-word-for-command': ({ word }) => `명령에 쓸 수 없는 이름: ${word}`,
  'nodes-with-connection': () => '--nodes all은 --connection과 함께 씀',
  'rules-of-one-node': () => '--rules는 한 노드의 규칙임',
  'no-node-sets-out': ({ nodes, packet }) =>
    `--connection: 이 패킷이 출발하는 노드를 알 수 없음(노드 ${nodes}): ${packet}`,
  'node-rules-with-nodes': () => '--node-rules는 --nodes all과 함께 씀',
  'one-question': () => '--packet, --connection, --flows, --log, --timeline 중 하나가 있어야 함',
  'questions-together': ({ flags }) => `함께 쓸 수 없음(각각 다른 패킷을 물음): ${flags.join(', ')}`,
  'first-with-packet': () => '--first는 --packet과 함께 씀',
  'no-mode-with-release': ({ text }) => `릴리스가 있는 모드가 아님: ${text}`,
  'manifests-with-both': ({ name }) =>
    `매니페스트는 iptables와 nft의 규칙이 함께 있는 것과 비교하지 않음: ${name}`,
  'timeline-beside': () => '--timeline은 매니페스트나 --rules와 함께 쓸 수 없음',
  'flag-with': ({ flag, others }) => `함께 쓸 수 없음: ${flag}, ${others.join(' / ')}`,
  'flag-without': ({ flag, other }) => `${other} 없이는 쓸 수 없음: ${flag}`,
  'flag-with-nft': ({ flag }) => `nft 규칙에는 쓸 수 없음: ${flag}`,
  'format-of-nft': ({ format }) => `nft 룰셋에는 쓸 수 없음: --format ${format}`,
  'format-between-modes': ({ format }) => `모드를 비교할 때는 쓸 수 없음: --format ${format}`,
  'flag-as': ({ text }) => `이렇게 쓸 수 없음: ${text}`,
  'no-such-finding': ({ flag, name }) => `${flag}: 없는 문제 코드: ${name}`,
  'no-such-node-for': ({ flag, name }) => `${flag}: 없는 노드: ${name}`,
  'no-common-node': ({ before, after }) =>
    `양쪽에 모두 있는 노드가 없음: ${before.join(', ')} / ${after.join(', ')}`,
  'rollout-of-dump': ({ name }) => `--rollout에는 덤프를 쓸 수 없음: ${name}`,
  'not-with-url': ({ flag }) => `--url과 함께 쓸 수 없음: ${flag}`,
  'goes-only-with': ({ flag, other }) => `${flag}의 경우 함께 쓸 수 있는 것: ${other}`,
  'not-printed-rules': ({ name, but }) =>
    `iptables-save나 nft list ruleset의 출력이 아님: ${name}${but === null ? '' : `(출력인 것: ${but})`}`,
  'of-other-inputs': ({ file, role, had, has }) =>
    `다른 입력의 것임(${role}: 당시 ${had}, 지금 ${has}): ${file}`,
  'of-family': ({ file, family }) => `${family} 여부가 양쪽과 다름: ${file}`,
  'no-node-for-rules': ({ text, node }) => `--node-rules ${text}: 없는 노드: ${node}`,
  'several-services': ({ name }) => `같은 이름의 서비스가 여러 개임: ${name}`,
};
