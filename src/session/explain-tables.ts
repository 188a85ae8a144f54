import { type Address, type Family, formatEndpoint } from '../address/address.ts';
import { protocolName } from '../address/protocols.ts';
import { instructionsIn } from '../engine/instructions.ts';
import type { IrChain, IrProgram } from '../engine/ir.ts';
import { NftProgram } from '../engine/lower/nftables/program.ts';
import type { NftRuleset, NftTable } from '../nftables/model.ts';
import { spellExpression } from '../nftables/print/expressions.ts';
import {
  addressesIn,
  type FrontMap,
  listedIn,
  nameOfTable,
  proxyTable,
  serviceOfName,
} from '../proxy/nftables/listed.ts';
import { ownerOfChain } from '../proxy/nftables/names.ts';
import { type GuessedRelease, guessRelease } from '../proxy/nftables/shape.ts';

/** What kube-proxy's table of one family says of the Services of a node. */
export interface ExplainedTable {
  /** `ip kube-proxy`. */
  readonly table: string;
  readonly family: Family;
  readonly release: GuessedRelease | null;
  readonly services: readonly ExplainedPort[];
  /** Counters of packets for node ports on loopback addresses, by protocol. */
  readonly counters: readonly { readonly name: string; readonly packets: bigint | number }[];
  /** On which of its addresses the node takes node ports; empty: on all that are its own. */
  readonly nodePortAddresses: readonly Address[];
}

/** One port of a Service. */
export interface ExplainedPort {
  /** `namespace/name:port`. */
  readonly service: string;
  readonly protocol: string;
  readonly fronts: readonly ExplainedFront[];
  /** `address:port`, in the order of the rules. */
  readonly endpoints: readonly string[];
  /** Those of this node, which a policy Local chooses from; null: there is no chain for them. */
  readonly local: readonly string[] | null;
  /** Sets that remember clients, and how many each remembers at the moment. */
  readonly affinity: readonly { readonly endpoint: string; readonly clients: number }[];
}

/** An element of one of kube-proxy's maps. */
export interface ExplainedFront {
  readonly map: FrontMap;
  /** Null: a port of the node. */
  readonly address: Address | null;
  readonly port: number;
  /** The chain that it leads to; null: packets are dropped. */
  readonly chain: string | null;
  /** Of source ranges: who is admitted, as nft prints it. */
  readonly admits: string | null;
}

const maps: readonly FrontMap[] = [
  'service-ips',
  'service-nodeports',
  'firewall-ips',
  'no-endpoint-services',
  'no-endpoint-nodeports',
];

/** Explains the tables of kube-proxy in a ruleset; none where there is none. */
export function explainTables(ruleset: NftRuleset, families: readonly Family[]): readonly ExplainedTable[] {
  return families.flatMap((family): ExplainedTable[] => {
    const table = proxyTable(ruleset, family);
    return table ? [explainTable(table, new NftProgram(ruleset, family))] : [];
  });
}

function explainTable(table: NftTable, program: IrProgram): ExplainedTable {
  return {
    table: nameOfTable(table),
    family: program.family,
    release: guessRelease(table),
    services: portsOf(table, program),
    counters: table.objects.flatMap((object) =>
      object.kind === 'counter' ? [{ name: object.name, packets: object.packets }] : [],
    ),
    nodePortAddresses: addressesIn(table, 'nodeport-ips'),
  };
}

function portsOf(table: NftTable, program: IrProgram): readonly ExplainedPort[] {
  const name = nameOfTable(table);
  const fronts = new Map<string, ExplainedFront[]>();
  const add = (key: string, front?: ExplainedFront) => {
    fronts.set(key, [...(fronts.get(key) ?? []), ...(front ? [front] : [])]);
  };
  for (const chain of table.chains) {
    const owner = ownerOfChain(name, chain.name);
    if (owner) add(`${serviceOfName(table, chain.name)} ${owner.protocol}`);
  }
  for (const map of maps) {
    for (const { address, protocol, port, chain, comment } of listedIn(table, map)) {
      const owner = chain === null ? null : ownerOfChain(name, chain);
      const service = owner ? serviceOfName(table, chain as string) : (comment ?? chain ?? '?');
      const admits = map === 'firewall-ips' && chain !== null ? admittedBy(table, chain) : null;
      add(`${service} ${owner?.protocol ?? protocolName(protocol)}`, { map, address, port, chain, admits });
    }
  }
  return [...fronts]
    .map(([key, own]): ExplainedPort => {
      const [service = '', protocol = ''] = key.split(' ');
      const chains = table.chains.filter(
        (chain) =>
          ownerOfChain(name, chain.name)?.protocol === protocol &&
          serviceOfName(table, chain.name) === service,
      );
      const behind = (prefix: string) =>
        chains
          .filter((chain) => chain.name.startsWith(prefix))
          .map((chain) => endpointsBehind(program.chains.get(`${name}/${chain.name}`)));
      const [local = null] = behind('local-');
      return {
        service,
        protocol,
        fronts: own,
        endpoints: behind('service-')[0] ?? local ?? [],
        local,
        affinity: affinityOf(table, service, protocol),
      };
    })
    .sort((one, other) => (one.service < other.service ? -1 : one.service > other.service ? 1 : 0));
}

/** `ip saddr != { … } drop`: who is not dropped. */
function admittedBy(table: NftTable, chain: string): string | null {
  const rules = table.chains.find(({ name }) => name === chain)?.rules ?? [];
  for (const { statements } of rules) {
    for (const statement of statements)
      if (statement.kind === 'match' && statement.operator === '!=')
        return spellExpression(statement.right, {});
  }
  return null;
}

function endpointsBehind(chain: IrChain | undefined, seen: Set<IrChain> = new Set()): readonly string[] {
  if (!chain || seen.has(chain)) return [];
  seen.add(chain);
  const found: string[] = [];
  for (const { code } of chain.rules) {
    for (const instruction of instructionsIn(code)) {
      if (instruction.do === 'nat' && instruction.range.addresses && instruction.range.ports)
        found.push(formatEndpoint(instruction.range.addresses.first, instruction.range.ports.first));
      if (instruction.do === 'goto') found.push(...endpointsBehind(instruction.chain, seen));
    }
  }
  return [...new Set(found)];
}

function affinityOf(table: NftTable, service: string, protocol: string): ExplainedPort['affinity'] {
  return table.sets.flatMap(({ name, elements }) => {
    const owner = ownerOfChain(nameOfTable(table), name);
    const isOwn =
      owner?.kind === 'affinity' && owner.protocol === protocol && serviceOfName(table, name) === service;
    return isOwn ? [{ endpoint: owner.endpoint ?? name, clients: elements.length }] : [];
  });
}
