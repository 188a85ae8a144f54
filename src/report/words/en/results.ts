import type { ResultWords } from '../results.ts';

export const resultWords: ResultWords = {
  server: (end, node) => (node === null ? end : `${end} on ${node}`),
  own: "sees the client's own address",
  seen: (address, whose) => `sees ${address}${whose === null ? '' : ` (${whose})`} instead of the client`,
  anotherOf: (count) => `or another of ${count} nodes`,
  betweens: { balancer: 'the load balancer', controller: 'the controller' },
  by: (rule, table, chain, node, comment) =>
    `by ${rule === null ? 'a rule' : `rule ${rule}`} of ${table} ${chain} on ${node}${comment === null ? '' : `, “${comment}”`}`,
};
