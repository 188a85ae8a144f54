import type { Language } from './words/language.ts';

/** How results are told to people. */
export interface View {
  readonly color: boolean;
  /** All that there is to say; else what fits a screen. */
  readonly verbose?: boolean;
  readonly language?: Language;
  /** Of a packet's way the rules that decide alone; else every one that it matches. */
  readonly deciding?: boolean;
  /** In Markdown, with a drawing of what moved. */
  readonly graph?: boolean;
}

/** How the way of a packet is told. */
export type TraceView = Pick<View, 'language' | 'deciding'>;
