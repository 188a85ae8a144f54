import type { Manifest } from '../manifest/kinds.ts';

/** The template of a pod, as far as endpoints go. */
export type PodSpec = NonNullable<Manifest<'Pod'>['value']['spec']>;
