import { type Family, familyOf } from '../../address/address.ts';
import { parsePrefix, type Subnet } from '../../address/subnet.ts';
import { proxyComments } from '../decide/comments.ts';
import type { NftablesShape } from '../decide/release.ts';
import type { TableContext } from './context.ts';
import type { BaseSpec, ChainSpec, KeyField, Part, SetSpec } from './operations.ts';

// What stands in the table whatever the services are, in the order of setupNFTables (pkg/proxy/nftables/proxier.go).

const loopback: Readonly<Record<Family, Subnet>> = {
  ipv4: parsePrefix('127.0.0.0/8') as Subnet,
  ipv6: parsePrefix('::1/128') as Subnet,
};

const frontend: readonly KeyField[] = ['destination', 'protocol', 'port'];
const isNew: Part = { is: 'new' };

const base = (name: string, type: BaseSpec['type'], hook: BaseSpec['hook'], priority: number): ChainSpec => ({
  name,
  base: { type, hook, priority },
});

const natChains = [
  base('nat-prerouting', 'nat', 'prerouting', -100),
  base('nat-output', 'nat', 'output', -100),
  base('nat-postrouting', 'nat', 'postrouting', 100),
];

/** Who jumps where; the last two differ in the chain for what leaves. */
interface Frame {
  readonly chains: readonly ChainSpec[];
  readonly jumps: readonly (readonly [to: string, from: string, isNew: boolean])[];
}

const frames: Readonly<Record<NftablesShape['baseChains'], Frame>> = {
  'before-dnat': {
    chains: [
      base('filter-prerouting', 'filter', 'prerouting', -110),
      base('filter-input', 'filter', 'input', -110),
      base('filter-forward', 'filter', 'forward', -110),
      base('filter-output', 'filter', 'output', -110),
      base('filter-output-post-dnat', 'filter', 'output', -90),
      ...natChains,
    ],
    jumps: jumpsOf('filter-prerouting', 'filter-output', 'filter-output-post-dnat'),
  },
  'around-dnat': {
    chains: [
      base('filter-prerouting-pre-dnat', 'filter', 'prerouting', -110),
      base('filter-output-pre-dnat', 'filter', 'output', -110),
      base('filter-input', 'filter', 'input', 0),
      base('filter-forward', 'filter', 'forward', 0),
      base('filter-output', 'filter', 'output', 0),
      ...natChains,
    ],
    jumps: jumpsOf('filter-prerouting-pre-dnat', 'filter-output-pre-dnat', 'filter-output'),
  },
};

function jumpsOf(incoming: string, outgoing: string, translated: string): Frame['jumps'] {
  return [
    ['nodeport-endpoints-check', 'filter-input', true],
    ['service-endpoints-check', 'filter-input', true],
    ['service-endpoints-check', 'filter-forward', true],
    ['service-endpoints-check', 'filter-output', true],
    ['firewall-check', incoming, true],
    ['firewall-check', outgoing, true],
    ['services', 'nat-output', false],
    ['services', 'nat-prerouting', false],
    ['masquerading', 'nat-postrouting', false],
    ['cluster-ips-check', 'filter-forward', true],
    ['cluster-ips-check', translated, true],
  ];
}

export function writeSetup(context: TableContext): void {
  context.add({ do: 'add-table', comment: 'rules for kube-proxy' });
  writeFrame(context);
  writeMasquerading(context);
  writeClusterAddresses(context);
  writeNodePortAddresses(context);
  writeEndpointChecks(context);
  writeLocalhostRejects(context);
  writeFirewall(context);
  writeDispatch(context);
}

function writeFrame({ shape, add, ensureChain }: TableContext): void {
  const { chains, jumps } = frames[shape.baseChains];
  // Once, so that base chains of another release, with other priorities, are made anew.
  for (const { name } of chains)
    add({ do: 'add-chain', chain: { name } }, { do: 'delete', what: 'chain', name });
  for (const chain of chains)
    add({ do: 'add-chain', chain }, { do: 'flush', what: 'chain', name: chain.name });
  for (const [to, from, onlyNew] of jumps) {
    ensureChain(to);
    const parts: Part[] = [...(onlyNew ? [isNew] : []), { is: 'jump', chain: to }];
    add({ do: 'add-rule', chain: from, rule: { parts } });
  }
}

