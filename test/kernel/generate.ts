import fc from 'fast-check';
import type { Family } from '../../src/address/address.ts';
import { builtInChains, type Hook, type TableName } from '../../src/iptables/rule/ruleset.ts';
import { nodes } from './node.ts';

/** One packet, as the instrument and a flows file both understand it. */
export interface TestPacket {
  readonly proto: number;
  readonly src: string;
  readonly sport: number;
  readonly dst: string;
  readonly dport: number;
  readonly from: 'external' | 'pod' | 'host';
  readonly flags: number;
}

export interface TestCase {
  readonly family: Family;
  /** Of iptables; `nftables`: the rules are for nft. */
  readonly backend: 'nft' | 'legacy' | 'nftables';
  readonly rules: string;
  /** What `ipset restore` reads, where rules ask for sets. */
  readonly sets?: string;
  readonly packets: readonly TestPacket[];
  /** Whether rules remember: then the packets are one sequence, and nothing else is left to chance. */
  readonly sequence: boolean;
}

type Table = 'raw' | 'mangle' | 'nat' | 'filter';
const tables: readonly Table[] = ['raw', 'mangle', 'nat', 'filter'];

type Text = fc.Arbitrary<string>;

/** What may be written in a chain: some things only where a hook can reach it. `null`: a chain that any hook may call. */
interface Place {
  readonly family: Family;
  readonly table: Table;
  readonly hook: Hook | null;
  readonly sequence: boolean;
}

const ports = [80, 81, 443, 8080, 30001, 1023, 1024, 0, 65535];
const port = fc.constantFrom(...ports);
const not = fc.constantFrom('', '', '', '! ');
const rarely = (text: Text): Text =>
  fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: text });
const join = (...parts: readonly Text[]): Text =>
  fc.tuple(...parts).map((texts) => texts.filter((text) => text !== '').join(' '));
const range = fc
  .tuple(port, port)
  .map(([a, b]) => (a === b ? `${a}` : `${Math.min(a, b)}:${Math.max(a, b)}`));
const somePorts = fc.oneof(port.map(String), range);
const markValue = fc.constantFrom('0x1', '0x2', '0x4000', '0x4001', '0xff', '0x0');
const maskValue = fc.constantFrom('0x1', '0x3', '0x4000', '0xff', '0xffffffff');
const masked = fc.oneof(
  markValue,
  fc.tuple(markValue, maskValue).map((pair) => pair.join('/')),
);

function addressOf(family: Family): Text {
  const node = nodes[family];
  return fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...node.virtual) },
    { weight: 2, arbitrary: fc.constantFrom(...node.outside, ...node.pods, ...node.remote) },
    { weight: 1, arbitrary: fc.constantFrom(...node.node, ...node.loopback) },
  );
}

function subnetOf(family: Family): Text {
  return fc.oneof(addressOf(family), fc.constantFrom(...nodes[family].prefixes));
}

// Matches.

interface Protocol {
  readonly option: string;
  readonly name: 'tcp' | 'udp' | 'sctp' | 'icmp' | null;
}

const protocol = (family: Family): fc.Arbitrary<Protocol> => {
  const icmp = family === 'ipv4' ? 'icmp' : 'ipv6-icmp';
  return fc.constantFrom<Protocol>(
    { option: '', name: null },
    { option: '', name: null },
    { option: '-p tcp', name: 'tcp' },
    { option: '-p tcp', name: 'tcp' },
    { option: '-p udp', name: 'udp' },
    { option: '-p sctp', name: 'sctp' },
    { option: `-p ${icmp}`, name: 'icmp' },
    { option: '! -p tcp', name: null },
    { option: '! -p udp', name: null },
  );
};

const interfaceName = fc.constantFrom('eth0', 'cni0', 'lo', 'eth+', 'c+', '+', 'eth1');

function interfaces({ hook }: Place): Text {
  const input = join(
    not,
    interfaceName.map((name) => `-i ${name}`),
  );
  const output = join(
    not,
    interfaceName.map((name) => `-o ${name}`),
  );
  if (hook === 'PREROUTING' || hook === 'INPUT') return rarely(input);
  if (hook === 'OUTPUT' || hook === 'POSTROUTING') return rarely(output);
  return join(rarely(input), rarely(output));
}

