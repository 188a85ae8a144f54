import type { EffectKind } from '../../proof/classes/effect.ts';

/** In what respect fates change, in one language. */
export type EffectKindWords = Readonly<Record<EffectKind, string>>;
