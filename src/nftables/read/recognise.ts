const verbs = /^(?:table|add|create|insert|flush|define|delete|destroy|include|replace|rename)\b/;

/** Whether a text is written for nft, by its first line that is no comment. */
export function isNft(text: string): boolean {
  const first = text.split('\n', 200).find((line) => !/^\s*(?:#.*)?$/.test(line));
  return first !== undefined && verbs.test(first.trimStart());
}
