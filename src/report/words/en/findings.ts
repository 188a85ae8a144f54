import { type Family, formatAddress, formatEndpoint } from '../../../address/address.ts';
import type { TiedChains } from '../../../engine/registered.ts';
import type { DriftEffect, FrontName, Place, ProxyTrace, SettingTrouble } from '../../../lint/finding.ts';
import type { Front } from '../../../lint/reach/front.ts';
import type { CutReason, Part } from '../../../lint/reach/judge.ts';
import { shortened } from '../../../text/lists.ts';
import {
  type ClientNames,
  type EndpointShare,
  type FindingWords,
  isOfSet,
  leastAndMost,
  rangesOf,
  sayProblem,
  shareSaid,
  type WayOf,
} from '../findings.ts';
import { count } from './count.ts';
import { effectKindWords } from './effect-kinds.ts';
import { sayReason } from './reasons.ts';

export const findingWords: FindingWords = {
  ways: {
    'cut-off': ({ share, why }) => `cut off: ${sayCut(why)}${sayPart(share)}`,
    'errors-lost': ({ share, why }) =>
      `connections come about, and what is too large for a link on the way is lost without a word: ${sayCut(why)}${sayPart(share)}`,
    'wrong-endpoint': ({ place, share, to, meant }) =>
      `${place.chain} is the chain of ${meant}, and gives packets to ${to}${sayPart(share)}`,
    'source-lost': ({ share, seen, from }) =>
      from === 'pod'
        ? `the endpoint sees ${seen} instead of the pod's address, by which network policies and logs know it${sayPart(share)}`
        : `the endpoint sees ${seen}, though the external policy Local keeps the client's address${sayPart(share)}`,
    throttled: ({ place, share }) =>
      `rule ${place.number} of ${place.table}/${place.chain} counts, or has a rate, and decides whether connections come about${sayPart(share)}`,
    undecided: ({ place, share, what }) =>
      place.number === null
        ? `it is not known whether connections come about: ${sayReason(what)}, in ${place.table}/${place.chain}${sayPart(share)}`
        : `rule ${place.number} of ${place.table}/${place.chain} decides whether connections come about, and it is not known here what it will do: ${sayReason(what)}${sayPart(share)}`,
    'ways-left': ({ most, share }) =>
      `chance leads packets more than ${most} ways: what becomes of them was not looked at${sayPart(share)}`,
    'order-decides': ({ share, why, ties }) =>
      `cut off, if ${sayTies(ties)} came to be in one order, and not in the other: ${sayCut(why)}${sayPart(share)}`,
  },
  others: {
    'uneven-shares': ({ service, shares }) =>
      `${service ?? 'a service'}: its endpoints get uneven shares of new connections: ${sayShares(shares)}`,
    'affinity-lost': ({ service, endpoints }) =>
      `${service ?? 'a service'}: session affinity is lost: clients of ${endpoints.join(', ')} are sent to any endpoint again`,
    'range-open': ({ front, share }) =>
      `${sayFront(front)} is open to clients outside of its source ranges${sayPart(share)}`,
    'health-check-closed': ({ port }) =>
      `kube-proxy lets in what asks port ${port} for the health of a service, and it does not come so far: load balancers take this node out`,
    'address-lost': ({ service, address }) =>
      address === null
        ? `${service}: cut off: it has endpoints, and no address of its own leads to them`
        : `${service ?? 'a service'} at ${formatAddress(address)}: cut off: kube-proxy knows the address, and no map leads from it to the endpoints`,
    'service-rejects': ({ service, lacks, to, how }) =>
      `${service}${lacks === null ? '' : ` has no ${lacking[lacks]}`}${to === null ? '' : ` for ${sayTo(to)}`}: packets are ${how}`,
    'local-elsewhere': ({ service }) =>
      `${service} has no endpoint on this node: with internalTrafficPolicy Local, what pods of it send there is dropped, as it is meant`,
    'ports-unrefused': ({ service, address }) =>
      `${service}: what is sent to other ports of ${formatAddress(address)} is not refused: clients wait in vain`,
    unrefused: ({ service, to, clients: whose }) =>
      `${service} has no endpoints, and what is sent to ${sayTo(to)} ${whose.map((one) => clients[one]).join(' and ')} does not come to the rule that refuses it: clients wait in vain`,
    'others-dropped': ({ how, clients: whose }) =>
      `packets ${whose.map((one) => clients[one]).join(' and ')} that are for no service are ${how} here, which kube-proxy lets pass`,
    'hairpins-none': () =>
      'no endpoint is in hairpin-connections: that is right only where no endpoint is a pod of this node; else it does not reach itself by its service. Say by --host which pods are its own',
    'masquerade-missing': ({ mark }) =>
      `packets are marked 0x${mark.toString(16)} in KUBE-MARK-MASQ, and nothing in POSTROUTING masquerades what is marked so`,
    'forward-policy': () =>
      'the policy of FORWARD is DROP, and only marked packets and known flows are let through: services that keep the source are cut off',
    'mark-shared': ({ mark, owner }) =>
      `${owner ?? 'somebody else'} sets the mark 0x${mark.toString(16)} as well, by which kube-proxy masquerades: these packets lose their source, too`,
    'mark-clash': ({ mark, owner, other }) =>
      `${owner ?? 'somebody else'} and ${other} both mark packets by 0x${mark.toString(16)}: each takes what the other marked for its own`,
    'mark-unset': ({ mark }) =>
      `no rule sets the mark 0x${mark.toString(16)} that this one asks for: it matches nothing, but for what sockets, tc or eBPF marked`,
    'mark-unread': ({ mark }) =>
      `no rule asks for the mark 0x${mark.toString(16)}, which this one sets: it does nothing, unless routing (ip rule), tc or eBPF asks`,
    'setting-contradicts': ({ sysctl, value, why }) =>
      `${value === null ? `kube-proxy sets ${sysctl}` : `${sysctl} is ${value}`}: ${settings[why]}`,
    'forwarding-off': ({ sysctl }) =>
      `${sysctl} is 0: the node carries nothing on, and no endpoint is reached but the node itself`,
    'conntrack-off': () =>
      'connections are not tracked on this node: rules of nat are never asked, and no Service is translated',
    'conntrack-full': ({ count: held, most }) =>
      `the table of connections holds ${held} of ${most}: when it is full, new connections are dropped`,
    'chains-tied': ({ ties }) =>
      `${sayTies([ties])}: packets meet first whichever of the two was created later, which rules do not show; give one of them another priority`,
    'ports-predictable': () =>
      'masquerade without --random-fully: of two connections that begin at once, both may get one port, and one is lost',
    'mode-left': ({ chains, left, beside }) =>
      `${shortened(chains)}: rules of ${traces[left]} are left beside those of ${traces[beside]}`,
    shadowed: ({ by }) => {
      const numbers = by.map(({ number }) => number);
      const last = numbers.pop();
      const rules =
        numbers.length > 0 ? `rules ${numbers.join(', ')} and ${last} take` : `rule ${last} takes`;
      return `no packet comes to it: ${rules} all that it could match`;
    },
    repeated: ({ first }) => `the same as rule ${first.number}`,
    unreachable: ({ place, owner }) =>
      `nothing leads to ${place.chain}${owner === null ? '' : ` (${owner})`}`,
    'stale-service': ({ place, service }) =>
      `nothing leads to ${place.chain}${service === null ? '' : ` (${service})`}`,
    'empty-jump': ({ jumpedTo }) => `${jumpedTo} has no rules`,
    'rule-unread': () => 'not all of the line could be read: what the rule does is not known',
    'too-many-rules': () => 'there are too many rules to find all that no packet can match',
    'selector-matches-nothing': ({ service, selector, near }) => {
      const wanted = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
      return `no pod has the labels that ${service} selects (${wanted.join(', ')})${near === null ? '' : `: ${near.owner} has ${sayLabels(near.labels)}`}`;
    },
    'no-endpoints': ({ service, why }) => `${service} has no endpoints: ${noEndpoints[why]}`,
    'port-undeclared': ({ service, port, declared }) =>
      `${service} leads to port ${port}, and the containers of its pods declare ${declared.join(', ')}`,
    'local-without-endpoint': ({ service, policy, nodes }) =>
      policy === 'internal'
        ? `${service} has no endpoint on ${shortened(nodes)}: with internalTrafficPolicy Local, what pods of these nodes send to it is dropped`
        : `${service} has no endpoint on ${shortened(nodes)}: with externalTrafficPolicy Local, what comes to node ports of these nodes is dropped`,
    'local-relies-on-health-check': ({ service, nodes }) =>
      `${service} has no endpoint on ${shortened(nodes)}: its load balancer must ask the health check node port, and leave them out`,
    'node-ports-open': ({ service, ports, balancer }) =>
      `${service} is open at port ${ports.join(', ')} of every node, on all addresses${balancer ? ', past its load balancer' : ''}`,
    'ranges-nobody': ({ service, ranges }) =>
      `${service} admits nobody: no client outside has an address of ${ranges.join(', ')}`,
    'ranges-everybody': ({ service, ranges }) =>
      `${service} admits everybody: ${ranges.join(', ')} is all addresses, whatever else is listed`,
    'ranges-one-family': ({ service, open }) =>
      `${service} has source ranges of the other family alone: in ${sayFamily(open)} everybody is admitted`,
    'external-ips': ({ service, addresses }) =>
      `${service} takes what is sent to ${addresses.map(formatAddress).join(', ')} on every node, whosever addresses they are`,
    'families-differ': ({ service, what, family }) =>
      what === 'endpoints'
        ? `${service} has a cluster address of ${sayFamily(family)} and no endpoint of that family: what is sent there is refused`
        : `the load balancer of ${service} has an address of ${sayFamily(family)}, in which the Service has none: kube-proxy passes it over`,
    'front-shared': ({ service, front, other }) =>
      `${service} and ${other} both claim ${sayFrontName(front)}: one of them gets its packets, and the other none`,
    'affinity-behind-proxy': ({ service, proxy }) =>
      `${service} sticks to clients by their address, and ${proxy} comes with its own: all its clients count as one, or as many as it has addresses`,
    'balancers-many': ({ services }) =>
      `${services.length} Services have a load balancer each: ${shortened(services)}`,
    'move-changes': ({ to, exceptions }) =>
      `a move to ${to} changes what happens to packets, for ${exceptions.length === 1 ? 'one reason' : `${exceptions.length} reasons`} (${exceptions.join(', ')}): kubenat migrate --to ${to} tells them`,
    'target-port-unknown': sayProblem,
    'field-unknown': sayProblem,
    'kind-unknown': sayProblem,
    'commit-missing': sayProblem,
    'nft-refused': sayProblem,
    'not-watched': sayProblem,
    'ingress-backend': sayProblem,
    'ingress-balancer': sayProblem,
    'ingress-duplicate': sayProblem,
    'ingress-node-port': sayProblem,
    'ingress-resource': sayProblem,
    'ingress-secret': sayProblem,
    'drift-missing': ({ place, wanted, rules, effect }) =>
      wanted === null
        ? `${isOfSet(place) ? place.chain : `the chain ${place.chain}`} is not there, with its ${sayParts(place, rules)}: ${sayEffect(effect)}`
        : `kube-proxy would write ${wanted}, and it is not there: ${sayEffect(effect)}`,
    'drift-foreign': ({ place, element, effect }) =>
      `kube-proxy would not write ${sayDrifted(place, element)}: ${sayEffect(effect)}`,
    'drift-stale': ({ place, element, service, effect }) =>
      `${sayDrifted(place, element)} is left of ${service ?? 'what is gone'}: ${sayEffect(effect)}`,
    'drift-order': ({ effect }) =>
      `kube-proxy would write the rules of this chain in another order: ${sayEffect(effect)}`,
    'silence-unused': ({ silenced }) => `nothing is silenced: there is no finding ${silenced} here`,
  },
  way: (way, says) => `${sayFront(way.front)} ${sayClients(way)}: ${says}`,
  at: sayAt,
  from: sayClients,

  findings: (number) => (number === 0 ? 'no findings' : count(number, 'finding', 'findings')),
  noneInPart: 'nothing found in the part of the rules that is shown; whether all is well is not known',
  inWays: (findings, ways) => `${findings} (${ways} ways)`,
  chains: (owners) => `chains: ${owners.map(([owner, number]) => `${number} of ${owner}`).join(', ')}`,
  also: (at, from, line) =>
    `also ${at === null ? '' : `${at} `}${from.join(', ')}${line === null ? '' : ` (line ${line})`}`,
  byRule: (ways, services, from) =>
    `in ${count(ways, 'way', 'ways')} to ${count(services.length, 'service port', 'service ports')} (--format json tells each), ${from.join(', ')}: ${shortened(services)}`,
  after: (number, line) => `after ${number} (line ${line})`,
  silenced: (findings) => `${findings} silenced by comments`,
  known: (findings) => `${findings} of the baseline not told again`,
  gone: (findings) =>
    `${findings} of the baseline gone: write it anew, so that they are told if they come back`,
  title: 'What kubenat check found',
  columns: ['code', 'where', 'what'],
  more: (number) => `… and ${number} more`,
};