/** `! -i +` never matches, but the legacy back end saves it as if it always did. */
const clean = (text: string): string => text.replace(/!\s+(-[io] \+( |$))/g, '$1');

function base(place: Place, proto: Protocol): Text {
  const subnet = subnetOf(place.family);
  const source = rarely(
    join(
      not,
      subnet.map((text) => `-s ${text}`),
    ),
  );
  const destination = rarely(
    join(
      not,
      subnet.map((text) => `-d ${text}`),
    ),
  );
  return join(source, destination, interfaces(place), fc.constant(proto.option)).map(clean);
}

const states = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'];
const someStates = (more: readonly string[]) =>
  fc.subarray([...states, ...more], { minLength: 1, maxLength: 4 }).map((list) => list.join(','));

function portMatch(name: 'tcp' | 'udp' | 'sctp'): Text {
  const sides = join(
    rarely(
      join(
        not,
        somePorts.map((text) => `--sport ${text}`),
      ),
    ),
    join(
      not,
      somePorts.map((text) => `--dport ${text}`),
    ),
  ).map(withoutVoid);
  const flags = fc.constantFrom(
    '--syn',
    '! --syn',
    '--tcp-flags SYN,ACK SYN',
    '--tcp-flags RST,FIN FIN',
    '--tcp-flags ALL ACK',
    '! --tcp-flags SYN,ACK,FIN,RST ACK',
  );
  return join(fc.constant(`-m ${name}`), sides, name === 'tcp' ? rarely(flags) : fc.constant(''));
}

/** `! --dport 0:65535` is read differently by the two back ends; there is a test of its own for it. */
const withoutVoid = (text: string): string => text.replace(/!\s+(--[sd]port 0:65535)/g, '$1');

const multiport: Text = fc
  .tuple(
    fc.constantFrom('--dports', '--sports', '--ports'),
    fc.array(somePorts, { minLength: 1, maxLength: 4 }),
    not,
  )
  .map(([side, list, bang]) => `-m multiport ${bang}${side} ${list.join(',')}`);

const icmpMatch = (family: Family): Text =>
  fc
    .tuple(not, fc.constantFrom(0, 3, family === 'ipv4' ? 8 : 128, 13, 1))
    .map(([bang, type]) =>
      family === 'ipv4' ? `-m icmp ${bang}--icmp-type ${type}` : `-m icmp6 ${bang}--icmpv6-type ${type}`,
    );

