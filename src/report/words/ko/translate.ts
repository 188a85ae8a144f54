import type { TranslateWords } from '../translate.ts';
import { withParticle } from './particles.ts';

export const translateWords: TranslateWords = {
  gaps: {
    'no-nft-form': 'nft에 해당하는 형식이 없어 룰셋을 만들 수 없음',
    foreign: '무엇을 하는지 알 수 없어 룰셋을 만들 수 없음',
    'remembered-otherwise':
      '집합으로 표현함. 집합은 가득 차면 더 받지 않지만 recent의 목록은 보통 주소 100개를 유지하고 가장 오래된 것을 잊음',
    'counted-otherwise': 'nft의 limit으로 표현함. 채워지는 단위가 iptables의 limit과 다름',
    'not-proved': '표현했지만 똑같이 동작한다고 증명되지 않음',
    refused: '표현하면 nft가 거부하므로 룰셋을 만들 수 없음',
  },
  notes: {
    'comment-changed': (text) =>
      text === ''
        ? '주석을 제외함'
        : `주석이 "${withParticle(`${text}"`, 'to')} 바뀜. nft의 규칙에는 큰따옴표 없는 127바이트의 주석 하나만 쓸 수 있음`,
    'chain-renamed': (text) => `체인 이름이 ${withParticle(text, 'to')} 바뀜. nft에서 쓸 수 없는 이름임`,
    'never-matches': () => '어떤 패킷과도 일치하지 않아 제외함',
  },
  rule: (place, said) => `규칙 ${place}: ${said}`,
  proved: (rules) => `증명: 룰셋이 iptables 규칙 ${rules}개와 똑같이 동작합니다.`,
  unproved: (rules, named, isWritten) =>
    `규칙 ${rules}개 중 ${named}개는 똑같이 동작한다고 증명되지 않았습니다${isWritten ? '' : '. 일부는 nft에 해당하는 형식이 없어 룰셋이 없습니다'}.`,
};
