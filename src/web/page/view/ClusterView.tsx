import type { Version } from '../model/version.ts';

export function ClusterView({ version }: { readonly version: Version }) {
  return <p>{version.family}</p>;
}
