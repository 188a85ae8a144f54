import type { Reason, ReasonCode } from '../../engine/reasons.ts';
import { countPorts } from './ports.ts';

type Reasons = {
  readonly [Code in ReasonCode]: (reason: Extract<Reason, { readonly code: Code }>) => string | null;
};

const side = { source: '출발지', destination: '목적지' } as const;

/** Why something is not known, or dropped, in Korean; null where the reason is still a sentence of another language. */
export const reasons: Reasons = {
  'field-unknown': ({ field }) => `패킷의 ${field.field} 값을 알 수 없음`,
  'port-unknown': (reason) =>
    `${side[reason.side]} 포트가 주어지지 않았고, 규칙이 묻는 포트는 ${countPorts(reason.ports)}`,
  'set-port-unknown': (reason) =>
    `${side[reason.side]} 포트가 주어지지 않았고, 집합이 이를 물음(집합 ${reason.set})`,
  'set-unknown': ({ set }) => `집합 ${set}의 내용을 알 수 없음. ipset save의 출력을 --sets로 지정`,
  'set-missing': ({ set }) => `--sets에 집합 ${set}이(가) 없음. ipset save의 출력을 모두 지정`,
  'set-count-unknown': ({ set, option }) => `집합 ${set}이(가) 센 값을 알 수 없음(${option})`,
  'set-part-unevaluated': ({ set }) => `주소와 포트 외에 집합이 묻는 것은 계산하지 않음(집합 ${set})`,
  'set-protocol-unevaluated': ({ set }) => `포트가 없는 프로토콜의 항목은 계산하지 않음(집합 ${set})`,
  'set-changed': ({ set }) => `규칙이 집합 ${set}을(를) 바꾸어 그 내용을 알 수 없음`,
  'match-unevaluated': ({ name }) => `-m ${name}은(는) 계산하지 않음`,
  'statement-unevaluated': ({ text }) => `“${text}”의 결과를 알 수 없음`,
  'order-unknown': ({ chains: [one, other] }) =>
    `${one}와(과) ${other}의 훅과 우선순위가 같음. 나중에 만들어진 쪽이 먼저 실행되나 규칙만으로는 그 순서를 알 수 없음`,
  'option-unevaluated': ({ option }) => `${option}은(는) 계산하지 않음`,
  'other-protocol': ({ extension }) => `-m ${extension}은(는) 다른 프로토콜의 패킷을 들여다봄`,
  'match-not-shown': () => '규칙이 묻는 것이 모두 보이지 않음',
  'rules-not-shown': () => '뒤따르는 규칙이 보이지 않음',
  'chain-unwalked': ({ table, chain }) => `패킷이 만나는 테이블 ${table}의 체인 ${chain}은(는) 따라가지 않음`,
  'target-unknown': ({ name }) => `${name}은(는) 보이는 체인도, 알려진 타깃도 아님`,
  'target-unevaluated': ({ name }) => `타깃 ${name}은(는) 실행하지 않음`,
  'endpoints-unknown': () => '입력이 충분히 말하지 않아 서비스의 엔드포인트를 알 수 없음',
  'by-ipvs': () => '이 연결은 IPVS가 나르며, 규칙만으로는 알 수 없음',
  'kernel-owner-unknown': () => '커널이 보내는 오류의 소유자가 커널인지 알 수 없음',
  'owner-unknown': () => '패킷을 보내는 프로세스의 사용자와 그룹을 알 수 없음',
  'sockets-unknown': () => '노드의 소켓을 알 수 없음',
  'listeners-unknown': () => '노드에서 어느 소켓이 수신 대기하는지 알 수 없음(TPROXY)',
  'frame-unknown': ({ type }) => `프레임이 ${type}였는지 알 수 없음`,
  'assured-unknown': () => '연결이 확립되었는지(assured) 알 수 없음',
  'interface-addresses-unknown': (reason) =>
    `인터페이스 ${reason.interface}의 주소를 알 수 없음. --host에 addresses를 지정`,
  'flow-may-be-gone': () =>
    '노드가 이 연결을 아직 기억하는지 알 수 없음. 주어지지 않은 순서 번호와 데이터에 달려 있음',
  'flow-ambiguous': () =>
    '패킷이 여러 연결 중 어느 것에 속하는지 알 수 없음. 변환이 어느 연결에나 이 포트를 골랐을 수 있음',
  'too-many-ways': ({ most }) => `이 규칙들을 지나는 길이 ${most}개를 넘음`,
  'too-many-rules': ({ most }) => `거듭 호출되는 체인에서 만나는 규칙이 ${most}개를 넘음`,
  host: () => null,
  'at-rule': ({ place, reason }) => {
    const said = sayReason(reason);
    return said && `${said}(${place.table}/${place.chain}의 규칙 ${place.number})`;
  },
  'policy-drop': ({ table, chain }) => `${table}/${chain}의 정책이 DROP임`,
  'flow-clash': () => '이 양 끝을 쓰는 연결이 이미 있고, 남은 포트가 없음',
  'hops-spent': () => '이 노드에서 TTL이 다함',
  'route-drop': () => null,
};

export function sayReason(reason: Reason): string | null {
  return (reasons[reason.code] as (reason: Reason) => string | null)(reason);
}
