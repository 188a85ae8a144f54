import { byteLength } from '../text/bytes.ts';

/** In bytes: nft refuses what is longer, wherever it stands. iptables-nft makes longer ones, which nft lists and does not load. */
export const longestComment = 128;

export const isTooLong = (comment: string): boolean =>
  comment.length > longestComment / 4 && byteLength(comment) > longestComment;
