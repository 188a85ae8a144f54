import type { PictureWords } from '../pictures.ts';

export const pictureWords: PictureWords = {
  chainsOf: (subject, node) => `Chains of ${subject ?? 'all rules'}${node === null ? '' : ` on ${node}`}`,
  chains: (nodes, steps) => `Chains and what they lead to: ${nodes} boxes, ${steps} steps.`,
  sourcesOf: (services) => `Who reaches ${services.join(', ')}, and which source it sees`,
  sources: (entries) =>
    `${entries} entries, each with its callers, where their connections end, and the source that is seen there.`,
  moreCallers: (count) => `and ${count} more`,
  sees: (source) => `instead of the client: ${source}`,
};
