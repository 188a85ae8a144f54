import { type RulesFiles, readRulesTexts } from '../files/rules-texts.ts';
import { openRules, type PlacedRules } from '../session/rules.ts';
import type { ManifestFlags, NodeFlags } from './flags.ts';
import type { Io } from './io.ts';
import { withProgress } from './progress.ts';

/** Where the rules of a node come from: a dump, or manifests to compile. */
export interface RulesFlags extends NodeFlags, ManifestFlags, RulesFiles {
  readonly config?: string;
  readonly namespace?: string;
  readonly kubeVersion?: string;
}

export function loadRules(io: Io, files: readonly string[], flags: RulesFlags): PlacedRules {
  const texts = readRulesTexts(io, files, flags);
  return withProgress(io, texts.dump?.name ?? '', (progress) => openRules(texts, flags, progress));
}