function conntrack({ family }: Place): Text {
  // A mask with holes is lost on its way into the kernel.
  const subnet = fc.oneof(addressOf(family), fc.constantFrom(...nodes[family].prefixes.slice(0, 4)));
  return join(
    fc.constant('-m conntrack'),
    fc.oneof(
      {
        weight: 4,
        arbitrary: join(
          not,
          someStates(['SNAT', 'DNAT']).map((list) => `--ctstate ${list}`),
        ),
      },
      {
        weight: 1,
        arbitrary: join(
          not,
          subnet.map((text) => `--ctorigdst ${text}`),
        ),
      },
      {
        weight: 1,
        arbitrary: join(
          not,
          subnet.map((text) => `--ctorigsrc ${text}`),
        ),
      },
      {
        weight: 1,
        arbitrary: join(
          not,
          subnet.map((text) => `--ctreplsrc ${text}`),
        ),
      },
      {
        weight: 1,
        arbitrary: join(
          not,
          subnet.map((text) => `--ctrepldst ${text}`),
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom('--ctdir ORIGINAL', '--ctdir REPLY') },
      {
        weight: 1,
        arbitrary: join(
          not,
          fc.constantFrom('--ctstatus CONFIRMED', '--ctstatus SEEN_REPLY', '--ctstatus EXPECTED'),
        ),
      },
      {
        weight: 1,
        arbitrary: join(
          fc.constantFrom('--ctproto tcp', '--ctproto udp'),
          rarely(
            join(
              not,
              port.map((p) => `--ctorigdstport ${p}`),
            ),
          ),
        ),
      },
    ),
  );
}

function addrtype({ family, hook }: Place): Text {
  const types =
    family === 'ipv4'
      ? ['LOCAL', 'UNICAST', 'BROADCAST', 'LOCAL,BROADCAST', 'MULTICAST']
      : ['LOCAL', 'UNICAST', 'LOCAL', 'MULTICAST', 'LOCAL,UNICAST'];
  const limits = {
    PREROUTING: ['', '--limit-iface-in'],
    INPUT: ['', '--limit-iface-in'],
    FORWARD: ['', '--limit-iface-in', '--limit-iface-out'],
    OUTPUT: ['', '--limit-iface-out'],
    POSTROUTING: ['', '--limit-iface-out'],
  };
  return join(
    fc.constant('-m addrtype'),
    rarely(
      join(
        not,
        fc.constantFrom(...types).map((type) => `--src-type ${type}`),
      ),
    ),
    join(
      not,
      fc.constantFrom(...types).map((type) => `--dst-type ${type}`),
    ),
    fc.constantFrom('', ...(hook === null ? [''] : limits[hook])),
  );
}

function iprange(family: Family): Text {
  const ends =
    family === 'ipv4'
      ? ['10.96.0.1-10.96.0.1', '10.180.0.0-10.180.0.5', '192.168.0.2-203.0.113.9']
      : ['fd00:10:96::1-fd00:10:96::2', 'fd00:10:180::-fd00:10:180::5', '2001:db8::-2001:db8:113::9'];
  return join(
    fc.constant('-m iprange'),
    not,
    fc.constantFrom('--src-range', '--dst-range'),
    fc.constantFrom(...ends),
  ).map((text) => text);
}

function chance({ sequence }: Place): Text {
  if (!sequence)
    return fc
      .constantFrom('0.5', '0.33333333349', '0.9', '1', '0')
      .chain((p) => not.map((bang) => `-m statistic --mode random ${bang}--probability ${p}`));
  return fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.nat(3), not)
    .map(
      ([every, packet, bang]) => `-m statistic --mode nth ${bang}--every ${every} --packet ${packet % every}`,
    );
}

function recent(place: Place): Text {
  if (!place.sequence) return chance(place);
  const name = fc.constantFrom('R1', 'R2');
  const action = fc.constantFrom(
    '--set',
    '--rcheck',
    '--update',
    '--remove',
    '--rcheck --seconds 600 --reap',
    '--rcheck --hitcount 2',
    '--update --seconds 600 --hitcount 3',
  );
  return fc
    .tuple(name, action, not, fc.constantFrom('', ' --rdest'))
    .map(([list, act, bang, side]) => `-m recent --name ${list} ${bang}${act}${side}`);
}

function owner({ hook }: Place): Text {
  return hook === 'OUTPUT' || hook === 'POSTROUTING'
    ? fc.constantFrom('-m owner ! --socket-exists', '-m owner --socket-exists')
    : fc.constant('-m comment --comment "a \\"quoted\\" one"');
}

function rpfilter({ table, hook }: Place): Text {
  return (table === 'raw' || table === 'mangle') && hook === 'PREROUTING'
    ? fc.constantFrom(
        '-m rpfilter',
        '-m rpfilter --invert',
        '-m rpfilter --loose',
        '-m rpfilter --accept-local --invert',
      )
    : fc.constantFrom(
        '-m pkttype --pkt-type unicast',
        '-m pkttype ! --pkt-type unicast',
        '-m pkttype --pkt-type broadcast',
      );
}

function extension(place: Place, { name }: Protocol): Text {
  const general = [
    { weight: 3, arbitrary: fc.tuple(not, masked).map(([bang, value]) => `-m mark ${bang}--mark ${value}`) },
    {
      weight: 1,
      arbitrary: fc.tuple(not, masked).map(([bang, value]) => `-m connmark ${bang}--mark ${value}`),
    },
    { weight: 3, arbitrary: conntrack(place) },
    {
      weight: 1,
      arbitrary: fc.tuple(not, someStates([])).map(([bang, list]) => `-m state ${bang}--state ${list}`),
    },
    { weight: 2, arbitrary: addrtype(place) },
    { weight: 1, arbitrary: iprange(place.family) },
    { weight: 2, arbitrary: chance(place) },
    { weight: 2, arbitrary: recent(place) },
    { weight: 1, arbitrary: owner(place) },
    { weight: 1, arbitrary: rpfilter(place) },
  ];
  if (name === 'icmp') return fc.oneof({ weight: 5, arbitrary: icmpMatch(place.family) }, ...general);
  if (name === null) return fc.oneof(...general);
  return fc.oneof(
    { weight: 12, arbitrary: portMatch(name) },
    { weight: 3, arbitrary: multiport },
    ...general,
  );
}

