import type { PassedOver } from '../../../logs/model.ts';
import type { Taken } from '../../../logs/suppositions.ts';
import type { LogWords } from '../logs.ts';
import { withParticle } from './particles.ts';

const passed: Readonly<Record<PassedOver, string>> = {
  'no-packet': '따라갈 수 있는 패킷이 없음',
  'no-place': '규칙, 체인의 끝, 정책을 알려 주지 않는 추적 행',
  left: '노드를 떠난 패킷(Out)',
  'other-family': '다른 주소 체계의 패킷(--family)',
  names: '주소 대신 이름이 있음(tcpdump -n 필요)',
  'flags-unknown': '플래그가 없는 TCP(tcpdump를 -q 없이 실행)',
  zone: '따라가지 않는 연결 추적 영역(zone)',
  destroyed: '이미 끝난 연결',
};

const taken: Readonly<Record<Taken, string>> = {
  first: '연결의 첫 패킷',
  later: '알려진 연결의 뒤따르는 패킷',
  answer: '알려진 연결의 응답',
  related: '알려진 연결에 관한 오류(RELATED)',
  invalid: '어느 연결에도 맞지 않는 패킷(INVALID)',
  untracked: '연결 추적이 다루지 않는 패킷',
};

function sayLines(lines: readonly number[]): string {
  return lines.length === 1 ? `${lines[0]}행` : `${lines[0]}행부터 ${lines.length}행`;
}

export const logWords: LogWords = {
  lines: (first, last) => (first === last ? `${first}행` : `${first}-${last}행`),
  passed: (list) =>
    `건너뛴 행: ${list.map(([lines, why]) => `${sayLines(lines)}(${passed[why]})`).join('; ')}.`,
  by: (writer) => ` (${writer})`,
  late: '첫 행은 nat 이후의 것임. 패킷이 들어올 때 요청한 곳은 로그에 없음.',
  taken: (as, share, fate) =>
    `${as.map((one) => taken[one]).join(' 또는 ')}${share === null ? '' : `(그중 ${share})`}인 경우: ${fate}`,
  fateUnknown: '이 연결의 변환이 로그에 없고(conntrack -L이 보여 줌) 패킷의 결과가 그에 달려 있음',
  dropped: '폐기',
  droppedBy: (number, table, chain) =>
    `${table} ${chain}의 규칙 ${withParticle(`${number}`, 'subject')} 폐기`,
  lastRule: (rule) => `로그의 마지막 규칙: ${rule}`,
  nextRule: (rule) => `다음: ${rule}`,
  rule: (chain, number, line, text) => `${chain} ${number}(${line}행): ${text}`,

  part: (line, why) => `${line}행부터 로그가 규칙과 다름: ${why}.`,
  upToThere: (rule) => `그 전까지 지나온 규칙: ${rule}`,
  nextByRules: (rule) => `규칙에 따르면 다음은 ${rule}`,
  ruleNumber: (number) => `규칙 ${number}`,
  someRule: (jump) => (jump === null ? '어떤 규칙' : `${withParticle(jump, 'to')} 점프하는 규칙`),
  noChain: (chain) => `덤프에 없는 체인: ${chain}`,
  noRule: (rule, chain, rules) =>
    `패킷이 ${chain}의 ${withParticle(rule, 'with')} 일치했으나 덤프에는 그 규칙이 없음(규칙 ${rules}개)`,
  otherLength: (chain, logged, rules) => `${chain}에 규칙이 ${logged}개 있었으나 덤프에는 ${rules}개가 있음`,
  noMatch: (rule, chain) =>
    `패킷이 ${chain}의 ${withParticle(rule, 'with')} 일치했으나 덤프의 규칙으로는 일치하지 않음`,
  noEnd: (chain) => `패킷이 ${chain}의 끝에 이르렀으나 덤프의 규칙으로는 이르지 않음`,
  otherVerdict: (rule, chain, logged, own) =>
    `${chain}의 ${withParticle(rule, 'topic')} ${withParticle(logged, 'to')} 끝났으나 덤프에서는 ${withParticle(own, 'to')} 끝남`,
  otherPolicy: (chain, logged, own) => `${chain}의 정책: 로그에서는 ${logged}, 덤프에서는 ${own}`,
  otherMark: (place, logged, own) =>
    `${place}에서 패킷의 마크가 ${withParticle(logged, 'to')} 기록되었으나 규칙에 따르면 ${own}임`,
  otherDestination: (place, logged, own) =>
    `${place}에서 패킷의 목적지가 ${withParticle(logged, 'to')} 기록되었으나 규칙에 따르면 ${own}임`,
  atRule: (rule, chain) => `${chain}의 ${rule}`,
  atEnd: (chain) => `${chain}의 끝`,
  noLog: (prefix) =>
    `이 패킷이 거치는 규칙 중 접두사 ${withParticle(prefix, 'to')} 로그를 남기는 규칙이 없음`,

  entry: (packet, { to, as, state, answered, left }) => {
    const what = [
      ...(to === null ? [] : [`목적지 ${to}`]),
      ...(as === null ? [] : [`출발지 ${as}`]),
      ...(state === null ? [] : [state]),
      answered ? '응답 있음' : '응답 없음',
      ...(left === null ? [] : [`${left}초 남음`]),
    ];
    return `${packet} (conntrack: ${what.join(', ')})`;
  },
  agrees: '규칙에 따르면 새 연결도 그곳으로 감',
  agreesUnknown: '규칙에 따라 새 연결도 그곳으로 가는지 알 수 없음',
  disagrees: (to) =>
    `로그가 규칙과 다름: 새 연결은 ${to === null ? '변환 없이 지나가지' : `${withParticle(to, 'to')} 가지`} 않지만, 이 연결은 항목이 끝날 때까지 그렇게 함.`,
  anew: (fates, more) => `새 연결: ${[...fates, ...(more > 0 ? [`그 외 ${more}개`] : [])].join('; ')}`,
  next: { request: '다음 요청', answer: '다음 응답' },
  atItsEnd: '연결이 끝남: 더 이상의 데이터가 예상되지 않음',
};
