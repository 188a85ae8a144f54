import { ownerOf } from '../iptables/owners.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { isOfIpvs } from '../nftables/ipvs.ts';
import type { NftRuleset } from '../nftables/model.ts';
import type { Problem } from '../text/problem.ts';

/** What a text is that is no dump of iptables but holds the rules of a node, in a sentence; null where it is nothing such. */
export function otherText(text: string): string | null {
  const isScript = /^\s*(?:#[^\n]*\n\s*)*table (?:ip|ip6|inet|arp|bridge|netdev) \S+ \{/.test(text);
  const isJson = /^\s*\{\s*"nftables"\s*:/.test(text);
  if (!isScript && !isJson) return null;
  const isProxys =
    /^[ \t]*table (?:ip|ip6) kube-proxy \{/m.test(text) ||
    /"table"\s*:\s*\{[^{}]*"name"\s*:\s*"kube-proxy"/.test(text);
  return isProxys
    ? 'this is what nft list ruleset prints on a node whose kube-proxy runs in nftables mode'
    : 'this is what nft list ruleset prints, and not a dump of iptables';
}

const whatIpvsDoes =
  "these are rules of kube-proxy's ipvs mode: they mark by sets what is to be masqueraded, and let what is for a service through to IPVS, whose virtual servers send it to endpoints";
const ofIpvs = `${whatIpvsDoes}; trace answers for it, where ipset save and ipvsadm -Sn are given with --sets`;
const ofListedIpvs = `${whatIpvsDoes}; nft does not tell the sets, iptables-save does`;

/**
 * In which other mode kube-proxy must run on the node that a dump is of, in a sentence; null where nothing says so. What a
 * change of such rules does to packets is decided by what the dump does not show.
 */
export function otherMode(
  ruleset: Ruleset,
): { readonly mode: 'ipvs' | 'none'; readonly message: string } | null {
  const services = ruleset.tables.find(({ name }) => name === 'nat')?.chains.get('KUBE-SERVICES');
  if (services?.rules.some(({ matches }) => matches.some(asksProxysSet)))
    return { mode: 'ipvs', message: ofIpvs };
  if (services) return null;
  const own = ruleset.tables.flatMap(({ chains }) => [...chains.keys()].map(ownerOf));
  if (own.includes('kubelet') && !own.includes('kube-proxy')) {
    const message =
      "there are kubelet's chains and none of kube-proxy's: it runs in nftables mode, whose rules nft list ruleset prints, or something else serves this node";
    return { mode: 'none', message };
  }
  return null;
}

/** The same as a note, for those who make something of the rules all the same. */
export function modeNotes(name: string, ruleset: Ruleset): readonly Problem[] {
  const other = otherMode(ruleset);
  return other?.mode === 'ipvs'
    ? [{ code: 'proxy-mode', severity: 'note', message: `${name}: ${other.message}` }]
    : [];
}

/** The same of what nft lists of such rules. */
export function nftModeNotes(name: string, { tables }: NftRuleset): readonly Problem[] {
  return tables.some(isOfIpvs)
    ? [{ code: 'proxy-mode', severity: 'note', message: `${name}: ${ofListedIpvs}` }]
    : [];
}

function asksProxysSet(match: { readonly kind: string; readonly name?: string }): boolean {
  return match.kind === 'set' && /^KUBE-/.test(match.name ?? '');
}
