/** What kube-proxy says in comments of its rules, in every release, by which they are known again. */
export const proxyComments = {
  noEndpoints: 'has no endpoints',
  noLocalEndpoints: 'has no local endpoints',
  notAccepted: 'not accepted by',
  localnet: 'block incoming localnet connections',
  outsiders: 'masquerade clusterIP traffic from outside cluster',
} as const;
