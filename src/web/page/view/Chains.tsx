import type { Version } from '../model/version.ts';

export function Chains({ version }: { readonly version: Version }) {
  return <p>{version.family}</p>;
}
