import { familyOf } from '../../address/address.ts';
import { portProtocols } from '../../address/protocols.ts';
import { protocolOf } from '../../engine/notation.ts';
import type { Origin } from '../../engine/packet.ts';
import type { Path, SmallDocument } from '../../host/document.ts';
import type { Host } from '../../host/model.ts';
import { type Service, type ServicePort, serviceKey } from '../../kube/cluster/model.ts';
import { type IntervalSet, single, union, unionOf } from '../../sets/intervals.ts';
import type { ConnectionState } from '../../sets/states.ts';
import { subnetSet } from '../../sets/subnet-set.ts';
import { type Said, told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import type { Place } from '../claims.ts';
import type { PacketSet } from '../sets.ts';
import type { ExpectationDetail, NameDetail } from './detail.ts';
import { many, type PacketSetText } from './model.ts';
import { findPlaces, findPorts, findService, isList, isNameless, type Names, parsePorts } from './names.ts';

/** Reads sets of packets as they are written, on one node. What is wrong is reported, and gives no set. */
export class SetReader {
  private readonly document: SmallDocument;
  private readonly names: Names;
  private readonly host: Host;

  constructor(document: SmallDocument, names: Names, host: Host) {
    this.document = document;
    this.names = names;
    this.host = host;
  }

  read(text: PacketSetText, path: Path): readonly PacketSet[] {
    const before = this.document.problems.length;
    const senders = this.senders(text, path);
    const sourcePorts = this.ports(text.sport, [...path, 'sport']);
    const state = (text.state ?? 'new').toUpperCase() as ConnectionState;
    const doors = this.doors(text, path);
    const sets = senders.flatMap(({ from, sources }) =>
      doors.map((door): PacketSet => ({ ...door, from, sources, sourcePorts, state })),
    );
    for (const { protocol } of sets) this.refusePorts(protocol, text, path);
    return this.document.problems.length > before ? [] : sets;
  }

  /** Words say where packets come in, addresses who sends them. */
  private senders(
    { from, src }: PacketSetText,
    path: Path,
  ): { readonly from: Origin | null; readonly sources: IntervalSet | null }[] {
    const own = src === undefined ? null : this.addresses(many(src), [...path, 'src']);
    const words = many(from);
    const origins = words.flatMap((word) => this.origin(word) ?? []);
    const addresses = words.filter((word) => this.origin(word) === null);
    if (addresses.length > 0 && own) {
      this.report(
        [...path, 'src'],
        'field-conflict',
        told<ExpectationDetail>({ code: 'from-says-addresses' }),
        want.thing('one-of-them'),
      );
    }
    const named = addresses.length === 0 ? [] : [this.addresses(addresses, [...path, 'from'])];
    const senders = [
      ...origins.map((origin) => ({ from: origin, sources: own })),
      ...named.map((sources) => ({ from: null, sources })),
    ];
    return words.length === 0 ? [{ from: null, sources: own }] : senders;
  }

  private origin(word: string): Origin | null {
    if (word === 'external' || word === 'pod' || word === 'host') return word;
    return this.host.interfaces.some(({ name }) => name === word) ? { interface: word } : null;
  }

  private addresses(texts: readonly string[], path: Path): IntervalSet {
    const sets = texts.flatMap((text) => {
      const places = findPlaces(text, this.names);
      if (!isList(places)) {
        this.report(path, 'field-value', told<NameDetail>(places.detail), places.expected);
        return [];
      }
      if (places.some(({ ports }) => ports !== null) && !text.startsWith('service ')) {
        const why = told<ExpectationDetail>({ code: 'port-at-address', text });
        this.report(path, 'field-value', why, want.thing('address-ports-elsewhere'));
      }
      return places.map(setOf);
    });
    return unionOf(sets);
  }

  private ports(text: PacketSetText['sport'], path: Path): IntervalSet | null {
    if (text === undefined) return null;
    const sets = many(text).flatMap((one): IntervalSet[] => {
      const range = parsePorts(String(one));
      if (range) return [[range.first, range.last]];
      this.report(
        path,
        'field-value',
        told<NameDetail>({ code: 'name-no-port', text: `${one}` }),
        want.orElse(want.range(0, 65535), want.suchAs('8000-9000', want.thing('range'))),
      );
      return [];
    });
    return unionOf(sets);
  }

  /** Where packets are sent: protocol, addresses and ports that belong together. */
  private doors(
    text: PacketSetText,
    path: Path,
  ): Pick<PacketSet, 'protocol' | 'destinations' | 'destinationPorts'>[] {
    const destinations = many(text.dst);
    const services = destinations.filter((one) => one.startsWith('service '));
    const others = destinations.filter((one) => !one.startsWith('service '));
    if (text.via !== undefined && services.length === 0) {
      this.report(
        [...path, 'via'],
        'field-conflict',
        told<ExpectationDetail>({ code: 'via-without-service' }),
        want.written('dst: service …'),
      );
    }
    const doors = services.flatMap((one) =>
      this.serviceDoors(one.slice('service '.length).trim(), text, path),
    );
    if (services.length > 0 && others.length === 0) return doors;
    const protocol = text.proto === undefined ? null : this.protocol(text.proto, [...path, 'proto']);
    const destinationPorts = this.ports(text.dport, [...path, 'dport']);
    const addresses = others.length === 0 ? null : this.addresses(others, [...path, 'dst']);
    return [...doors, { protocol, destinations: addresses, destinationPorts }];
  }

  private protocol(text: string, path: Path): number | null {
    const number = protocolOf(text, this.names.family);
    if (number === null)
      this.report(
        path,
        'field-value',
        told<ExpectationDetail>({ code: 'no-protocol', text }),
        want.either('tcp', 'udp', 'sctp', 'icmp', want.thing('number')),
      );
    return number;
  }

  private serviceDoors(name: string, text: PacketSetText, path: Path) {
    const service = findService(name, this.names);
    if (isNameless(service)) {
      this.report([...path, 'dst'], 'service-choice', told<NameDetail>(service.detail), service.expected);
      return [];
    }
    const ports = this.servicePorts(service, text, path);
    const via = text.via ?? 'cluster-ip';
    const doors = ports.flatMap((port) => {
      const protocol = protocolOf(port.protocol, this.names.family) as number;
      const { addresses, number } = this.entry(service, port, via);
      const destinations = union(
        ...addresses.filter((one) => familyOf(one) === this.names.family).map(single),
      );
      return destinations.length === 0 || number === null
        ? []
        : [{ protocol, destinations, destinationPorts: single(number) }];
    });
    if (doors.length === 0 && ports.length > 0) {
      const { family } = this.names;
      this.report(
        [...path, text.via === undefined ? 'dst' : 'via'],
        'service-choice',
        told<ExpectationDetail>({ code: 'service-no-entry', name, family, via }),
        want.thing('another-entry-via'),
      );
    }
    return doors;
  }

  private entry(service: Service, port: ServicePort, via: NonNullable<PacketSetText['via']>) {
    const nodes = this.names.cluster?.nodes ?? [];
    const entries = {
      'cluster-ip': { addresses: service.clusterAddresses, number: port.port },
      'node-port': { addresses: this.ownAddresses(nodes), number: port.nodePort },
      'load-balancer': {
        addresses: service.loadBalancer.flatMap(({ address }) => address ?? []),
        number: port.port,
      },
      'external-ip': { addresses: service.externalAddresses, number: port.port },
    };
    return entries[via];
  }

  /** A node port is called on the node whose rules are asked. */
  private ownAddresses(nodes: NonNullable<Names['cluster']>['nodes']) {
    const held = new Set(
      this.host.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    );
    return nodes.flatMap((node) => node.internalAddresses).filter((address) => held.has(address));
  }

  private servicePorts(
    service: Service,
    { dport, proto }: PacketSetText,
    path: Path,
  ): readonly ServicePort[] {
    const wanted = dport === undefined ? [undefined] : many(dport).map(String);
    const found = wanted.flatMap((port) => {
      const ports = findPorts(service, port);
      if (isList(ports)) return ports;
      this.report([...path, 'dport'], 'service-choice', told<NameDetail>(ports.detail), ports.expected);
      return [];
    });
    if (dport === undefined && new Set(found.map(({ port }) => port)).size > 1) {
      const names = found.map(({ name, port }) => name || String(port)).join(', ');
      const why = told<ExpectationDetail>({ code: 'service-several-ports', name: serviceKey(service) });
      this.report([...path, 'dst'], 'service-choice', why, want.thing('dport-of', names));
      return [];
    }
    const protocol = proto === undefined ? null : this.protocol(proto, [...path, 'proto']);
    const fitting = found.filter(
      (port) => protocol === null || protocolOf(port.protocol, this.names.family) === protocol,
    );
    if (fitting.length === 0 && found.length > 0) {
      const name = serviceKey(service);
      this.report(
        [...path, 'proto'],
        'field-conflict',
        told<ExpectationDetail>({ code: 'service-no-port-of', name, protocol: `${proto}` }),
        want.written(found.map((one) => one.protocol.toLowerCase()).join(', ')),
      );
    }
    return fitting;
  }

  private refusePorts(protocol: number | null, { sport, dport, proto }: PacketSetText, path: Path): void {
    if (protocol !== null && portProtocols.has(protocol)) return;
    for (const [field, ports] of Object.entries({ sport, dport })) {
      if (ports === undefined) continue;
      const why = told<ExpectationDetail>(
        proto === undefined ? { code: 'ports-of-no-protocol' } : { code: 'protocol-no-ports', text: proto },
      );
      this.report([...path, field], 'field-conflict', why, want.either('proto: tcp', 'udp', 'sctp'));
    }
  }

  private report(path: Path, code: Parameters<SmallDocument['report']>[1], why: Said, expected: Expected) {
    this.document.report(path, code, why, expected);
  }
}

function setOf({ prefix }: Place): IntervalSet {
  return subnetSet(prefix) as IntervalSet;
}
