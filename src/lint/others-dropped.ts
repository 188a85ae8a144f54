import type { Outcome } from '../engine/outcome.ts';
import { tracePacket } from '../engine/trace.ts';
import type { Host } from '../host/model.ts';
import { commentOf } from '../proof/rules/keys.ts';
import { jumpComments } from '../proxy/iptables/jumps.ts';
import { chainPlace, type FindingOf, type Place, placeOf } from './finding.ts';
import {
  type Client,
  type ClientKind,
  everyClient,
  nodeAddress,
  originOf,
  outsider,
} from './reach/clients.ts';
import { ownerOfPlace } from './reach/owners.ts';
import { mostWays, packetTo } from './reach/packet.ts';
import { type NodeRules, proxiesIn } from './reach.ts';

/**
 * Rules and policies of kube-proxy that drop what is for no service: it lets that pass, so that somebody altered them. What others drop
 * there they mean.
 */
export function findOthersDropped(rules: NodeRules, hosts: readonly Host[]): FindingOf<'others-dropped'>[] {
  if (proxiesIn(rules).length === 0) return [];
  const [first = [], ...others] = hosts.map((host) => lossesOn(rules, host));
  // Where pods may be behind one of several interfaces, what holds for each of them.
  const lost = first.filter((one) =>
    others.every((list) => list.some((other) => keyOf(other) === keyOf(one))),
  );
  const places = new Map<string, Loss[]>();
  for (const one of lost) places.set(placeKey(one), [...(places.get(placeKey(one)) ?? []), one]);
  return [...places.values()].map((list) => {
    const [{ place, how }] = list as [Loss];
    return { code: 'others-dropped', place, how, clients: list.map(({ client }) => client) };
  });
}

interface Loss {
  readonly place: Place;
  readonly how: 'dropped' | 'rejected';
  readonly client: ClientKind;
}

const placeKey = ({ place: { table, chain, number }, how }: Loss) => `${table} ${chain} ${number} ${how}`;
const keyOf = (loss: Loss) => `${placeKey(loss)} ${loss.client}`;

function lossesOn({ program }: NodeRules, host: Host): Loss[] {
  return everyClient(host).flatMap((client): Loss[] => {
    const destination = destinationOf(client, host);
    if (destination === null) return [];
    const packet = packetTo(plain, { source: client.source, destination, from: originOf(client) });
    const { outcomes } = tracePacket(program, host, packet, { trace: true, limit: mostWays });
    const losses = outcomes.map(lossBy);
    const [loss] = losses;
    return loss && losses.every((one) => one !== null) ? [{ ...loss, client: client.kind }] : [];
  });
}

/** Those outside come to the node itself, and all others go outside. */
function destinationOf({ kind }: Client, host: Host) {
  return kind === 'external' ? nodeAddress(host) : (outsider(host, null)[0]?.source ?? null);
}

/** No port of the node that kube-proxy gives away, nor one of a service outside. */
const plain = { protocol: 6, port: 22 } as const;

function lossBy({ verdict, reason, by }: Outcome): Omit<Loss, 'client'> | null {
  if (verdict !== 'drop' && verdict !== 'reject') return null;
  if (by === null) {
    if (reason?.code !== 'policy-drop' || ownerOfPlace(reason) !== 'kube-proxy') return null;
    return { place: chainPlace(reason.table, reason.chain), how: 'dropped' };
  }
  const isProxys =
    ownerOfPlace(by.place) === 'kube-proxy' || jumpComments.has(commentOf(by.place.rule) ?? '');
  return isProxys ? { place: placeOf(by.place), how: verdict === 'drop' ? 'dropped' : 'rejected' } : null;
}
