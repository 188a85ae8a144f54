import type { Family } from '../address/address.ts';
import { chainKey, type ProgramRule } from '../engine/program.ts';
import { tracePacket } from '../engine/trace.ts';
import { buildHost } from '../host/build.ts';
import type { HostFields } from '../host/model.ts';
import { assumeHost } from '../proof/assume-host.ts';
import { commentOf } from '../proof/rules/keys.ts';
import { proxyComments } from '../proxy/decide/comments.ts';
import { chainPlace, type Place, type RuleFinding, type SettingTrouble } from './finding.ts';
import { outsider } from './reach/clients.ts';
import { packetTo } from './reach/packet.ts';
import { type NodeRules, proxiesIn } from './reach.ts';

/**
 * What the node's settings do to what kube-proxy's rules are for. Only what somebody says of them is held against the rules: what nobody
 * says is taken as kube-proxy needs it.
 */
export function findSettings(rules: NodeRules, known: readonly HostFields[]): RuleFinding[] {
  const proxied = proxiesIn(rules).find(({ fronts }) => fronts.length > 0);
  const [front] = proxied?.fronts ?? [];
  if (!front) return [];
  const { table, chain } = front.place;
  const place = chainPlace(table, chain);
  const told = known.find(({ sysctls }) => sysctls !== undefined)?.sysctls ?? new Map<string, number>();
  const stopped = forwarding[rules.program.family].find((name) => told.get(name) === 0);
  const off = known.find(({ conntrack }) => conntrack !== undefined)?.conntrack === false;
  return [
    ...(off ? [{ code: 'conntrack-off', place } as const] : []),
    ...(stopped !== undefined ? [{ code: 'forwarding-off', place, sysctl: stopped } as const] : []),
    ...findFull(told, place),
    ...troublesIn(rules, known, told).map(
      ({ why, sysctl }): RuleFinding => ({
        code: 'setting-contradicts',
        place: why === 'loopback-open' ? guardPlace(rules, place) : place,
        why,
        sysctl,
        value: told.get(sysctl) ?? null,
      }),
    ),
  ];
}

/** A connection for which there is no room is dropped. */
function findFull(told: Told, place: Place): RuleFinding[] {
  const count = told.get('net.netfilter.nf_conntrack_count');
  // The second is the older name of the same.
  const most = told.get('net.netfilter.nf_conntrack_max') ?? told.get('net.nf_conntrack_max');
  if (count === undefined || most === undefined || most <= 0 || count < most * nearly) return [];
  return [{ code: 'conntrack-full', place, count, most }];
}

const nearly = 0.9;

/** The same host with the settings that kube-proxy needs: what they do is told once, and not of each Service. */
export function asNeeded(family: Family, known: readonly HostFields[]): readonly HostFields[] {
  return known.map(({ sysctls, ...fields }) => ({
    ...fields,
    ...(fields.conntrack === false && { conntrack: true }),
    ...(sysctls && { sysctls: withForwarding(sysctls, forwarding[family]) }),
  }));
}

function withForwarding(told: Told, names: readonly string[]): Told {
  return new Map([...told].map(([name, value]) => [name, names.includes(name) ? 1 : value]));
}

type Told = ReadonlyMap<string, number>;
interface FoundTrouble {
  readonly why: SettingTrouble;
  readonly sysctl: string;
}

function troublesIn(rules: NodeRules, known: readonly HostFields[], told: Told): readonly FoundTrouble[] {
  const { family } = rules.program;
  const localnet = localnetIn(rules, told, known);
  const liberal = 'net.netfilter.nf_conntrack_tcp_be_liberal';
  return [
    ...(told.get(bridged[family]) === 0 && hasBridge(family, known)
      ? [{ why: 'past-rules', sysctl: bridged[family] } as const]
      : []),
    ...(localnet !== null && letsLoopbackIn(rules, known)
      ? [{ why: 'loopback-open', sysctl: localnet } as const]
      : []),
    ...(isLoopbackShut(told, family) && servesLoopback(rules) && hasNodePorts(rules)
      ? [{ why: 'loopback-shut', sysctl: localnetOfAll } as const]
      : []),
    ...(told.get(liberal) === 0 && keepsInvalid(rules)
      ? [{ why: 'invalid-kept', sysctl: liberal } as const]
      : []),
  ];
}

