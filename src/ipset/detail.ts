/** What is wrong with sets of ipset. */
export type SetDetail =
  | { readonly code: 'set-line'; readonly word: string }
  | { readonly code: 'set-twice' | 'set-lacks'; readonly name: string }
  | { readonly code: 'set-type'; readonly type: string }
  | { readonly code: 'set-entry'; readonly entry: string; readonly name: string }
  | { readonly code: 'set-entries'; readonly entry: string; readonly count: number }
  | { readonly code: 'no-set-line' };
