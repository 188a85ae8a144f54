import type { ResultWords } from '../results.ts';
import { withParticle } from './particles.ts';

export const resultWords: ResultWords = {
  server: (end, node) => (node === null ? end : `${node}의 ${end}`),
  own: '클라이언트의 주소가 그대로 보임',
  seen: (address, whose) =>
    `클라이언트 대신 ${whose === null ? withParticle(address, 'subject') : `${address}(${whose})${withParticle(address, 'subject').slice(address.length)}`} 보임`,
  anotherOf: (count) => `또는 노드 ${count}개 중 다른 하나`,
  betweens: { balancer: '로드밸런서', controller: '컨트롤러' },
  by: (rule, table, chain, node, comment) =>
    `${node}의 ${table} ${chain} 규칙${rule === null ? '' : ` ${rule}`}${comment === null ? '' : `, “${comment}”`}`,
};
