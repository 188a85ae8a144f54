import type { VerifiedWords } from '../verified.ts';
import { withParticle } from './particles.ts';

export const verifiedWords: VerifiedWords = {
  holds: (file, kubenat) =>
    `인증서(${file})는 유효합니다. kubenat ${withParticle(kubenat, 'subject')} 증명한 대로 결과가 바뀌는 패킷이 없습니다.`,
  uncontradicted: (file, kubenat) =>
    `인증서(${file})와 모순되는 것이 없습니다. 추적한 패킷 중 결과가 바뀌는 것이 없습니다. 모든 패킷에 대한 증명은 인증서를 만든 kubenat ${withParticle(kubenat, 'subject')} 한 것입니다.`,
  broken: (file, packets) =>
    `인증서(${file})는 유효하지 않습니다. 추적한 패킷 ${packets}개 또는 뒤따르는 패킷의 결과가 바뀝니다. kubenat의 결함이므로 알려 주십시오.`,
  walked: (family, packets, whole, open) =>
    `${family}: 규칙이 구분하는 값의 ${whole ? '모든 조합' : '일부 조합'}에 대해 패킷 ${packets}개를 뒤따르는 패킷(재전송, 응답, 이후 패킷)과 함께 양쪽에서 추적함. 그중 ${open}개는 결과를 정하지 못함`,
  turns: {
    first: '',
    again: ': 다시 보낸 패킷',
    answer: ': 그 응답',
    later: ': 같은 흐름의 이후 패킷',
    another: ': 그 뒤 다른 흐름의 첫 패킷',
  },
  assumed: (sentence) => `가정: ${sentence}`,
};
