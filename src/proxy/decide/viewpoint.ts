import type { Release } from './release.ts';

/** The node on which the rules are written. */
export interface Viewpoint {
  readonly nodeName: string;
  readonly zone: string | null;
  readonly release: Release;
}
