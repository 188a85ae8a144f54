import { formatAddress } from '../address/address.ts';
import { formatSubnet, lastOf, type Subnet } from '../address/subnet.ts';
import type { DestinationTest, PacketClass, PrefixTest, ProtocolPort } from '../proxy/migrate/packets.ts';
import type { MoveReport } from '../session/move.ts';
import { partJson } from './part-json.ts';
import { outcomeJson } from './trace-json.ts';
import { printPacket } from './trace-text.ts';
import { migrateWords } from './words/en/migrate.ts';

/**
 * `{"exceptions": [{"code", "node", "family", "packets": [{"from"?, "source"?, "incoming"?, "destination", "ports"?, "otherThan"?,
 * "state"?}], "witness": {"packet"} | null, "advice"}], "rest": "proved" | "unproved", "tried": {"packets", "nodes"},
 * "unnamed": [{"node", "family", "packet", "before", "after"}]}`
 */
export function printMigrateJson({ findings, rest, tried, unnamed, part }: MoveReport): string {
  const exceptions = findings.map(({ code, node, family, packets, witness }) => ({
    code,
    node,
    family,
    packets: packets.map(classJson),
    witness: witness === null ? null : { packet: witness },
    advice: migrateWords.exceptions[code].advice,
  }));
  const others = unnamed.map(({ node, family, packet, before, after }) => ({
    node,
    family,
    packet: printPacket(packet),
    before: before.map(outcomeJson),
    after: after.map(outcomeJson),
  }));
  const shard = part && { shard: partJson(part) };
  return `${JSON.stringify({ ...shard, exceptions, rest, tried, unnamed: others }, null, 2)}\n`;
}

function classJson({ from, source, incoming, destination, ports, otherThan, state }: PacketClass) {
  return {
    ...(from ? { from } : {}),
    ...(source ? { source: testJson(source) } : {}),
    ...(incoming ? { incoming: `${incoming.negated ? 'not ' : ''}${incoming.interface}` } : {}),
    ...(destination ? { destination: testJson(destination) } : {}),
    ...(ports ? { ports: ports.map(spellPort) } : {}),
    ...(otherThan ? { otherThan: otherThan.map(spellPort) } : {}),
    ...(state ? { state } : {}),
  };
}

function testJson(test: PrefixTest | DestinationTest) {
  const outside = test.outside && test.outside.length > 0 ? { outside: test.outside.map(spellPrefix) } : {};
  if ('local' in test) return { local: true, ...outside };
  return { ...(test.within ? { within: test.within.map(spellPrefix) } : {}), ...outside };
}

export function spellPrefix(prefix: Subnet): string {
  return lastOf(prefix) === prefix.address ? formatAddress(prefix.address) : formatSubnet(prefix);
}

export function spellPort({ protocol, port }: ProtocolPort): string {
  return `${protocol.toLowerCase()}/${port}`;
}
