/** Words with which a command of nft begins; an option behind one is a shell's, as in `set -e`. */
const verbs =
  /^(?:table|add|create|insert|flush|define|redefine|undefine|delete|destroy|include|replace|rename|list|reset|get|chain|set|map|element|rule|flowtable|counter|quota|limit|secmark|synproxy)\b(?! +-)/;

/** Whether a text is written for nft, or listed by it: by its first line that is no comment. */
export function isNft(text: string): boolean {
  const first = text
    .trimStart()
    .split('\n', 200)
    .find((line) => !/^\s*(?:#.*)?$/.test(line));
  return first !== undefined && (verbs.test(first.trimStart()) || isNftJson(text));
}

/** Whether it is what `nft -j` prints. */
export function isNftJson(text: string): boolean {
  return /^\s*\{\s*"nftables"\s*:/.test(text);
}