// Targets.

const markTargets: Text = fc.oneof(
  masked.map((value) => `-j MARK --set-xmark ${value}`),
  masked.map((value) => `-j MARK --set-mark ${value}`),
  markValue.map((value) => `-j MARK --or-mark ${value}`),
  markValue.map((value) => `-j MARK --and-mark ${value}`),
  markValue.map((value) => `-j MARK --xor-mark ${value}`),
);

const connmarkTargets: Text = fc.constantFrom(
  '-j CONNMARK --set-xmark 0x1/0x3',
  '-j CONNMARK --set-mark 0x4000',
  '-j CONNMARK --save-mark',
  '-j CONNMARK --restore-mark',
  '-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xf0',
  '-j CONNMARK --restore-mark --nfmask 0x4000 --ctmask 0x4001',
);

const natPorts = fc.constantFrom('8080', '9000-9003', '80-81', '65535');

function bracket(family: Family, address: string, ports: string): string {
  if (ports === '') return address;
  return family === 'ipv4' ? `${address}:${ports}` : `[${address}]:${ports}`;
}

function destinationNat(family: Family, { name }: Protocol): Text {
  const hasPorts = name !== null && name !== 'icmp';
  const random = fc.constantFrom('', '', '', ' --random', ' --persistent');
  const node = nodes[family];
  const addresses = fc.constantFrom(
    ...node.pods,
    ...node.remote,
    ...node.node,
    ...node.loopback,
    ...node.virtual,
    ...node.outside,
    `${node.pods[0]}-${node.pods[1]}`,
  );
  const dnat = fc
    .tuple(addresses, hasPorts ? fc.oneof(fc.constant(''), natPorts) : fc.constant(''), random)
    .map(([address, list, more]) => `-j DNAT --to-destination ${bracket(family, address, list)}${more}`);
  const redirect = hasPorts
    ? fc.oneof(
        fc.constant('-j REDIRECT'),
        natPorts.map((list) => `-j REDIRECT --to-ports ${list}`),
      )
    : fc.constant('-j REDIRECT');
  const netmap = fc.constantFrom(
    family === 'ipv4' ? '-j NETMAP --to 10.180.0.0/24' : '-j NETMAP --to fd00:10:180::/64',
  );
  return fc.oneof(
    { weight: 6, arbitrary: dnat },
    { weight: 2, arbitrary: redirect },
    { weight: 1, arbitrary: netmap },
  );
}

function sourceNat(family: Family, hook: Hook, { name }: Protocol): Text {
  // The instrument drops at INPUT's end, before flows are remembered there: they must not clash.
  const hasPorts = hook !== 'INPUT' && name !== null && name !== 'icmp';
  const node = nodes[family];
  const random = fc.constantFrom('', '', '', ' --random', ' --random-fully', ' --persistent');
  const addresses = fc.constantFrom(node.node[0], node.virtual[2], `${node.node[0]}-${node.node[1]}`);
  const snat = fc
    .tuple(addresses, hasPorts ? fc.oneof(fc.constant(''), natPorts) : fc.constant(''), random)
    .map(([address, list, more]) => `-j SNAT --to-source ${bracket(family, address, list)}${more}`);
  if (hook === 'INPUT') return snat;
  const masquerade = fc.oneof(
    fc.constantFrom('-j MASQUERADE', '-j MASQUERADE --random-fully', '-j MASQUERADE --random'),
    hasPorts ? natPorts.map((list) => `-j MASQUERADE --to-ports ${list}`) : fc.constant('-j MASQUERADE'),
  );
  const netmap = fc.constantFrom(
    family === 'ipv4' ? '-j NETMAP --to 172.16.5.0/24' : '-j NETMAP --to fd77::/64',
  );
  return fc.oneof(
    { weight: 3, arbitrary: snat },
    { weight: 5, arbitrary: masquerade },
    { weight: 1, arbitrary: netmap },
  );
}

