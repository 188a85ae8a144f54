import type { SentenceWords } from '../sentences.ts';
import { withParticle } from './particles.ts';

const where: SentenceWords['where'] = ({ file, line }) => `${file === null ? '' : `${file} `}${line}행`;

export const sentenceWords: SentenceWords = {
  where,
  rule: (rule) =>
    `${rule.table} ${rule.chain}의 규칙 ${rule.number}(${where(rule.where)}${rule.comment === null ? '' : `, “${rule.comment}”`})`,
  kernel: '커널',
  answers: (receiver, source) =>
    `노드가 아는 연결의 응답임. ${receiver}에는 출발지가 ${withParticle(source ?? '', 'to')} 보임.`,
  preserved: (client) => `서버에 클라이언트의 주소 ${withParticle(client, 'subject')} 그대로 보임.`,
  masked: (client, seen, by) => {
    const why =
      by === null
        ? '출발지가 바뀜'
        : by.marking === null
          ? `${withRule(by.replacing)} 출발지를 바꿈`
          : `${withRule(by.marking)} 패킷에 마크를 설정하고, 이 마크에 따라 ${withRule(by.replacing)} 출발지를 바꿈`;
    return `서버에 클라이언트의 주소 ${client} 대신 ${withParticle(seen ?? '', 'subject')} 보임. ${why}.`;
  },
  nothing: (why) => `도착하지 않음: ${why}.`,
  dropped: (by) => `도착하지 않음. ${withRule(by)} 폐기함.`,
  rejected: (by) => `도착하지 않음. ${withRule(by)} 거부하고 클라이언트에 알림.`,
  unknown: (why) => `결과를 알 수 없음: ${why}.`,
};

/** The particle goes by the number before the bracket in which the rule's place stands. */
function withRule(name: string): string {
  const bracket = name.indexOf('(');
  if (bracket < 0) return withParticle(name, 'subject');
  const particle = withParticle(name.slice(0, bracket), 'subject').slice(bracket);
  return name + particle;
}
