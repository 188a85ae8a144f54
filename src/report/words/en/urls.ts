import type { UrlWords } from '../urls.ts';

export const urlWords: UrlWords = {
  called: (url, client) => `${url} called by ${client}`,
  noFurther: (why) => `It gets no further: ${why}.`,
  untold: (why) => `It is followed no further: ${why}.`,
  ingress: (key, className, rule, to) => `Ingress ${key} (class ${className ?? 'none'}): ${rule}${to}`,
  rule: (host, path, pathType) => `${host ?? 'every host'}, path ${path} (${pathType})`,
  defaultBackend: 'default backend',
  backend: (service, port) => ` -> ${service} port ${port}`,
  tlsEnds: (secret) => `TLS ends there, with secret ${secret}`,
  connection: (number, from, to) => `Connection${number === null ? '' : ` ${number}`}: ${from} -> ${to}`,
  named: (address, name) => `${address} (${name})`,
  portOf: (name, port) => `${name}, port ${port}`,
  endsThere: 'It ends there: what follows is a connection of its own.',
  moreWays: (count) => `… and ${count} more ways`,
  hopsOfOthers: (number) =>
    `(the hops of ${number === 1 ? 'the other way' : `the ${number} other ways`}: --verbose)`,
  answer: 'the answer:',

  answersGoBack: (client) => `The answers go back to ${client} over connection 1.`,
  podSees: (sources, isCut) => `The pod is called from ${sources.join(', ')}${isCut ? ' …' : ''}.`,
  clientFound: (client, where, note) =>
    `The client's address ${client} is still to be found in: ${where.length === 0 ? 'nowhere' : where.join(' and ')}${note === null ? '' : ` (${note})`}.`,
  note: (says) => `Note: ${says}.`,

  balancer: (service, keepsPacket, node, alike) =>
    `load balancer of ${service}: ${keepsPacket ? 'hands the packet on as it is' : 'makes a connection of its own'}, to ${node}${alike > 0 ? `, likewise ${alike} more nodes` : ''}`,
  becomes: (flow, after) => `${flow} becomes ${after}`,
  goesOn: (flow) => `${flow} goes on as it is`,
  endsHere: (flow) => `${flow} ends here`,
  rules: (names) => `rules: ${names}`,
  balancerName: 'load balancer',
  noAnswer: (why) => `no answer: ${why}`,
  ends: {
    reached: ({ server, node, source }) => `reaches ${server} on ${node}, which sees ${source}`,
    dropped: ({ node, why }) => `is dropped by ${node}${why === null ? '' : `: ${why}`}`,
    rejected: ({ node }) => `is rejected by ${node}`,
    refused: ({ why }) => `is refused: ${why}`,
    left: ({ server }) => `leaves the cluster for ${server}`,
    unplaced: ({ server }) => `is sent to ${server}, on a node that is not known`,
    lost: ({ why }) => `is lost: ${why}`,
    unknown: ({ why }) => `cannot be told: ${why}`,
  },
};