function reject(family: Family, { name }: Protocol): Text {
  const kinds =
    family === 'ipv4'
      ? [
          'icmp-port-unreachable',
          'icmp-net-unreachable',
          'icmp-host-unreachable',
          'icmp-proto-unreachable',
          'icmp-net-prohibited',
          'icmp-host-prohibited',
          'icmp-admin-prohibited',
        ]
      : ['icmp6-port-unreachable', 'icmp6-no-route', 'icmp6-adm-prohibited', 'icmp6-addr-unreachable'];
  return fc.constantFrom(
    '-j REJECT',
    ...kinds.map((kind) => `-j REJECT --reject-with ${kind}`),
    ...(name === 'tcp' ? ['-j REJECT --reject-with tcp-reset', '-j REJECT --reject-with tcp-reset'] : []),
  );
}

function target(place: Place, proto: Protocol, callable: readonly string[]): Text {
  const { family, table, hook } = place;
  const common = [
    { weight: 2, arbitrary: fc.constant('-j ACCEPT') },
    { weight: 2, arbitrary: fc.constant('-j RETURN') },
    { weight: 4, arbitrary: markTargets },
    { weight: 1, arbitrary: connmarkTargets },
    { weight: 1, arbitrary: fc.constant('') },
    ...(callable.length > 0
      ? [
          {
            weight: 7,
            arbitrary: fc
              .tuple(fc.constantFrom('-j', '-j', '-g'), fc.constantFrom(...callable))
              .map((words) => words.join(' ')),
          },
        ]
      : []),
  ];
  if (table === 'raw')
    return fc.oneof(
      ...common,
      { weight: 2, arbitrary: fc.constantFrom('-j CT --notrack', '-j NOTRACK') },
      { weight: 1, arbitrary: fc.constant('-j DROP') },
    );
  if (table === 'filter')
    return fc.oneof(
      ...common,
      { weight: 2, arbitrary: fc.constant('-j DROP') },
      { weight: 5, arbitrary: reject(family, proto) },
    );
  if (table === 'mangle') return fc.oneof(...common, { weight: 1, arbitrary: fc.constant('-j DROP') });
  if (hook === 'PREROUTING' || hook === 'OUTPUT')
    return fc.oneof(...common, { weight: 16, arbitrary: destinationNat(family, proto) });
  if (hook === 'POSTROUTING' || hook === 'INPUT')
    return fc.oneof(...common, { weight: 8, arbitrary: sourceNat(family, hook, proto) });
  return fc.oneof(...common);
}

function rule(place: Place, callable: readonly string[]): Text {
  return protocol(place.family).chain((proto) =>
    join(
      base(place, proto),
      fc.array(extension(place, proto), { maxLength: 2 }).map((list) => mergeSame(list).join(' ')),
      target(place, proto, callable),
    ),
  );
}

/** nft merges two `-m tcp` into one and refuses an option that is then there twice. */
function mergeSame(list: readonly string[]): string[] {
  const seen = new Set<string>();
  return list.filter((text) => {
    const name = text.split(' ')[1] as string;
    if (!['tcp', 'udp', 'sctp', 'multiport', 'icmp', 'icmp6'].includes(name)) return true;
    const fresh = !seen.has('ports');
    seen.add('ports');
    return fresh;
  });
}

// Chains and tables.

