import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Address, parseAddress } from '../../src/address/address.ts';
import { contains, parsePrefix, type Subnet } from '../../src/address/subnet.ts';
import { type ExceptionCode, exceptionsOf } from '../../src/proxy/migrate/exceptions.ts';
import { type AskedPacket, isIn, type Sender } from '../../src/proxy/migrate/packets.ts';
import { type Case, cases, decideCase, fixtures, readCase } from '../cases.ts';

// What a kernel did with the same packets under the rules of 1.30 in iptables mode and under those of 1.37.2 in nftables mode.

interface Outcome {
  readonly verdict: string;
  readonly dnat: string | null;
  readonly src: string | null;
  readonly delivered: string;
}

interface Recorded {
  readonly id: string;
  readonly proto: string;
  readonly src: string;
  readonly dst: string;
  readonly sport?: number;
  readonly dport?: number;
  readonly from: Sender;
  readonly sample?: boolean;
  readonly outcomes: readonly Outcome[];
}

interface Flows {
  readonly host: { readonly addresses: readonly string[]; readonly podIf: string };
  readonly packets: readonly Recorded[];
}

const keyOf = ({ proto, src, sport, dst, dport, from }: Recorded) =>
  JSON.stringify([proto, src, sport, dst, dport, from]);
const texts = (outcomes: readonly Outcome[]) =>
  outcomes
    .map(({ verdict, dnat, src, delivered }) => JSON.stringify([verdict, dnat, src, delivered]))
    .toSorted();

/** Where one sample stands for many outcomes, only what does not hang on the choice of an endpoint can be compared. */
const roughly = (outcomes: readonly Outcome[]) =>
  outcomes
    .map(({ verdict, dnat, delivered }) => JSON.stringify([verdict, dnat !== null, delivered === 'local']))
    .toSorted();

function differs(before: Recorded, after: Recorded): boolean {
  const spell = before.sample || after.sample ? roughly : texts;
  return (
    JSON.stringify([...new Set(spell(before.outcomes))]) !==
    JSON.stringify([...new Set(spell(after.outcomes))])
  );
}

function asked({ proto, src, dst, dport, from }: Recorded, podIf: string): AskedPacket {
  return {
    from,
    source: parseAddress(src) as Address,
    destination: parseAddress(dst) as Address,
    protocol: proto.toUpperCase(),
    port: dport ?? null,
    incoming: { external: 'eth0', pod: podIf, host: null }[from],
  };
}

interface Compared {
  readonly packet: Recorded;
  readonly after: Recorded;
  readonly isDifferent: boolean;
  readonly codes: readonly ExceptionCode[];
}

function compare(case_: Case): readonly Compared[] {
  const name = case_.id.slice(case_.id.indexOf('/') + 1);
  const before = JSON.parse(readCase(case_, 'flows.json')) as Flows;
  const after = JSON.parse(
    readFileSync(join(fixtures, 'conformance/nftables/flows', `${name}.json`), 'utf8'),
  ) as Flows;
  const own = before.host.addresses.map((text) => parseAddress(text.split('/')[0] as string));
  const loops = ['127.0.0.0/8', '::1/128'].map((text) => parsePrefix(text) as Subnet);
  const isLocal = (address: Address) =>
    own.includes(address) || loops.some((prefix) => contains(prefix, address));
  const from = decideCase(case_, case_.family, '1.30', 'iptables');
  const exceptions = exceptionsOf(from, decideCase(case_, case_.family, '1.37.2', 'nftables'));
  // The recording's host has route_localnet on in any case, where kube-proxy would have left it off.
  const isOfHost = ({ dst, from: sender }: Recorded) =>
    !from.nodePorts.localhost && dst.startsWith('127.') && sender === 'external';
  const known = new Map(after.packets.map((packet) => [keyOf(packet), packet]));
  return before.packets.flatMap((packet) => {
    const other = known.get(keyOf(packet));
    if (!other || isOfHost(packet)) return [];
    const codes = exceptions
      .filter(({ packets }) => packets.some((one) => isIn(asked(packet, before.host.podIf), one, isLocal)))
      .map(({ code }) => code);
    return [{ packet, after: other, isDifferent: differs(packet, other), codes }];
  });
}

const compared = cases.flatMap((case_) => compare(case_).map((one) => ({ case_, ...one })));
const name = ({ case_, packet, after, codes }: (typeof compared)[number]) =>
  `${case_.id} ${packet.id} ${packet.proto} ${packet.src} -> ${packet.dst}:${packet.dport} from ${packet.from}${packet.sample ? ' sample' : ''} [${codes.join()}] ${texts(packet.outcomes)} => ${texts(after.outcomes)}`;

describe('packets under 1.30 in iptables mode and 1.37.2 in nftables mode', () => {
  test('none differs outside of an exception', () => {
    expect(compared.filter(({ isDifferent, codes }) => isDifferent && codes.length === 0).map(name)).toEqual(
      [],
    );
  });

  test('none is the same inside one', () => {
    expect(
      compared
        .filter(({ isDifferent, codes, packet }) => !isDifferent && codes.length > 0 && !packet.sample)
        .map(name),
    ).toEqual([]);
  });

  test('so many were compared', () => {
    const different = compared.filter(({ isDifferent }) => isDifferent).length;
    console.log(`${compared.length} packets, ${different} of them different`);
    expect(compared.length).toBeGreaterThan(4000);
    expect(different).toBeGreaterThan(500);
  });
});
