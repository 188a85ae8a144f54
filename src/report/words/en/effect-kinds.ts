import type { EffectKindWords } from '../effect-kinds.ts';

export const effectKindWords: EffectKindWords = {
  exposure: 'packets get through that did not before',
  loss: 'packets are lost that got through before',
  'source-ip': 'the source address that arrives is hidden, or no longer hidden',
  endpoints: 'other endpoints are reached',
  shares: 'the same endpoints are reached, in other shares',
  affinity: 'which clients are remembered, or led by what is remembered',
  header: 'packets get through with another mark, source port, header field or copy',
  state: 'what is counted, remembered or set up for later packets is another',
  delivery: 'packets arrive elsewhere, or are refused in another way',
};
