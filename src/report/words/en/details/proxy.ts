import type { ProxyDetail } from '../../../../proxy/decide/detail.ts';
import type { WordsOf } from '../../words-of.ts';

/** What kube-proxy would not do as it is asked, or what is not known of it. */
export const proxyDetails: WordsOf<ProxyDetail> = {
  'no-such-node': ({ name, byConfig }) =>
    `there is no node ${name}${byConfig ? ', which hostnameOverride of the configuration names' : ''}`,
  'no-nodes': () => 'there is no node',
  'several-nodes': () => 'there are several nodes',
  'both-families': () => 'these services have addresses of both families; these are the rules for ipv4',
  'waits-for-prefix': ({ node }) =>
    `with detectLocalMode NodeCIDR kube-proxy waits for the podCIDR of ${node}, which has none; these are the rules without`,
  'does-not-start': ({ version, words }) =>
    `kube-proxy ${version} does not start with this configuration: ${words}`,
  'newer-release': ({ version, known }) =>
    `kube-proxy ${version} is newer than what is known of this release: these are the rules of ${known}`,
  'gate-unknown': ({ version, name }) =>
    `it is not known whether kube-proxy ${version} knows the feature gate ${name}: these are the rules if it does; if not, it does not start`,
  'tables-not-asked': () =>
    'the configuration has kube-proxy in mode nftables, of which rules are compiled, but not asked yet',
  'nftables-gated': ({ version }) =>
    `kube-proxy ${version} has nftables mode only behind the gate NFTablesProxyMode, which is not compiled`,
  'release-lacks': ({ version }) => `kube-proxy ${version} is not known`,
  'nft-no-interface': ({ version, name, family }) =>
    `kube-proxy ${version} matches the interface ${name} by index, which nft refuses while no such interface is there: there is no ${family} table on the node`,
  'nft-long-comment': ({ version, name, family }) =>
    `kube-proxy ${version} comments with ${name}, which is longer than nft takes: there is no ${family} table on the node`,
};
