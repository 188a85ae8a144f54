import type { CommonThing, CommonThingOf } from '../../../../text/things.ts';
import type { ThingWords } from '../../expected.ts';

/** What is right of more rooms than one. */
export const commonThings: ThingWords<CommonThing, CommonThingOf> = {
  fields: '필드',
  rate: '속도',
  time: '시간',
  address: '주소',
  prefixes: '프리픽스',
  'two-ports': '두 포트',
  'addresses-of': (one) => `${one} 주소`,
  'address-of': (one) => `${one} 주소`,
  prefix: '프리픽스',
  'interface-name': '인터페이스 이름',
  list: '목록',
  number: '숫자',
  object: '오브젝트',
  value: '값',
  'dns-name': 'DNS 이름',
  'one-of-them': '그중 하나',
  name: '이름',
  'prefix-or-one-of-each': '프리픽스 하나, 또는 주소 체계별 하나씩',
  'relative-path': '이 파일 기준의 상대 경로',
  'node-name': '노드 이름',
  'schema-address': '스키마의 주소',
};
