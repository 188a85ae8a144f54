import { computed, signal } from '@preact/signals';
import type { PageData } from '../../report/page.ts';
import { readVersion, type Version } from '../../session/version.ts';
import { InputError, type Problem } from '../../text/problem.ts';
import { place } from './state.ts';

/** What was read, or why nothing could be. */
export type Loaded =
  | { readonly kind: 'reading' }
  | { readonly kind: 'failed'; readonly problems: readonly Problem[] }
  | { readonly kind: 'ready'; readonly version: Version };

export const loaded = signal<Loaded>({ kind: 'reading' });
export const pageData = signal<PageData | null>(null);

/** Reads the files once the browser has shown that it is about to. */
export function load(data: PageData): void {
  pageData.value = data;
  setTimeout(() => {
    loaded.value = attempt(() => ({ kind: 'ready', version: readVersion(data.version, data.options) }));
  });
}

/** Whatever is wrong with the input is shown; a fault of the page itself is not hidden. */
export function attempt<T>(
  work: () => T,
): T | { readonly kind: 'failed'; readonly problems: readonly Problem[] } {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError) return { kind: 'failed', problems: error.problems };
    throw error;
  }
}

export const version = computed(() => (loaded.value.kind === 'ready' ? loaded.value.version : null));

/** The node that is looked at: the one of the place where it is known, else the first. */
export const node = computed(() => {
  const nodes = version.value?.nodes ?? [];
  const { node: asked } = place.value;
  return nodes.includes(asked) ? asked : (nodes[0] ?? '');
});
