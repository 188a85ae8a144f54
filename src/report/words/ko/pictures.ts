import type { PictureWords } from '../pictures.ts';

export const pictureWords: PictureWords = {
  chainsOf: (subject, node) => `${node === null ? '' : `${node}의 `}${subject ?? '모든 규칙'} 체인`,
  chains: (nodes, steps) => `체인과 그 대상 ${nodes}개, 단계 ${steps}개.`,
  sourcesOf: (services) => `${services.join(', ')}에 도달하는 클라이언트와 서버에 보이는 출발지`,
  sources: (entries) => `진입점 ${entries}개와 각 클라이언트의 연결이 끝나는 곳, 그곳에 보이는 출발지.`,
  moreCallers: (count) => `그 외 ${count}개`,
  sees: (source) => `클라이언트 대신 보이는 주소: ${source}`,
};
