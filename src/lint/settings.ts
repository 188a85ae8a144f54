import type { Family } from '../address/address.ts';
import { contains } from '../address/subnet.ts';
import { chainKey } from '../engine/program.ts';
import { tracePacket } from '../engine/trace.ts';
import { buildHost } from '../host/build.ts';
import type { HostFields } from '../host/model.ts';
import { assumeHost } from '../proof/assume-host.ts';
import { chainPlace, type Place, type RuleFinding, type SettingTrouble } from './finding.ts';
import { everyClient } from './reach/clients.ts';
import { type NodeRules, proxiesIn } from './reach.ts';

/**
 * What the node's settings do to what kube-proxy's rules are for. Only what somebody says of them is held against the rules: what nobody
 * says is taken as kube-proxy needs it.
 */
export function findSettings(rules: NodeRules, known: readonly HostFields[]): RuleFinding[] {
  if (known.every(({ sysctls, conntrack }) => sysctls === undefined && conntrack === undefined)) return [];
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
        place,
        why,
        sysctl,
        value: told.get(sysctl) as number,
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
  const localnet = localnetIn(told, known, family);
  const liberal = 'net.netfilter.nf_conntrack_tcp_be_liberal';
  return [
    ...(told.get(bridged[family]) === 0 && hasBridge(family, known)
      ? [{ why: 'past-rules', sysctl: bridged[family] } as const]
      : []),
    ...(localnet !== null && letsLoopbackIn(rules, known)
      ? [{ why: 'loopback-open', sysctl: localnet } as const]
      : []),
    ...(isLoopbackShut(told, family) && givesLoopback(rules)
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

/** By which setting 127.0.0.0/8 may be called from outside; null: by none that is told. */
function localnetIn(told: Told, known: readonly HostFields[], family: Family): string | null {
  if (family === 'ipv6') return null;
  const { uplink } = buildHost(family, known);
  const all = ['all', uplink].map((name) => `net.ipv4.conf.${name}.route_localnet`);
  return all.find((name) => told.get(name) === 1) ?? null;
}

const localnetOfAll = 'net.ipv4.conf.all.route_localnet';

/** Whether it is told to be off, and no link is told to be an exception. */
function isLoopbackShut(told: Told, family: Family): boolean {
  const isException = ([name, value]: [string, number]) =>
    /^net\.ipv4\.conf\.[^ ]+\.route_localnet$/.test(name) && value === 1;
  return family === 'ipv4' && told.get(localnetOfAll) === 0 && ![...told].some(isException);
}

/**
 * Whether what is sent to node ports at 127.0.0.1 is given to endpoints: of iptables mode, where kube-proxy is not told otherwise. Of
 * nftables mode it never is.
 */
function givesLoopback({ iptables, program }: NodeRules): boolean {
  if (!iptables || (program.chains.get(chainKey('nat', 'KUBE-NODEPORTS'))?.rules.length ?? 0) === 0)
    return false;
  const services = program.chains.get(chainKey('nat', 'KUBE-SERVICES'))?.rules ?? [];
  return services.some(
    ({ rule: { matches, target } }) =>
      target?.kind === 'jump' &&
      target.chain === 'KUBE-NODEPORTS' &&
      matches.every(
        (match) =>
          match.kind !== 'destination' || contains(match.subnet, onLoopback.destination) !== match.negated,
      ),
  );
}

/** kubelet listens there, and others who trust whoever comes by it. */
const onLoopback = { destination: 0x7f000001, destinationPort: 10248 };

function letsLoopbackIn({ program, iptables }: NodeRules, known: readonly HostFields[]): boolean {
  const { host } = assumeHost(program.family, known, iptables ? [iptables] : [], [program]);
  const client = everyClient(host).find(({ kind }) => kind === 'external');
  if (!client) return false;
  const { source } = client;
  const first = { protocol: 6, sourcePort: 40000, flags: 2, icmp: { type: 0, code: 0 }, state: null };
  const { outcomes } = tracePacket(program, host, { ...first, ...onLoopback, source, from: 'external' });
  return outcomes.every(({ verdict, delivered }) => verdict === 'accept' && delivered === 'local');
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
