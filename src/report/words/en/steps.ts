import type { StepName } from '../../../engine/connect.ts';

/** The packets of a connection. */
export const stepNames: Readonly<Record<StepName, string>> = {
  SYN: 'SYN',
  'SYN-ACK': 'SYN-ACK',
  ACK: 'ACK',
  data: 'data',
  'data back': 'data back',
  FIN: 'FIN',
  'FIN back': 'FIN back',
  question: 'question',
  answer: 'answer',
};
