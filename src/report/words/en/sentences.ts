import type { SentenceWords } from '../sentences.ts';

const where: SentenceWords['where'] = ({ file, line }) => `${file === null ? '' : `${file} `}line ${line}`;

export const sentenceWords: SentenceWords = {
  where,
  rule: (rule) =>
    `rule ${rule.number} of ${rule.table} ${rule.chain} (${where(rule.where)}${rule.comment === null ? '' : `, “${rule.comment}”`})`,
  kernel: 'the kernel',
  answers: (receiver, source) =>
    `It is the answer of a connection that the node knows: ${receiver} sees it come from ${source}.`,
  preserved: (client) => `The server sees the client's own address, ${client}.`,
  masked: (client, seen, by) => {
    const why =
      by === null
        ? 'its source was replaced'
        : by.marking === null
          ? `${by.replacing} replaces the source`
          : `${by.marking} marks the packet, and for the mark ${by.replacing} replaces the source`;
    return `The server does not see the client's address ${client} but ${seen}: ${why}.`;
  },
  nothing: (why) => `Nothing arrives: ${why}.`,
  dropped: (by) => `Nothing arrives: ${by} drops it.`,
  rejected: (by) => `Nothing arrives: ${by} refuses it, and the client is told so.`,
  unknown: (why) => `It cannot be told what happens: ${why}.`,
};
