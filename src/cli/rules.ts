import { type RulesFiles, readRulesTexts } from '../files/rules-texts.ts';
import type { ProxyMode } from '../kube/cluster/config.ts';
import { type NodeProgram, openProgram, type ProgramRequest } from '../session/program.ts';
import type { RulesTexts } from '../session/rules.ts';
import type { ManifestFlags, NodeFlags } from './flags.ts';
import type { Io } from './io.ts';
import { withProgress } from './progress.ts';

/** Where the rules of a node come from: a dump, or manifests to compile. */
export interface RulesFlags extends NodeFlags, ManifestFlags, RulesFiles {
  readonly rules?: string;
  readonly config?: string;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  /** Of `trace`. */
  readonly mode?: ProxyMode;
  readonly loadedInOrder?: true;
}

/** The same of several dumps and rulesets. */
export interface ProgramFlags extends Omit<RulesFlags, 'rules'> {
  readonly rules: readonly string[];
}

/** The same in whatever language, as the program that packets are walked through. */
export function loadProgram(
  io: Io,
  files: readonly string[],
  flags: ProgramFlags,
  more: Pick<ProgramRequest, 'state' | 'asked'>,
): NodeProgram {
  return openNodeProgram(io, readRulesTexts(io, files, flags), flags, more);
}

/** The same of texts that were read. */
export function openNodeProgram(
  io: Io,
  texts: RulesTexts,
  flags: ProgramFlags,
  more: Pick<ProgramRequest, 'state' | 'asked'>,
): NodeProgram {
  return withProgress(io, texts.dumps[0]?.name ?? '', (progress) =>
    openProgram(texts, { ...flags, ...more }, progress),
  );
}