function sayParts(place: Place, number: number): string {
  const part = isOfSet(place) ? 'element' : 'rule';
  return number === 1 ? part : `${number} ${part}s`;
}

function sayDrifted(place: Place, element: string | undefined): string {
  if (element !== undefined) return `the element ${element}`;
  if (place.rule !== null) return 'this rule';
  return isOfSet(place) ? 'this set' : 'this chain';
}

/** `default/web:http at 10.96.0.1:80`. */
const lacking = { endpoints: 'endpoints', 'local-endpoints': 'local endpoints' } as const;

function sayFront(front: Front): string {
  return `${front.service} ${sayAt(front)}`;
}

/** `at 10.96.0.1:80`. */
function sayAt({ address, port }: Front): string {
  return `at ${sayTo({ address, port })}`;
}

/** `10.96.0.1:80`. */
function sayTo({ address, port }: Pick<Front, 'address' | 'port'>): string {
  return address === null ? `node port ${port}` : formatEndpoint(address, port);
}

function sayClients({ from, among }: Pick<WayOf, 'from' | 'among'>): string {
  return among === undefined
    ? clients[from]
    : `${clients[from]}, ${among.inside ? 'in' : 'but not in'} ${shortened(rangesOf(among.set))}`;
}

const clients: ClientNames = {
  pod: 'from pods of this node',
  endpoint: 'from its own endpoint',
  elsewhere: 'from pods of other nodes, to an endpoint here',
  host: 'from the node itself',
  loopback: 'from the node itself at 127.0.0.1',
  external: 'from outside',
  stranger: 'from outside of its source ranges',
  remembered: 'from clients that it remembers',
};

