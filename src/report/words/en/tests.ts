import type { TestWords } from '../tests.ts';

export const testWords: TestWords = {
  passed: ({ passed, failed, files }) => {
    const counted = [`${passed} passed`, ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
    return `${counted}, in ${files === 1 ? '1 file' : `${files} files`}`;
  },
  kinds: (count) => `${count} kinds of packets`,
  labels: { expected: 'expected: ', happens: 'happens:  ', packet: 'packet:   ' },

  coverage: 'Rule coverage',
  covered: (covered, total, percent) => `${covered} of ${total} rules (${percent} %)`,
  inAll: (covered) => `${covered} in all`,
  ofChain: (covered, total) => `${covered} of ${total}`,
  rule: (number, line, text) => `${number} (line ${line}): ${text}`,
};
