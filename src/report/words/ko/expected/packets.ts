import type { PacketThing, PacketThingOf } from '../../../../text/things.ts';
import type { ThingWords } from '../../expected.ts';

/** What is right of packets, hosts and documents. */
export const packetThings: ThingWords<PacketThing, PacketThingOf> = {
  'pod-interface': '--host의 podIf',
  once: (one) => `${one} 한 번`,
  'ipvsadm-saved': '주소와 포트가 숫자인 ipvsadm -Sn의 출력',
  'declared-chain': '테이블이 선언한 체인',
  'ending-jumps': '끝나는 점프(커널은 내장 체인이 도달하는 곳에 이를 요구함)',
  'number-or-quoted': '숫자 또는 따옴표로 묶은 문자열',
  'each-key-once': '키마다 한 번',
  'key-string': '문자열인 키',
  'map-or-maps': '맵 또는 맵의 목록',
  anchor: (one) => `가리키는 값에 &${one}`,
  'value-without-itself': '자기 자신을 포함하지 않는 값',
  'some-hundred-levels': '수백 단계 이하',
  'well-formed-yaml': '올바른 YAML',
  'one-document': '문서 하나',
  'short-without-blanks': '공백 없이 15자 이하',
  'address-length': '주소/길이',
  'name-and-addresses': 'name과 addresses',
  'route-fields': 'to, via, dev, metric',
  'address-alone': '주소만',
  seconds: '초',
  'fewer-chances': '확률로 결정되는 패킷을 줄이거나 시각이 없는 패킷',
  'quoted-key': '큰따옴표로 묶은 키',
  'string-of-one-line': '같은 행에서 끝나는 문자열',
  'ip-json': 'ip -json의 출력',
  blank: '공백',
  'bracketed-ipv6': '대괄호로 묶은 IPv6 주소',
  'address-with-or-without-port': '포트가 있거나 없는 주소',
  'as-in': (one) => `예: ${one}`,
};
