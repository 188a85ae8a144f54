import type { NoteWords, PlainNote } from '../notes.ts';

type OfOthers = Extract<PlainNote, { readonly owners: unknown }>;

const others = ({ side, owners }: OfOthers) =>
  `chains in ${side} that are not kube-proxy's (${owners.map(([owner, count]) => `${count} of ${owner}`).join(', ')})`;

export const noteWords: NoteWords = {
  'jumps-added': ({ side }) =>
    `${side} has no jumps from the built-in chains to kube-proxy's, so it was given kube-proxy's own`,
  'no-proxy-chains': ({ side }) =>
    `${side}: there are kubelet's chains and none of kube-proxy's: it runs in nftables mode, whose rules nft list ruleset prints, or something else serves this node`,
  'others-compared': (one) => `${others(one)} are compared, too; --scope kube-proxy leaves them out`,
  'others-left-out': (one) => `${others(one)} are left out`,
  'left-out-alike': () => 'rules that neither of them shows are taken to be the same',
  confirmed: ({ walked, open, whole }) =>
    `a second procedure walked ${walked} packets, each with those that follow it, ${whole ? 'every combination' : 'some of the combinations'} of values that rules tell apart, and found no other fate (${open} of them it left open)`,
  'ipvs-rules': () =>
    "there are rules of kube-proxy's ipvs mode, which lead to sets and to IPVS and are not looked into",
};
