import type { Language } from './words/language.ts';

/** How results are told to people. */
export interface View {
  readonly color: boolean;
  /** All that there is to say; else what fits a screen. */
  readonly verbose?: boolean;
  readonly language?: Language;
  /** In Markdown, with a drawing of what moved. */
  readonly graph?: boolean;
}
