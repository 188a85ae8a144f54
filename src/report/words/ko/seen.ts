import { formatAddress } from '../../../address/address.ts';
import type { SeenWords } from '../seen.ts';

export const seenWords: SeenWords = {
  seen: {
    source: ({ address }) => `출발지는 ${formatAddress(address)}`,
    destination: ({ address }) => `목적지는 ${formatAddress(address)}`,
    'not-listed': ({ address }) => `목록에 ${formatAddress(address)}의 기록이 없음`,
    in: (one) => `들어온 인터페이스는 ${one.interface || '없음'}`,
    out: (one) => `나가는 인터페이스는 ${one.interface || '아직 없음'}`,
    protocol: ({ number }) => `프로토콜은 ${number}`,
    ports: ({ source, destination }) =>
      `출발지 포트는 ${source ?? '지정되지 않음'}, 목적지 포트는 ${destination ?? '지정되지 않음'}`,
    mark: ({ mark }) => `마크는 0x${mark.toString(16)}`,
    state: ({ state }) => `연결 상태는 ${state}`,
  },
  notSo: '패킷이 조건에 맞지 않음',
};