function writeMasquerading({ shape, mark, add, ensureChain }: TableContext): void {
  const toMasquerading = (...parts: Part[]) =>
    add({ do: 'add-rule', chain: 'masquerading', rule: { parts } });
  const clear: Part = { is: 'set-mark', operator: 'xor', mark };
  if (!shape.translatesInServiceChain) {
    ensureChain('mark-for-masquerade');
    add({
      do: 'add-rule',
      chain: 'mark-for-masquerade',
      rule: { parts: [{ is: 'set-mark', operator: 'or', mark }] },
    });
    toMasquerading({ is: 'marked', negated: true, mark }, { is: 'return' });
    toMasquerading(clear);
    toMasquerading({ is: 'masquerade' });
    return;
  }
  add({
    do: 'add-set',
    set: set(
      'hairpin-connections',
      ['address', 'address', 'protocol', 'port'],
      'service hairpin connections',
    ),
  });
  toMasquerading({ is: 'marked', negated: false, mark }, clear, { is: 'masquerade' });
  const connection: Part = {
    is: 'in-set',
    fields: ['source', 'destination', 'protocol', 'port'],
    set: 'hairpin-connections',
  };
  toMasquerading({ is: 'dnatted' }, connection, { is: 'masquerade' });
}

function set(name: string, key: SetSpec['key'], comment: string): SetSpec {
  return { name, key, verdicts: false, comment };
}

function map(name: string, key: SetSpec['key'], comment: string): SetSpec {
  return { name, key, verdicts: true, comment };
}

const frontendKey = ['address', 'protocol', 'port'] as const;
const portKey = ['protocol', 'port'] as const;

function writeClusterAddresses({ decisions, add }: TableContext): void {
  add(
    { do: 'add-set', set: set('cluster-ips', ['address'], 'Active ClusterIPs') },
    {
      do: 'add-rule',
      chain: 'cluster-ips-check',
      rule: {
        parts: [toClusterAddress, { is: 'reject' }],
        comment: 'Reject traffic to invalid ports of ClusterIPs',
      },
    },
  );
  const prefixes = decisions.serviceCidrs;
  if (prefixes.length === 0) return;
  const unallocated: Part = { is: 'address-among', side: 'destination', negated: false, prefixes };
  add({
    do: 'add-rule',
    chain: 'cluster-ips-check',
    rule: { parts: [unallocated, { is: 'drop' }], comment: 'Drop traffic to unallocated ClusterIPs' },
  });
}

const toClusterAddress: Part = { is: 'address-in-set', side: 'destination', set: 'cluster-ips' };

function writeNodePortAddresses({ decisions, add }: TableContext): void {
  const { on } = decisions.nodePorts;
  const name = 'nodeport-ips';
  add({ do: 'add-set', set: set(name, ['address'], 'IPs that accept NodePort traffic') });
  if (on.kind === 'all-local') {
    add({ do: 'delete', what: 'set', name });
    return;
  }
  add({ do: 'flush', what: 'set', name });
  for (const address of on.addresses) add({ do: 'add-element', set: name, element: { key: [{ address }] } });
}

/** What tells a packet to a node port by its address. */
function toNodePort({ decisions }: TableContext): Part {
  return decisions.nodePorts.on.kind === 'all-local'
    ? { is: 'address', side: 'destination', negated: true, prefix: loopback[decisions.family] }
    : { is: 'address-in-set', side: 'destination', set: 'nodeport-ips' };
}

function writeEndpointChecks(context: TableContext): void {
  const { add } = context;
  const chain = {
    name: 'reject-chain',
    comment: 'helper for @no-endpoint-services / @no-endpoint-nodeports',
  };
  add(
    {
      do: 'add-set',
      set: map(
        'no-endpoint-services',
        frontendKey,
        'vmap to drop or reject packets to services with no endpoints',
      ),
    },
    {
      do: 'add-set',
      set: map(
        'no-endpoint-nodeports',
        portKey,
        'vmap to drop or reject packets to service nodeports with no endpoints',
      ),
    },
    { do: 'add-chain', chain },
    { do: 'flush', what: 'chain', name: chain.name },
    { do: 'add-rule', chain: chain.name, rule: { parts: [{ is: 'reject' }] } },
    {
      do: 'add-rule',
      chain: 'service-endpoints-check',
      rule: { parts: [{ is: 'lookup', fields: frontend, map: 'no-endpoint-services' }] },
    },
    {
      do: 'add-rule',
      chain: 'nodeport-endpoints-check',
      rule: {
        parts: [toNodePort(context), { is: 'lookup', fields: portKey, map: 'no-endpoint-nodeports' }],
      },
    },
  );
}

const rejectMap = 'localhost-nodeport-reject-ports';

