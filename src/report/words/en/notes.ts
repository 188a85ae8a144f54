import type { OthersLeftOut, Owned } from '../../../session/note.ts';
import { shortened } from '../../../text/lists.ts';
import type { NoteWords } from '../notes.ts';
import { leftOutPlaces } from './left-out.ts';

type OfOthers = Pick<OthersLeftOut, 'side' | 'owners'>;

const sayOwners = (owners: Owned) => owners.map(([owner, count]) => `${count} of ${owner}`).join(', ');

const others = ({ side, owners }: OfOthers) =>
  `chains in ${side} that are not kube-proxy's (${sayOwners(owners)})`;

function leftOut({ side, owners, places, alike }: OthersLeftOut): string {
  if (places.length === 0) return `${others({ side, owners })} are left out; they are empty`;
  const whose = owners.length > 0 ? `, with chains of others (${sayOwners(owners)})` : '';
  const same = alike ? '; the other side has the same' : '';
  return `rules in ${side} that are not kube-proxy's are left out: ${leftOutPlaces(places)}${whose}${same}; kubenat check reads them`;
}

export const noteWords: NoteWords = {
  'jumps-added': ({ side }) =>
    `${side} has no jumps from the built-in chains to kube-proxy's, so it was given kube-proxy's own`,
  'no-proxy-chains': ({ side }) =>
    `${side}: there are kubelet's chains and none of kube-proxy's: it runs in nftables mode, whose rules nft list ruleset prints, or something else serves this node`,
  'others-compared': (one) => `${others(one)} are compared, too; --scope kube-proxy leaves them out`,
  'rules-not-shown': ({ side, places }) =>
    `${side} does not show all rules of ${shortened(places.map(({ table, chain }) => `${table} ${chain}`))}`,
  'others-left-out': leftOut,
  'left-out-alike': () => 'rules that neither of them shows are taken to be the same',
  confirmed: ({ walked, open, whole }) =>
    `a second procedure walked ${walked} packets, each with those that follow it, ${whole ? 'every combination' : 'some of the combinations'} of values that rules tell apart, and found no other fate (${open} of them it left open)`,
  'ipvs-rules': () =>
    "there are rules of kube-proxy's ipvs mode, which lead to sets and to IPVS and are not looked into",
};
