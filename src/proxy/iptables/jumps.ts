import type { Match } from '../../iptables/rule/match.ts';
import { builtInChains, type Hook, type TableName } from '../../iptables/rule/ruleset.ts';
import type { RulesetWriter } from '../../iptables/rule/writer.ts';
import { comment, connectionState, jump } from './spell.ts';

interface Jump {
  readonly table: TableName;
  readonly from: Hook;
  readonly to: string;
  readonly matches: readonly Match[];
}

const isNew = connectionState(['NEW']);

/** The jumps to kube-proxy's chains, per built-in chain as they stand after kube-proxy has inserted each at the head. */
const proxyJumps: readonly Jump[] = [
  filter('INPUT', 'KUBE-PROXY-FIREWALL', isNew, comment('kubernetes load balancer firewall')),
  filter('INPUT', 'KUBE-NODEPORTS', comment('kubernetes health check service ports')),
  filter('INPUT', 'KUBE-EXTERNAL-SERVICES', isNew, comment('kubernetes externally-visible service portals')),
  filter('FORWARD', 'KUBE-PROXY-FIREWALL', isNew, comment('kubernetes load balancer firewall')),
  filter('FORWARD', 'KUBE-FORWARD', comment('kubernetes forwarding rules')),
  filter('FORWARD', 'KUBE-SERVICES', isNew, comment('kubernetes service portals')),
  filter(
    'FORWARD',
    'KUBE-EXTERNAL-SERVICES',
    isNew,
    comment('kubernetes externally-visible service portals'),
  ),
  filter('OUTPUT', 'KUBE-PROXY-FIREWALL', isNew, comment('kubernetes load balancer firewall')),
  filter('OUTPUT', 'KUBE-SERVICES', isNew, comment('kubernetes service portals')),
  nat('PREROUTING', 'KUBE-SERVICES', comment('kubernetes service portals')),
  nat('OUTPUT', 'KUBE-SERVICES', comment('kubernetes service portals')),
  nat('POSTROUTING', 'KUBE-POSTROUTING', comment('kubernetes postrouting rules')),
];

/** What the comments of its jumps say, which stand in the kernel's chains. */
export const jumpComments: ReadonlySet<string> = new Set(
  proxyJumps.flatMap(({ matches }) =>
    matches.flatMap((match) => (match.kind === 'comment' ? [match.text] : [])),
  ),
);

/** Made last, so they stand first. Older releases leave this chain to kubelet. */
const firewallJumps: readonly Jump[] = [filter('INPUT', 'KUBE-FIREWALL'), filter('OUTPUT', 'KUBE-FIREWALL')];

function filter(from: Hook, to: string, ...matches: readonly Match[]): Jump {
  return { table: 'filter', from, to, matches };
}

function nat(from: Hook, to: string, ...matches: readonly Match[]): Jump {
  return { table: 'nat', from, to, matches };
}

/** Declares the built-in chains of filter and nat and the jumps from them to kube-proxy's chains. */
export function writeJumps(writer: RulesetWriter, ownsFirewallChain: boolean): void {
  for (const table of ['filter', 'nat'] as const) {
    for (const hook of builtInChains[table]) writer.chain(table, hook, 'ACCEPT');
  }
  for (const { table, from, to, matches } of [...(ownsFirewallChain ? firewallJumps : []), ...proxyJumps]) {
    writer.chain(table, from).append(matches, jump(writer.chain(table, to).name));
  }
}
