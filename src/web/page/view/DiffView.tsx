import type { Version } from '../model/version.ts';

export function DiffView({ version }: { readonly version: Version }) {
  return <p>{version.family}</p>;
}
