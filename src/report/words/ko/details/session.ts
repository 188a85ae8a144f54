import type { SessionDetail } from '../../../../session/detail.ts';
import { sayOf, type WordsOf } from '../../words-of.ts';
import { withParticle } from '../particles.ts';
import { nameDetails } from './names.ts';

/** What is wrong with what is asked, or with the texts that it is asked of. */
export const sessionDetails: WordsOf<SessionDetail> = {
  'sets-of-which-node': ({ name, rules }) =>
    rules === 0
      ? `노드 하나의 상태인데 규칙이 없음(${name})`
      : `노드 하나의 상태인데 규칙은 노드 ${rules}개의 것임(${name})`,
  'flag-unfit': ({ flag, text }) => `${flag} ${withParticle(text, 'topic')} 쓸 수 없음`,
  'hooks-alone': () => '노드의 규칙 없이 훅만 주어짐',
  'table-differs-between': ({ table, one, other }) =>
    `테이블 ${table}의 내용이 ${withParticle(one, 'with')} ${other}에서 서로 다름`,
  'ruleset-without-proxy': ({ name }) => `${name}에 kube-proxy의 테이블이 없음`,
  'table-not-shown': ({ name, table, family }) =>
    `${name}에 테이블 ${table} kube-proxy가 없어 ${family}는 비교하지 않음`,
  'refused-table': ({ family, node }) =>
    `nft가 거부하므로 kube-proxy가 ${node}에 ${family} 테이블을 만들지 않음`,
  'opens-none': () => '--connection은 첫 패킷부터 연결을 따라가지만 이 패킷은 연결을 시작하지 않음',
  'client-no-address': ({ text, family }) => `--client: ${withParticle(text, 'topic')} ${family} 주소가 아님`,
  'flag-no-node': ({ flag, name }) => `${flag}: 노드 ${withParticle(name, 'subject')} 없음`,
  'added-no-node': ({ text }) => `--add-node: ${withParticle(text, 'topic')} 노드의 표기가 아님`,
  'added-twice': ({ name }) => `--add-node: 노드 ${withParticle(name, 'subject')} 이미 있음`,
  'table-in-two': ({ table, one, other }) =>
    `테이블 ${withParticle(table, 'subject')} ${one}에도 ${other}에도 있음`,
  'families-differ': ({ before, one, after, other }) =>
    `${withParticle(before, 'topic')} ${one}, ${withParticle(after, 'topic')} ${other}`,
  'only-family': ({ texts, family }) => `--only ${texts}: 규칙은 ${family}임`,
  'only-never-arrives': () => '--only: 그런 패킷은 그곳에 오지 않음',
  'dump-and-manifests': () => '덤프와 컴파일할 매니페스트가 함께 있음',
  'no-rules-to-walk': () => '따라갈 규칙이 없음',
  'nft-already': ({ name }) => `${withParticle(name, 'topic')} 이미 nft의 룰셋임`,
  'no-iptables-rules': ({ name }) => `${name}에 iptables의 규칙이 없음`,
  'collected-breaks-off': ({ name }) =>
    `${withParticle(name, 'subject')} 중간에 끊겨 노드에서 모은 것이 온전하지 않음`,
  'collected-nothing': ({ name }) =>
    `${name}에 규칙이 없음: 노드에서 iptables-save와 nft가 아무것도 출력하지 않음`,
  'collected-both': ({ name }) =>
    `${name}: iptables-legacy와 iptables-nft의 규칙이 함께 있으나 구별할 nft가 없음`,
  'shard-index': ({ text }) => `--shard ${text}: 어느 부분인지 알려 주는 JOB_COMPLETION_INDEX가 없음`,
  'shard-no-part': ({ text }) => `--shard: ${withParticle(text, 'topic')} 부분의 표기가 아님`,
  'rules-no-objects': ({ name }) => `${name}: 노드의 규칙이며 쿠버네티스 오브젝트가 아님`,
  'no-service-given': () => '매니페스트에 서비스가 없음',
  'empty-input': ({ name }) => `${withParticle(name, 'subject')} 비어 있어 검사할 것이 없음`,
  'tables-not-alike': ({ table, name, one, other }) =>
    `${one}의 테이블 ${table} ${withParticle(name, 'with')} ${other}의 테이블 ${withParticle(name, 'topic')} 체인이 달라, 하나를 iptables-legacy가 만든 것처럼 두 테이블로 봄`,
  'taken-for-first': ({ name }) =>
    `${withParticle(name, 'topic')} 다른 규칙을 지우므로 다른 파일보다 먼저 적재된 것으로 봄`,
  'take-each-other': ({ one, other }) =>
    `${withParticle(one, 'with')} ${withParticle(other, 'topic')} 서로의 규칙을 지우므로 마지막에 적재된 것만 남음`,
  'takes-part-of-dump': ({ one, other }) => `${withParticle(one, 'topic')} ${other}의 테이블 중 일부를 지움`,
  'takes-of-which-backend': ({ one, other }) =>
    `${withParticle(one, 'topic')} ${other}의 규칙이 iptables-nft의 것이면 지우고 iptables-legacy의 것이면 남김`,
  'certificate-form': ({ form }) => `인증서의 형식이 ${form}임`,
  'no-results': () => '합칠 결과가 없음',
  'parts-of-two-runs': ({ one, other }) =>
    `${withParticle(one.name, 'topic')} ${one.command}의 ${one.of}개 중 ${one.part}번째, ${withParticle(other.name, 'topic')} ${other.command}의 ${other.of}개 중 ${other.part}번째 부분임`,
  'both-one-part': ({ one, other, part }) =>
    `${withParticle(one, 'with')} ${withParticle(other, 'subject')} 둘 다 ${part}번째 부분임`,
  'parts-missing': ({ of, missing }) => `${of}개 중 빠진 부분: ${missing}`,
  'not-json': ({ name }) => `${withParticle(name, 'topic')} JSON이 아님`,
  'no-merged-result': ({ name }) => `${withParticle(name, 'topic')} 합칠 수 있는 결과가 아님`,
  'no-shared-part': ({ name }) => `${withParticle(name, 'topic')} 나누어 실행한 결과의 일부가 아님`,
  'no-events': () => '이벤트의 목록이 없음',
  'event-goes-back': () => '앞의 이벤트보다 이른 이벤트',
  'no-rules-yet': () => '아직 규칙이 없음',
  'no-event': () => '이벤트가 아님',
  'event-without-time': () => '시각이 없는 이벤트',
  'event-no-time': () => '시각이 아님',
  'nothing-happens': () => '일어나는 일이 없음',
  'event-no-packet': () => '패킷이 아님',
  'event-not-true': () => 'true가 아님',
  'event-no-files': () => '파일 이름이 아님',
  'event-of-two': ({ one, other }) =>
    `${withParticle(one, 'with')} ${withParticle(other, 'subject')} 함께 있음`,
  'no-baseline': () => 'check --format json의 출력이며 기준선이 아님',
  'no-list-there': () => '목록이 아님',
  'fact-unasked': ({ text }) =>
    `${withParticle(text, 'object')} 묻는 규칙이 없어 이 사실로 정해지는 것이 없음`,
  'fact-for-all-and-none': ({ text }) =>
    `${withParticle(text, 'subject')} 모든 패킷에 참이라고도 거짓이라고도 함`,
  'no-multicast': ({ text }) => `${withParticle(text, 'topic')} 멀티캐스트 주소가 아님`,
  'only-of': ({ of }) => `--only: ${sayOf(nameDetails, of)}`,
};
