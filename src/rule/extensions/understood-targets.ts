import type { Extension, Understood } from '../syntax.ts';

export const understoodTargets: readonly Extension<Understood>[] = [];
