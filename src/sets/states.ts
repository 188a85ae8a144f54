/** What connection tracking says of a packet, in the order in which iptables prints them. */
export const connectionStates = [
  'INVALID',
  'NEW',
  'RELATED',
  'ESTABLISHED',
  'UNTRACKED',
  'SNAT',
  'DNAT',
] as const;
/** What connection tracking says of a packet's flow. SNAT and DNAT: its source or destination was translated. */
export type ConnectionState = (typeof connectionStates)[number];
