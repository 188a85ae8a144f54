import type { ExpectationDetail, RecordName, ShapeDetail, Shown } from '../../../../expect/file/detail.ts';
import { sayOf, type WordsOf } from '../../words-of.ts';
import { withParticle } from '../particles.ts';

const shown: WordsOf<Shown> = {
  list: () => '목록',
  mapping: () => '매핑',
  nothing: () => '빈 값',
  written: ({ text }) => text,
};

const records: Readonly<Record<RecordName, string>> = {
  'packet-set': '패킷 집합',
  expectation: '기대',
  'expectation-file': '기대 파일',
  network: '노드의 네트워크',
  'ignored-finding': '무시할 문제',
  'check-settings': 'check 설정',
  severities: '문제의 심각도',
  'settings-file': '설정 파일',
  baseline: '베이스라인',
  'known-finding': '알려진 문제',
  facts: '호스트의 사실',
  'certificate-input': '입력',
  'certificate-family': '주소 체계',
  certificate: '증명서',
};

const entries = {
  'cluster-ip': '클러스터 IP',
  'node-port': '노드포트',
  'load-balancer': '로드밸런서 IP',
  'external-ip': '외부 IP',
};

/** Why a file that people write has not the form that it should have. */
export const shapeDetails: WordsOf<ShapeDetail> = {
  'stands-here': ({ value }) => `값이 ${sayOf(shown, value)}임`,
  'unfit-here': ({ value }) => `${withParticle(sayOf(shown, value), 'topic')} 여기에 맞지 않음`,
  'unknown-here': ({ value }) => `여기에서 알 수 없는 값: ${sayOf(shown, value)}`,
  'empty-list': () => '목록이 비어 있음',
  'empty-mapping': () => '매핑이 비어 있음',
  'empty-record': ({ what }) => `${withParticle(records[what], 'subject')} 비어 있음`,
  'not-record': ({ what, value }) =>
    `${withParticle(sayOf(shown, value), 'topic')} ${withParticle(records[what], 'subject')} 아님`,
  'record-no-field': ({ what, value }) =>
    `${records[what]}에는 필드 ${withParticle(sayOf(shown, value), 'subject')} 없음`,
  'record-without': ({ what, fields }) =>
    fields.length === 1
      ? `${records[what]}에 ${withParticle(fields[0] ?? '', 'subject')} 없음`
      : `${records[what]}에 ${fields.join(', ')} 중 아무것도 없음`,
  'fields-exclude': ({ fields }) => `함께 쓸 수 없는 필드: ${fields.join(', ')}`,
};

/** Why an expectation, or the packets that it is about, make no sense. */
export const expectationDetails: WordsOf<ExpectationDetail> = {
  'reaches-of-packets': () => 'reaches는 연결에 관한 것임',
  'reaches-opens-none': () => 'reaches는 연결에 관한 것인데 이 패킷은 연결을 시작하지 않음',
  'no-such-packets': () => '그런 패킷이 없음: 이 주소에서, 또는 그곳에서 보내는 호스트가 없음',
  'from-says-addresses': () => '보내는 주소는 이미 from에 있음',
  'via-without-service': () => 'via는 서비스를 어느 주소로 호출하는지를 나타냄',
  'ports-of-no-protocol': () => '어느 프로토콜의 포트인지 알 수 없음',
  'claims-contradict': ({ one, other }) => `둘 다 만족하는 패킷은 있을 수 없음: ${one}, ${other}`,
  'packet-other-family': ({ family }) => `이 패킷은 ${family} 규칙을 거치지 않음`,
  'no-source-claim': ({ text }) => `${withParticle(text, 'topic')} 출발지에 관한 값이 아님`,
  'names-no-service': ({ text }) => `${withParticle(text, 'topic')} 서비스의 이름이 아님`,
  'names-no-rule': ({ text }) => `${withParticle(text, 'topic')} 규칙도 서비스도 아님`,
  'no-share': ({ text }) => `${withParticle(text, 'topic')} 비율이 아님`,
  'port-at-address': ({ text }) => `${text}에 포트가 있음`,
  'no-protocol': ({ text }) => `${withParticle(text, 'topic')} 프로토콜이 아님`,
  'protocol-no-ports': ({ text }) => `${text}에는 포트가 없음`,
  'shares-sum': ({ share }) => `비율의 합이 ${share.toFixed(2)} %임`,
  'service-no-entry': ({ name, family, via }) =>
    `서비스 ${name}에 ${family} ${withParticle(entries[via], 'subject')} 없음`,
  'service-several-ports': ({ name }) => `서비스 ${name}에 포트가 여러 개 있음`,
  'service-no-port-of': ({ name, protocol }) => `서비스 ${name}에 ${protocol}의 그런 포트가 없음`,
};
