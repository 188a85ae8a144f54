import type { TestWords } from '../tests.ts';

export const testWords: TestWords = {
  passed: ({ passed, failed, files }) => {
    const counted = [`통과 ${passed}개`, ...(failed > 0 ? [`실패 ${failed}개`] : [])].join(', ');
    return `${counted}(파일 ${files}개)`;
  },
  kinds: (count) => `패킷 종류 ${count}개`,
  labels: { expected: '기대: ', happens: '결과: ', packet: '패킷: ' },

  coverage: '규칙 커버리지',
  covered: (covered, total, percent) => `규칙 ${total}개 중 ${covered}개(${percent} %)`,
  inAll: (covered) => `전체: ${covered}`,
  ofChain: (covered, total) => `${total}개 중 ${covered}개`,
  rule: (number, line, text) => `${number}(${line}행): ${text}`,
};
