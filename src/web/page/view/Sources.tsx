import type { Version } from '../model/version.ts';

export function Sources({ version }: { readonly version: Version }) {
  return <p>{version.family}</p>;
}