const traces: Readonly<Record<ProxyTrace, string>> = {
  iptables: "kube-proxy's iptables mode",
  'iptables-other': "kube-proxy's iptables mode by the other back end of iptables",
  ipvs: "kube-proxy's ipvs mode",
  nftables: "kube-proxy's nftables mode",
};

/** `ip a/b and ip c/d (hook PREROUTING, priority -100)`. */
function sayTies(ties: readonly TiedChains[]): string {
  return ties
    .map(
      ({ hook, priority, chains: [one, other] }) =>
        `${one} and ${other} (hook ${hook.toLowerCase()}, priority ${priority})`,
    )
    .join(', ');
}

const settings: Readonly<Record<SettingTrouble, string>> = {
  'past-rules':
    'the answers of a pod to a pod of this node pass the bridge without the rules, untranslated: Services hang between pods of one node',
  'loopback-shut':
    'node ports at 127.0.0.1, which rules give to endpoints, are not reached: the kernel sends nothing of 127.0.0.0/8 out of the node',
  'loopback-open':
    'hosts beside the node reach what listens on 127.0.0.1 alone, as no rule drops such packets (CVE-2020-8558)',
  'invalid-kept':
    'packets that belong to no connection pass untranslated, as KUBE-FORWARD has no rule that drops them: clients answer with a reset, and long transfers break',
};

