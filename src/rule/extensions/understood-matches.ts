import type { Extension, Understood } from '../syntax.ts';

export const understoodMatches: readonly Extension<Understood>[] = [];
