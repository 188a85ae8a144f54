import type { PacketDetail, PacketPartName, PacketRecord } from '../../../../engine/detail.ts';
import type { WordsOf } from '../../words-of.ts';
import { withParticle } from '../particles.ts';

const records: Readonly<Record<PacketRecord, string>> = { 'packet-list': '패킷 목록', packet: '패킷' };
const parts: Readonly<Record<PacketPartName, string>> = {
  flags: 'TCP 플래그',
  state: '상태',
  'icmp-type': 'ICMP 타입',
};

/** What is wrong with packets that are asked about. */
export const packetDetails: WordsOf<PacketDetail> = {
  'no-packet-list': () => '패킷 목록이 없음',
  'not-packet': () => '패킷이 아님',
  'not-protocol': () => '프로토콜이 아님',
  'not-origin': () => '패킷의 출처가 아님',
  'not-time': () => '시각이 아님',
  'state-of-sequence': () => '시각이 있는 패킷의 상태는 앞선 패킷에 따라 정해지므로 지정할 수 없음',
  'packet-too-long': () => '패킷 표기가 너무 긺',
  'packet-ends-early': () => '패킷 표기가 중간에 끝남',
  'packet-no-place': () => '이 위치에 올 수 없음',
  'packet-families': () => '출발지와 목적지의 주소 체계가 다름',
  'packet-record-no-field': ({ record, field }) => `${records[record]}에 없는 필드이므로 무시함: ${field}`,
  'packet-no-address': ({ text }) => `${withParticle(text, 'topic')} IP 주소가 아님`,
  'packet-no-protocol': ({ text }) => `${withParticle(text, 'topic')} 프로토콜이 아님`,
  'address-not-of': ({ text, family }) => `${withParticle(text, 'topic')} ${family} 주소가 아님`,
  'packet-no-port': ({ text }) =>
    text === null ? '포트 번호가 없음' : `${withParticle(text, 'topic')} 포트 번호가 아님`,
  'packet-no-ports': ({ protocol }) => `${protocol}에는 포트가 없음`,
  'not-part': ({ text, part }) =>
    `${withParticle(text, 'topic')} ${withParticle(parts[part], 'subject')} 아님`,
  'option-twice': ({ option }) => `두 번 지정함: ${option}`,
  'option-unfit': ({ protocol, option }) => `${protocol}에는 없는 옵션: ${option}`,
  'ways-too-many': ({ most }) => `이 패킷 뒤에 노드가 기억할 수 있는 상태가 ${most}개를 넘음`,
  'packet-not-of-rules': ({ source, family }) => `출발지가 ${source}인 패킷은 ${family} 규칙을 거치지 않음`,
  'no-interface': ({ name }) => `노드에 없는 인터페이스: ${name}`,
  'pod-interface-open': ({ source }) => `파드 ${source}의 인터페이스를 노드의 라우팅으로 알 수 없음`,
};
