/** Languages that results are told in. Each has tables of its own; none is made from another. */
export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];
