import type { Address } from '../address/address.ts';
import type { IrProgram } from '../engine/ir.ts';
import { chainKey } from '../engine/program.ts';
import { tracePacket } from '../engine/trace.ts';
import type { Host } from '../host/model.ts';
import { serviceIn } from '../proof/classes/entry.ts';
import { commentOf } from '../proof/rules/keys.ts';
import { proxyComments } from '../proxy/decide/comments.ts';
import { addressesIn, listedIn, nameOfTable, proxyTable } from '../proxy/nftables/listed.ts';
import { chainPlace, type Place, placeOf, type RuleFinding } from './finding.ts';
import { type ClientKind, everyClient, originOf } from './reach/clients.ts';
import { askedOf } from './reach/iptables-fronts.ts';
import { mostWays, packetTo } from './reach/packet.ts';
import type { NodeRules } from './reach.ts';

/** What kube-proxy refuses: a service without endpoints, of an address of its own. */
interface Refusal {
  readonly service: string;
  readonly address: Address;
  readonly port: number;
  readonly protocol: number;
  readonly place: Place;
  /** Clients whom it refuses. */
  readonly of: ReadonlySet<ClientKind>;
}

/**
 * Refusals that packets do not come to: a service without endpoints, of which clients are to be told so at once, and that wait instead.
 * A port of the node is refused by the node itself, when nobody listens there.
 */
export function findUnrefused(rules: NodeRules, hosts: readonly Host[]): RuleFinding[] {
  const { program } = rules;
  return [...refusalsOfDump(program), ...refusalsOfTables(rules)].flatMap(({ of, place, ...front }) => {
    const { service, address, port } = front;
    const [first, ...others] = hosts.map((host) => whoPasses(program, host, front, of));
    // Where pods may be behind one of several interfaces, what holds for each of them.
    const clients = [...(first ?? [])].filter((client) => others.every((one) => one.has(client)));
    return clients.length === 0
      ? []
      : [{ code: 'unrefused' as const, place, service, to: { address, port }, clients }];
  });
}

/** Clients whose packets are let through to nobody. */
function whoPasses(
  program: IrProgram,
  host: Host,
  front: Pick<Refusal, 'address' | 'port' | 'protocol'>,
  of: ReadonlySet<ClientKind>,
): ReadonlySet<ClientKind> {
  const passing = everyClient(host).filter(({ kind, source }) => {
    if (!of.has(kind)) return false;
    const from = originOf({ kind, source });
    const packet = packetTo(front, { source, destination: front.address, from });
    const { outcomes } = tracePacket(program, host, packet, { limit: mostWays });
    return outcomes.every(
      ({ verdict, dnat, delivered }) => verdict === 'accept' && dnat === null && delivered !== 'local',
    );
  });
  return new Set(passing.map(({ kind }) => kind));
}

const inside: ReadonlySet<ClientKind> = new Set(['pod', 'host']);
const outside: ReadonlySet<ClientKind> = new Set(['external']);

/** Where the chains that packets come through are not shown, nobody knows. */
function refusalsOfDump({ chains }: IrProgram): readonly Refusal[] {
  if (!chains.has(chainKey('filter', 'FORWARD')) || !chains.has(chainKey('filter', 'OUTPUT'))) return [];
  return (
    [
      ['KUBE-SERVICES', inside],
      ['KUBE-EXTERNAL-SERVICES', outside],
    ] as const
  ).flatMap(([name, of]) =>
    (chains.get(chainKey('filter', name))?.rules ?? []).flatMap((rule): Refusal[] => {
      const comment = commentOf(rule.rule);
      const service = serviceIn(comment);
      const asked = comment?.endsWith(proxyComments.noEndpoints) ? askedOf(rule.rule.matches) : null;
      if (service === null || asked === null || asked.address === null) return [];
      return [{ ...asked, address: asked.address, service, place: placeOf(rule), of }];
    }),
  );
}

function refusalsOfTables({ nft, program }: NodeRules): readonly Refusal[] {
  return nft.flatMap((ruleset) => {
    const table = proxyTable(ruleset, program.family);
    if (!table?.chains.some(({ base }) => base !== undefined)) return [];
    const clusterIPs = new Set(addressesIn(table, 'cluster-ips'));
    const place = chainPlace(nameOfTable(table), 'service-endpoints-check');
    return listedIn(table, 'no-endpoint-services').flatMap((one): Refusal[] => {
      const { address, comment, chain } = one;
      // What is dropped has endpoints elsewhere.
      if (address === null || comment === undefined || chain === null) return [];
      return [{ ...one, address, service: comment, place, of: clusterIPs.has(address) ? inside : outside }];
    });
  });
}
