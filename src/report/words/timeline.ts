/** What is said of packets and changes in their order, in one language. */
export interface TimelineWords {
  readonly at: (seconds: number) => string;
  readonly flush: string;
  readonly changes: Readonly<Record<'objects' | 'rules', (files: string) => string>>;
  /** `forgotten`: null where that is not known. */
  readonly connection: (flow: string, server: string, forgotten: boolean | null) => string;
}