/** The first of those by which packets are carried on has the other names, too. */
const forwarding: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ['net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding'],
  ipv6: ['net.ipv6.conf.all.forwarding'],
};

const bridged: Readonly<Record<Family, string>> = {
  ipv4: 'net.bridge.bridge-nf-call-iptables',
  ipv6: 'net.bridge.bridge-nf-call-ip6tables',
};

/** Whether pods are ports of a bridge, as somebody says. */
function hasBridge(family: Family, known: readonly HostFields[]): boolean {
  const { interfaces, podInterface } = buildHost(family, known);
  const pods = interfaces.find(({ name }) => name === podInterface);
  return (
    pods?.kind === 'bridge' || interfaces.some(({ master }) => master != null && master === podInterface)
  );
}

/**
 * By which setting 127.0.0.0/8 may be called from outside; null: by none that is known. Where node ports are served there, kube-proxy switches
 * it on itself, and has KUBE-FIREWALL guard what else listens there. A text without that chain says nothing of who does, and older kubelets
 * wrote no such rule into it.
 */
function localnetIn(rules: NodeRules, told: Told, known: readonly HostFields[]): string | null {
  const { family, chains } = rules.program;
  if (family === 'ipv6') return null;
  const { uplink } = buildHost(family, known);
  const all = [localnetOfAll, `net.ipv4.conf.${uplink}.route_localnet`];
  const on = all.find((name) => told.get(name) === 1);
  if (on !== undefined) return on;
  const guard = chains.get(guardKey);
  const isGuard = ({ rule }: ProgramRule) => commentOf(rule) === proxyComments.localnet;
  const isGuarded = guard !== undefined && (guard.rules.length === 0 || guard.rules.some(isGuard));
  const isTold = [...told.keys()].some((name) => name.endsWith('.route_localnet'));
  return isGuarded && !isTold && servesLoopback(rules) ? localnetOfAll : null;
}

const localnetOfAll = 'net.ipv4.conf.all.route_localnet';
const guardKey = chainKey('filter', 'KUBE-FIREWALL');

/** The chain in which kube-proxy, or kubelet, drops what comes from elsewhere. */
function guardPlace({ program: { chains } }: NodeRules, otherwise: Place): Place {
  const guard = chains.get(guardKey);
  return guard ? chainPlace(guard.table, guard.name) : otherwise;
}

/** Whether it is told to be off, and no link is told to be an exception. */
function isLoopbackShut(told: Told, family: Family): boolean {
  const isException = ([name, value]: [string, number]) =>
    /^net\.ipv4\.conf\.[^ ]+\.route_localnet$/.test(name) && value === 1;
  return family === 'ipv4' && told.get(localnetOfAll) === 0 && ![...told].some(isException);
}

function hasNodePorts(rules: NodeRules): boolean {
  return proxiesIn(rules).some(({ fronts }) => fronts.some(({ kind }) => kind === 'node-port'));
}

function servesLoopback(rules: NodeRules): boolean {
  return proxiesIn(rules).some((proxy) => proxy.servesLoopback);
}

/** kubelet listens there, and others who trust whoever comes by it, on addresses from one end of the net to the other. */
const onLoopback = { addresses: [0x7f000001, 0x7f000035, 0x7f800001, 0x7ffffffe], port: 10248 };

function letsLoopbackIn({ program, iptables }: NodeRules, known: readonly HostFields[]): boolean {
  const { host } = assumeHost(program.family, known, iptables ? [iptables] : [], [program]);
  const [client] = outsider(host, null);
  if (client === undefined) return false;
  const { source } = client;
  return onLoopback.addresses.some((destination) => {
    const packet = packetTo(
      { protocol: 6, port: onLoopback.port },
      { source, destination, from: 'external' },
    );
    const { outcomes } = tracePacket(program, host, packet);
    return outcomes.every(({ verdict, delivered }) => verdict === 'accept' && delivered === 'local');
  });
}

/** Of iptables mode: packets that belong to no connection are dropped before they leave untranslated, but where nothing counts as such. */
function keepsInvalid({ iptables, program }: NodeRules): boolean {
  if (!iptables) return false;
  const forward = program.chains.get(chainKey('filter', 'KUBE-FORWARD'));
  if (!forward) return false;
  return !forward.rules.some(({ rule: { matches } }) =>
    matches.some((match) => match.kind === 'conntrack' && match.state?.value.includes('INVALID')),
  );
}