const parts: Readonly<Record<Part, string>> = {
  first: 'packets',
  answer: 'answers',
  later: 'packets behind the first ones',
  neighbours: 'messages by which neighbours find each other (neighbour discovery)',
  closing: 'packets that close a connection (FIN)',
  errors: 'ICMP errors (a packet is too large for a link on the way, nobody listens)',
};

function sayShare(share: string): string {
  const said = shareSaid(share);
  switch (said.kind) {
    case 'none':
      return 'nothing';
    case 'nearly-none':
      return 'less than 0.01 %';
    case 'nearly-all':
      return 'more than 99.99 %';
    case 'exact':
      return `${said.percent} %`;
    case 'about':
      return `about ${said.percent} %`;
  }
}

function sayPart(share: string): string {
  return share === '1/1' ? '' : `, ${sayShare(share)} of them`;
}

/** Of many, those who get least and most. */
function sayShares(shares: readonly EndpointShare[]): string {
  const say = ({ endpoint, share }: EndpointShare) => `${endpoint} ${sayShare(share)}`;
  if (shares.length <= 6) return shares.map(say).join(', ');
  const [least, most] = leastAndMost(shares);
  return `of ${shares.length}, ${say(least)} is the least, and ${say(most)} the most`;
}

function sayCut(why: CutReason): string {
  switch (why.kind) {
    case 'not-translated':
      return 'no rule gives these packets to an endpoint';
    case 'diverted':
      return `rule ${why.place.number} of ${why.place.table}/${why.place.chain}, which is not kube-proxy's, gives these packets to ${why.to}`;
    case 'other-service':
      return `rule ${why.place.number} of ${why.place.table}/${why.place.chain} gives these packets to ${why.service}, another service`;
    case 'not-masqueraded':
      return why.unmarkedBy === null
        ? `nothing masquerades these packets, so that ${why.to} does not answer through this node`
        : `rule ${why.unmarkedBy.number} of ${why.unmarkedBy.table}/${why.unmarkedBy.chain}, which is not kube-proxy's, takes the mark away by which they would be masqueraded, so that ${why.to} does not answer through this node`;
    case 'answers-astray':
      return `rule ${why.place.number} of ${why.place.table}/${why.place.chain}, which is not kube-proxy's, gives these packets the address ${why.seen}, which this node does not have: ${why.to} answers past it`;
    case 'untracked':
      return `rule ${why.place.number} of ${why.place.table}/${why.place.chain} takes ${parts[why.part]} out of connection tracking, so that they are not translated`;
    case 'rule':
      return `${parts[why.part]} are ${why.how} by rule ${why.place.number} of ${why.place.table}/${why.place.chain}`;
    case 'hops-spent':
      return `${parts[why.part]} have no hop left to go on this node (TTL), which answers that their time is exceeded`;
    case 'policy':
      return `${parts[why.part]} are dropped by the policy of ${why.table}/${why.chain}`;
    case 'kernel':
      return why.part === 'first'
        ? sayReason(why.reason)
        : `${parts[why.part]} are lost: ${sayReason(why.reason)}`;
  }
}

function sayEffect(effect: DriftEffect): string {
  if (effect.kind === 'none') return 'no packet changes fate for it';
  if (effect.kind === 'unknown')
    return 'not all packets could be looked at, and none was found that changes fate for it';
  const whose = effect.services.length > 0 ? ` (${shortened(effect.services)})` : '';
  return `${effect.effects.map((kind) => effectKindWords[kind]).join('; ')}${whose}`;
}

const noEndpoints = {
  'nothing-named': 'it has no selector, and no EndpointSlice or Endpoints names any',
  'none-ready': 'none of its pods is ready',
  'no-pods': 'those that it selects have ended, or do not run yet',
} as const;

function sayLabels(labels: Readonly<Record<string, string | null>>): string {
  const all = Object.entries(labels).map(([key, value]) =>
    value === null ? `no ${key}` : `${key}=${value}`,
  );
  return all.join(', ');
}

function sayFamily(family: Family): string {
  return family === 'ipv4' ? 'IPv4' : 'IPv6';
}

function sayFrontName({ kind, address, port, protocol }: FrontName): string {
  return `${formatEndpoint(address, port)}/${protocol} (${kind})`;
}
