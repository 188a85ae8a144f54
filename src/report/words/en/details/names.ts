import type { NameDetail } from '../../../../expect/file/detail.ts';
import type { WordsOf } from '../../words-of.ts';

/** Why a name or an address means nothing among the objects that there are. */
export const nameDetails: WordsOf<NameDetail> = {
  'name-no-port': ({ text }) => `${text} is no port`,
  'no-address-or-name': ({ text }) => `${text} is neither an address nor a name`,
  'name-other-family': ({ text }) => `${text} is of the other address family`,
  'names-mean-nothing': () => 'there are no objects of the cluster, so names mean nothing',
  'no-chain': ({ chain }) => `there is no chain ${chain}`,
  'chain-has-rules': ({ chain, count }) => `${chain} has ${count} rules`,
  'named-no-address': ({ kind, name, family }) => `${kind} ${name} has no ${family} address`,
  'service-without-endpoints': ({ name }) => `service ${name} has no endpoints, so nothing can arrive there`,
  'kind-not-given': ({ kind, named }) => `no manifest describes ${kind}, so ${named} means nothing`,
  'service-sends-nothing': ({ who }) => `${who} sends nothing`,
  'not-one-address': ({ who }) => `${who} is not one address`,
  'service-such-ports': ({ name, count }) => `service ${name} has ${count} such ports`,
  'service-no-cluster-address': ({ name, family }) => `service ${name} has no ${family} cluster address`,
  'not-one-address-and-port': ({ whom }) => `${whom} is not one address and port`,
  'name-missing-of': ({ what, name, of }) =>
    `there is no ${what} ${name}${what === 'pod' ? ' with an address in its status' : ''}${of === null ? '' : ` of ${of}`}`,
};
