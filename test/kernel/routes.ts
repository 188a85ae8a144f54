import { type Address, type Family, parseAddress } from '../../src/address/address.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import type { Packet } from '../../src/engine/packet.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import type { Host } from '../../src/host/model.ts';
import { readHost } from '../../src/host/read.ts';
import { isDoubt, lookUp } from '../../src/host/route.ts';
import { readDump } from '../../src/iptables/dump/read.ts';

/** A node with any routing, as `ip` lists it, and where the kernel says that packets go (routes.py). */
export interface RoutedNode {
  readonly seed: number;
  readonly family: Family;
  readonly addr: readonly unknown[];
  readonly route: readonly unknown[];
  readonly rule: readonly unknown[];
  readonly sysctls: Readonly<Record<string, number>>;
  readonly questions: readonly Question[];
}

interface Question {
  readonly src: string;
  readonly dst: string;
  /** Absent: the node itself sends. */
  readonly iif?: string;
  readonly mark: number;
  readonly proto: 'tcp' | 'udp';
  readonly sport: number;
  readonly dport: number;
  readonly answer: { readonly error: string } | { readonly dev: string; readonly type?: string };
}

export interface Compared {
  asked: number;
  unknown: number;
  readonly differences: string[];
}

export function compareRoutes(node: RoutedNode): Compared {
  const { family, addr, route, rule, sysctls } = node;
  const texts = [
    JSON.stringify(addr),
    JSON.stringify(route),
    JSON.stringify(rule),
    JSON.stringify({ sysctls }),
  ];
  const host = buildHost(
    family,
    texts.map((text) => readHost({ name: 'host', text }, family).fields),
  );
  const compared: Compared = { asked: 0, unknown: 0, differences: [] };
  for (const question of node.questions) {
    const told = new Set(foretell(host, question));
    compared.asked += 1;
    if (told.has('unknown')) compared.unknown += 1;
    else if (!kernels(question.answer, family).some((one) => told.has(one))) {
      const { answer, ...asked } = question;
      compared.differences.push(
        JSON.stringify({ seed: node.seed, ...asked, kernel: answer, told: [...told] }),
      );
    }
  }
  return compared;
}

/** In the words in which `foretell` answers: an error may mean several things. */
function kernels(answer: Question['answer'], family: Family): readonly string[] {
  if ('error' in answer) return errors[family][answer.error] ?? [`${answer.error}?`];
  if (answer.type === 'local' || answer.type === 'anycast') return ['local'];
  return answer.type === 'broadcast' ? ['local', `dev ${answer.dev}`] : [`dev ${answer.dev}`];
}

const errors: Readonly<Record<Family, Readonly<Record<string, readonly string[]>>>> = {
  ipv4: {
    'Network is unreachable': ['icmp-net-unreachable', 'drop'],
    'No route to host': ['icmp-host-unreachable', 'drop'],
    'Permission denied': ['icmp-admin-prohibited', 'drop'],
    'Invalid argument': ['drop'],
    'Invalid cross-device link': ['drop'],
  },
  ipv6: {
    'Network is unreachable': ['icmp6-no-route', 'drop'],
    'No route to host': ['icmp6-no-route', 'drop'],
    'Permission denied': ['icmp6-adm-prohibited', 'drop'],
    'Invalid argument': ['drop'],
  },
};

function foretell(host: Host, question: Question): readonly string[] {
  const { src, dst, iif, mark, proto, sport, dport } = question;
  const [source, destination] = [src, dst].map((text) => parseAddress(text) as Address) as [Address, Address];
  const protocol = proto === 'tcp' ? 6 : 17;
  if (iif === undefined && mark !== 0) {
    const ports = { sourcePort: sport, destinationPort: dport };
    const key = { source, mark, in: 'lo', protocol, ...ports, ofProcess: true };
    const found = lookUp(host, destination, key);
    if (isDoubt(found)) return ['unknown'];
    if (found.type === 'unicast') return found.hops.map((hop) => `dev ${hop.interface}`);
    if (found.type === 'local' || found.type === 'anycast') return ['local'];
    return found.type === 'broadcast' ? [`dev ${found.interface}`] : ['drop'];
  }
  const packet: Packet = {
    protocol,
    source,
    destination,
    sourcePort: sport,
    destinationPort: dport,
    from: iif === undefined ? 'host' : { interface: iif },
    flags: 2,
    icmp: { type: 0, code: 0 },
    state: null,
  };
  return tracePacket(marking(mark, host.family), host, packet).outcomes.map(fate);
}

function marking(mark: number, family: Family) {
  const rule = mark === 0 ? '' : `-A PREROUTING -j MARK --set-xmark 0x${mark.toString(16)}/0xffffffff\n`;
  const text = `*mangle\n:PREROUTING ACCEPT [0:0]\n${rule}COMMIT\n`;
  return buildProgram(readDump({ name: 'rules', text }, { family }).ruleset);
}

function fate({ verdict, delivered, interface: name, rejectWith }: Outcome): string {
  if (verdict === 'accept') return delivered === 'local' ? 'local' : `dev ${name}`;
  return verdict === 'reject' ? (rejectWith as string) : verdict;
}
