import { type Address, formatEndpoint } from '../../../address/address.ts';
import { formatSubnet } from '../../../address/subnet.ts';
import { waysOf } from '../../../graph/select.ts';
import type { Ruleset } from '../../../iptables/rule/ruleset.ts';
import type { Protocol, ServicePort } from '../../../kube/cluster/model.ts';
import { type Client, clientsOn } from '../../../path/clients.ts';
import { type Entry, listEntries } from '../../../path/entries.ts';
import type { NodeView } from '../../../session/version.ts';
import { endpointsOfStage, type Stage } from './scene.ts';
import { textsOf } from './texts.ts';

/** Somebody who may send a packet to the node. */
export interface Caller {
  readonly client: Client;
  /** How the packet comes to the node that is looked at. */
  readonly from: 'external' | 'pod' | 'host';
}

/** Clients on the node, on one other node, and outside. */
export function callersFor(stage: Stage, port: ServicePort, node: string): Caller[] {
  const endpoints = endpointsOfStage(stage, port);
  const { network } = stage.scene;
  const other = network.nodes.find(({ name }) => name !== node)?.name;
  const own = clientsOn(network, node, endpoints).map(
    (client): Caller => ({ client, from: client.kind === 'node' ? 'host' : 'pod' }),
  );
  const others = other === undefined ? [] : clientsOn(network, other, endpoints);
  const outside: Client = { kind: 'outside', address: stage.client, node: null };
  return [outside, ...others].map((client): Caller => ({ client, from: 'external' })).concat(own);
}

/** Where the service may be called, on the node that is looked at. */
export function entriesFor({ scene, service }: Stage, port: ServicePort, node: string): Entry[] {
  const entries = listEntries(scene, service, port, [node]);
  return entries.filter(({ kind, via }) => kind !== 'service-port-on-node' && via === null);
}

export function spellPacket(
  protocol: Protocol | string,
  source: Address,
  destination: { readonly address: Address; readonly port: number },
  from: Caller['from'],
): string {
  const { address, port } = destination;
  return `${protocol.toLowerCase()} ${formatEndpoint(source, 40000)} -> ${formatEndpoint(address, port)} from ${from}`;
}

/** Where only a dump is known: packets that its own rules ask for, the first few. */
export function packetsOfRules({ rules, host }: NodeView, most = 12): string[] {
  const outside = rules.ruleset.family === 'ipv4' ? 0xc6336407 : (0x20010db8n << 96n) | 0x70007n;
  const own = host.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address));
  const node = own.find((address) => address !== 0x7f000001 && address !== 1n);
  const found: string[] = [];
  for (const { protocol, destination, port } of doorsOf(rules.ruleset)) {
    const address = destination ?? node;
    if (address === undefined || found.length >= most) continue;
    found.push(spellPacket(protocol, outside, { address, port }, 'external'));
  }
  return [...new Set(found)];
}

/** Where only a dump is known: services that its chains are named after, and their ports, `namespace/name:port`. */
export function servicesOfRules(view: NodeView): string[] {
  const found = [...textsOf(view).chains.values()].flatMap((name) => /\[([^\] ]+)/.exec(name)?.[1] ?? []);
  return [...new Set(found.flatMap((name) => [name.split(':')[0] as string, name]))].sort();
}

interface Door {
  readonly protocol: string;
  /** Null: whatever address the node has. */
  readonly destination: Address | null;
  readonly port: number;
}

function* doorsOf({ tables }: Ruleset): Generator<Door> {
  const all = tables.filter(({ name }) => /nat$|kube-proxy$/.test(name)).map(({ chains }) => chains);
  for (const chain of ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'PREROUTING', 'services']) {
    for (const { matches } of all.flatMap((chains) => chains.get(chain)?.rules.flatMap(waysOf) ?? [])) {
      let destination: Address | null = null;
      for (const match of matches) {
        if (
          match.kind === 'destination' &&
          !match.negated &&
          /\/(?:32|128)$/.test(formatSubnet(match.subnet))
        )
          destination = match.subnet.address;
        if ((match.kind === 'tcp' || match.kind === 'udp' || match.kind === 'sctp') && match.destinationPort)
          yield { protocol: match.kind, destination, port: match.destinationPort.value.first };
      }
    }
  }
}