/** From 1.37 on: the map is made in any case, and deleted again where nothing is rejected. */
function writeLocalhostRejects({ decisions, shape, add, ensureChain }: TableContext): void {
  if (!shape.singleEndpointWithoutMap) return;
  const rejected = decisions.nodePorts.rejectedOnLocalhost;
  add({ do: 'add-set', set: map(rejectMap, portKey, 'localhost NodePorts rejected by kube-proxy') });
  for (const protocol of rejected) {
    const counter = rejectCounter(protocol);
    const chain = rejectChain(protocol);
    add({ do: 'add-counter', name: counter });
    ensureChain(chain);
    add({ do: 'add-rule', chain, rule: { parts: [{ is: 'count', counter }, { is: 'reject' }] } });
  }
  if (rejected.length === 0) {
    add({ do: 'delete', what: 'map', name: rejectMap });
  } else {
    const toLoopback: Part = {
      is: 'address',
      side: 'destination',
      negated: false,
      prefix: loopback[decisions.family],
    };
    const parts: Part[] = [toLoopback, { is: 'lookup', fields: portKey, map: rejectMap }];
    add({ do: 'add-rule', chain: 'nodeport-endpoints-check', rule: { parts } });
  }
  for (const protocol of ['TCP', 'UDP', 'SCTP'] as const) {
    if (rejected.includes(protocol)) continue;
    const chain = rejectChain(protocol);
    const counter = rejectCounter(protocol);
    add(
      { do: 'add-chain', chain: { name: chain } },
      { do: 'delete', what: 'chain', name: chain },
      { do: 'add-counter', name: counter },
      { do: 'delete', what: 'counter', name: counter },
    );
  }
}

export function rejectChain(protocol: string): string {
  return `localhost-nodeport-reject-${protocol.toLowerCase()}`;
}

function rejectCounter(protocol: string): string {
  return `localhost-nodeport-rejected-${protocol.toLowerCase()}`;
}

function writeFirewall({ add, ensureChain }: TableContext): void {
  add({
    do: 'add-set',
    set: map('firewall-ips', frontendKey, 'destinations that are subject to LoadBalancerSourceRanges'),
  });
  ensureChain('firewall-check');
  add({
    do: 'add-rule',
    chain: 'firewall-check',
    rule: { parts: [{ is: 'lookup', fields: frontend, map: 'firewall-ips' }] },
  });
}

function writeDispatch(context: TableContext): void {
  const { decisions, shape, add } = context;
  add(
    {
      do: 'add-set',
      set: map('service-ips', frontendKey, 'ClusterIP, ExternalIP and LoadBalancer IP traffic'),
    },
    { do: 'add-set', set: map('service-nodeports', portKey, 'NodePort traffic') },
  );
  if (shape.clusterMasquerade === 'set') writeClusterMasquerade(context);
  const isLocal: Part[] =
    decisions.nodePorts.on.kind === 'all-local' ? [{ is: 'local-address', side: 'destination' }] : [];
  add(
    {
      do: 'add-rule',
      chain: 'services',
      rule: { parts: [{ is: 'lookup', fields: frontend, map: 'service-ips' }] },
    },
    {
      do: 'add-rule',
      chain: 'services',
      rule: {
        parts: [...isLocal, toNodePort(context), { is: 'lookup', fields: portKey, map: 'service-nodeports' }],
      },
    },
  );
}

function writeClusterMasquerade({ decisions, pods, mark, add }: TableContext): void {
  const masquerade: Part = { is: 'set-mark', operator: 'or', mark };
  if (decisions.config.masqueradeAll) {
    const parts = [toClusterAddress, masquerade];
    add({ do: 'add-rule', chain: 'services', rule: { parts, comment: 'masquerade all clusterIP traffic' } });
  } else if (pods) {
    const parts = [toClusterAddress, pods.outside, masquerade];
    add({ do: 'add-rule', chain: 'services', rule: { parts, comment: proxyComments.outsiders } });
  }
}

/** In nft's words where a name of an interface is one of many: `veth*`. */
export function podParts({
  decisions,
  shape,
}: Pick<TableContext, 'decisions' | 'shape'>): TableContext['pods'] {
  const { pods, family } = decisions;
  if (!pods) return null;
  if (pods.by === 'source') {
    if (familyOf(pods.prefix.address) !== family) return null;
    const from = (negated: boolean): Part => ({
      is: 'address',
      side: 'source',
      negated,
      prefix: pods.prefix,
    });
    return { inside: from(false), outside: from(true) };
  }
  const name = pods.interface.replace(/\+$/, '*');
  const by = shape.interfaceBy;
  return {
    inside: { is: 'interface', by, negated: false, name },
    outside: { is: 'interface', by, negated: true, name },
  };
}
