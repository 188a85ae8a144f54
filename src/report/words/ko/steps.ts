import type { StepName } from '../../../engine/connect.ts';

/** The packets of a connection. What TCP calls them is the same in every language. */
export const stepNames: Readonly<Record<StepName, string>> = {
  SYN: 'SYN',
  'SYN-ACK': 'SYN-ACK',
  ACK: 'ACK',
  data: '데이터',
  'data back': '응답 데이터',
  FIN: 'FIN',
  'FIN back': '응답 FIN',
  question: '요청',
  answer: '응답',
};
