import type { RolloutWords } from '../rollout.ts';

export const rolloutWords: RolloutWords = {
  fates: {
    'goes-on': 'goes on',
    ending: 'goes on until its pod ends',
    dead: 'goes on to an address that serves no more',
    'chosen-anew': 'its entry is deleted: the next packet goes to an endpoint that is chosen anew',
    refused: 'its entry is deleted: the next packet is refused, as no endpoint is left',
    'not-translated': 'its entry is deleted, and no rule knows the address that it calls any more',
    unknown: 'whether its entry is deleted is not known',
  },
  untouched: 'open connections go on as they are',
  touched: (touched, all, dead) =>
    `${touched} of ${all} kinds of open connections do not go on as they are${dead === 0 ? '' : `; ${dead} go on to an address that serves no more`}`,
  row: (service, protocol, endpoint, fronts) =>
    `${service}, ${protocol} to ${endpoint}, opened at ${fronts.join(', ')}`,
  releases: (first, last) => `kube-proxy ${first === last ? first : `${first} to ${last}`}`,
  nodePort: (port) => `node port ${port}`,
  assumed: [
    'Assumptions: what belongs to a known connection passes all filters; a pod that is gone answers nothing; each change is seen by',
    'a kube-proxy that runs. Entries of TCP and SCTP are deleted by no release.',
  ],
};