/** Two chains for each hook and two for all of them: rules call only chains that come later, so none calls itself. */
function tableText(family: Family, table: Table, sequence: boolean, scale: number): Text {
  const hooks = builtInChains[table as TableName];
  const shared = ['S1', 'S2'];
  const chains: {
    readonly name: string;
    readonly place: Place;
    readonly callable: readonly string[];
    readonly most: number;
  }[] = [];
  for (const hook of hooks) {
    const own = [`${hook}-A`, `${hook}-B`];
    const place: Place = { family, table, hook, sequence };
    chains.push({ name: hook, place, callable: [...own, ...shared], most: 5 });
    chains.push({
      name: own[0] as string,
      place: { ...place },
      callable: [own[1] as string, ...shared],
      most: 3,
    });
    chains.push({ name: own[1] as string, place: { ...place }, callable: shared, most: 3 });
  }
  const any: Place = { family, table, hook: null, sequence };
  chains.push(
    { name: 'S1', place: any, callable: ['S2'], most: 3 },
    { name: 'S2', place: any, callable: [], most: 3 },
  );
  const contents = chains.map(({ place, callable, most }) =>
    fc.array(rule(place, callable), { maxLength: most * scale, size: 'max' }),
  );
  const policy = fc.oneof(
    { weight: 30, arbitrary: fc.constant('ACCEPT') },
    { weight: 1, arbitrary: fc.constant('DROP') },
  );
  return fc.tuple(fc.tuple(...contents), fc.tuple(...hooks.map(() => policy))).map(([lists, policies]) => {
    const declared = chains.map(({ name }) => {
      const index = hooks.indexOf(name as Hook);
      return `:${name} ${index === -1 ? '-' : policies[index]} [0:0]`;
    });
    const rules = chains.flatMap(({ name }, index) =>
      (lists[index] as string[]).map((text) => `-A ${name} ${text}`.trimEnd()),
    );
    return [`*${table}`, ...declared, ...rules, 'COMMIT', ''].join('\n');
  });
}

// Packets.

const flagSets = [2, 2, 2, 2, 2, 16, 18, 4, 17, 24, 0, 1, 41];

export function packet(family: Family): fc.Arbitrary<Omit<TestPacket, 'sport'> & { readonly edge: number }> {
  const node = nodes[family];
  const destination = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...node.virtual) },
    { weight: 3, arbitrary: fc.constantFrom(...node.node) },
    { weight: 2, arbitrary: fc.constantFrom(...node.pods, ...node.remote, ...node.outside) },
    { weight: 1, arbitrary: fc.constantFrom(...node.loopback) },
  );
  const special = fc.oneof(
    { weight: 8, arbitrary: destination },
    { weight: 1, arbitrary: fc.constantFrom(...node.special) },
  );
  const odd = fc.constantFrom(...node.node, ...node.loopback, ...node.pods, ...node.outside);
  const usual = {
    external: [...node.outside, ...node.remote],
    pod: node.pods,
    host: [...node.node, ...node.loopback],
  };
  return fc.constantFrom<TestPacket['from']>('external', 'external', 'pod', 'host').chain((from) =>
    fc.record({
      proto: fc.constantFrom(6, 6, 6, 17, 17, 132, family === 'ipv4' ? 1 : 58),
      src: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...usual[from]) },
        { weight: from === 'host' ? 0 : 1, arbitrary: odd },
      ),
      // A process that sends to a broadcast address must ask for it; the node's own packets go elsewhere.
      dst: from === 'host' ? destination : special,
      dport: fc.constantFrom(80, 80, 80, 81, 443, 8080, 30001, 1, 65535),
      from: fc.constant(from),
      flags: fc.constantFrom(...flagSets),
      edge: fc.constantFrom(0, 0, 0, 0, 80, 81, 1023, 1024, 65535),
    }),
  );
}

/** Source ports differ, so that flows do not meet; a few sit at the rules' edges, each of them once. */
export function withPorts(
  list: readonly (Omit<TestPacket, 'sport'> & { readonly edge: number })[],
): TestPacket[] {
  const used = new Set<number>();
  return list.map(({ edge, ...rest }, index) => {
    const sport = edge !== 0 && !used.has(edge) ? edge : 20000 + index;
    used.add(sport);
    return { ...rest, sport };
  });
}

/** `scale` makes chains longer: 5 rules at most in a built-in chain, times this. */
export function testCase(
  family: Family,
  backend: 'nft' | 'legacy',
  packets: number,
  scale = 1,
): fc.Arbitrary<TestCase> {
  return fc.boolean().chain((sequence) =>
    fc.record({
      family: fc.constant(family),
      backend: fc.constant(backend),
      rules: fc
        .tuple(...tables.map((table) => rarelyEmpty(tableText(family, table, sequence, scale))))
        .map((texts) => texts.join('')),
      packets: fc
        .array(packet(family), { minLength: packets, maxLength: packets, size: 'max' })
        .map(withPorts),
      sequence: fc.constant(sequence),
    }),
  );
}

function rarelyEmpty(text: Text): Text {
  return fc.oneof({ weight: 3, arbitrary: text }, { weight: 1, arbitrary: fc.constant('') });
}
