import type { NftDiffWords } from '../nft-diff.ts';
import { othersLeftOut } from './left-out.ts';

const unknown = (open: number) => (open > 0 ? `(그 외 ${open}개는 결과를 알 수 없음)` : '');

export const nftDiffWords: NftDiffWords = {
  sameText: '규칙이 같음: 결과가 바뀌는 패킷 없음',
  sameByProof: '규칙의 표현은 다르나 각 규칙이 같은 일을 함이 증명됨: 결과가 바뀌는 패킷 없음',
  ofProxy: {
    sameText: 'kube-proxy의 규칙이 같음',
    sameByProof: 'kube-proxy의 규칙은 표현이 다르나 각 규칙이 같은 일을 함이 증명됨',
  },
  othersLeftOut,
  noneChanges: (tried, open) =>
    `규칙이 다름. 패킷 ${tried}개를 시험했고 결과가 바뀐 것은 없음${unknown(open)}. 이는 증명이 아님`,
  someChange: (tried, changing, open) =>
    `규칙이 다름. 시험한 패킷 ${tried}개 중 ${changing}개의 결과가 바뀜${unknown(open)}. 그 밖의 패킷은 알 수 없음`,
  asked: {
    noneChanges: (packets, open) =>
      open > 0
        ? `규칙이 다름. 패킷(${packets})과 뒤따르는 패킷의 결과가 바뀌는지 알 수 없음`
        : `규칙이 다름. 패킷(${packets})과 뒤따르는 패킷을 양쪽에서 따라갔고 결과가 바뀌지 않음. 그 밖의 패킷은 알 수 없음`,
    someChange: (packets) =>
      `규칙이 다름. 패킷(${packets}) 또는 뒤따르는 패킷의 결과가 바뀜. 그 밖의 패킷은 알 수 없음`,
  },
  moreKinds: (count) => `… 변경 ${count}종 더 있음`,
  beside: (table) =>
    `이전과 이후가 다르며 따라가지 않음: 테이블 ${table}. 패킷이 도달하는 데 필요한 것을 막을 수 있음.`,
  proved: (same, all) =>
    `같은 곳에서 들어오거나 호출되는 체인 ${all}개 중 ${same}개는 규칙별로 같은 일을 함이 증명됨.`,
  entries: (hook, before, after) => `${hook}: 이전 ${before}, 이후 ${after}`,
  noChain: '체인 없음',
  entry: (chain, priority, policy) => `${chain}(우선순위 ${priority}, 정책 ${policy})`,
  notProvedFrom: (before, after) =>
    `${before}${after === null ? '' : `, 이후 ${after}`}, 여기서부터 증명하지 못함:`,
  before: '이전',
  after: '이후',
  or: '또는',
  withId: (fate, id) => `${fate}, ${id === null ? '식별자는 커널이 고름' : `식별자 ${id}`}`,
  fromPort: (fate, port) => `${fate}, ${port === null ? '출발지 포트는 커널이 고름' : `출발지 포트 ${port}`}`,
  moreChains: (count) => `… 체인 ${count}개 더 있음`,
  rule: (number, text) => `규칙 ${number}: ${text}`,
  endOfChain: '체인의 끝',
  note: '참고',
  alike: (count) => `, 비슷한 것 ${count}개`,
  turns: {
    first: '',
    again: ', 다시 보낸 것',
    answer: ': 그 응답',
    later: ': 같은 흐름의 이후 패킷',
    another: ': 그 뒤 다른 흐름의 첫 패킷',
  },
};
