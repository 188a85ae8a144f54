import type { Version } from '../model/version.ts';

export function PacketView({ version }: { readonly version: Version }) {
  return <p>{version.family}</p>;
}
