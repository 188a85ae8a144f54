/** Takes lines away; null where there are none. */
function without(dump: string, pattern: RegExp): string | null {
  const text = dump.replace(pattern, '');
  return text === dump ? null : text;
}

function replaced(dump: string, pattern: RegExp, by: string): string | null {
  const text = dump.replace(pattern, by);
  return text === dump ? null : text;
}

/** A rule before all others of a built-in chain or one of kube-proxy's; the table is made where there is none. */
function first(dump: string, table: string, chain: string, rule: string): string {
  const start = dump.indexOf(`*${table}\n`);
  const builtIns = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
  if (start === -1) {
    const own = table === 'raw' ? ['PREROUTING', 'OUTPUT'] : builtIns;
    const declared = own.map((name) => `:${name} ACCEPT [0:0]\n`).join('');
    return `*${table}\n${declared}-A ${chain} ${rule}\nCOMMIT\n${dump}`;
  }
  const end = dump.indexOf('COMMIT\n', start);
  const rules = dump.slice(start, end);
  const at = /^-A /m.exec(rules)?.index ?? rules.length;
  return `${dump.slice(0, start + at)}-A ${chain} ${rule}\n${dump.slice(start + at)}`;
}

/** The first service that has an endpoint: where clients find it, and one of its endpoints. */
function target(dump: string) {
  const service =
    /^-A KUBE-SERVICES -d (\S+) -p (\S+) .*--dport (\d+) -j (KUBE-(?:SVC|SVL)-\S+)$/m.exec(dump) ?? null;
  if (service === null) return null;
  const [line, address, protocol, port, chain] = service as unknown as [
    string,
    string,
    string,
    string,
    string,
  ];
  return { line, address, protocol, port, chain };
}

/** Breaks the text of a node's rules; null where it has nothing to break so. */
export type Break = (text: string) => string | null;

const atTarget =
  (made: (one: NonNullable<ReturnType<typeof target>>, dump: string) => string | null): Break =>
  (dump) => {
    const one = target(dump);
    return one && made(one, dump);
  };

/** An address beside that of a dump's family. */
const stranger = (dump: string) =>
  / -d [0-9a-f]*:[0-9a-f:]*\/128/.test(dump) ? '2001:db8:99::99' : '192.0.2.99';
const inBrackets = (address: string) => (address.includes(':') ? `[${address}]` : address);
const rejectWith = (dump: string) =>
  / -d [0-9a-f]*:[0-9a-f:]*\/128/.test(dump) ? 'icmp6-port-unreachable' : 'icmp-port-unreachable';

/** Ways to break the rules of a node; null where it has nothing to break so. */
export const breaks: Readonly<Record<string, Break>> = {
  'no jump from PREROUTING': (dump) => without(dump, /^-A PREROUTING .*-j KUBE-SERVICES\n/m),
  'no jump from OUTPUT': (dump) =>
    without(dump, /^-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES\n/m),
  'no jump from POSTROUTING': (dump) => without(dump, /^-A POSTROUTING .*-j KUBE-POSTROUTING\n/m),
  'no jump at all': (dump) => without(dump, /^-A [A-Z]+ .*-j KUBE-[A-Z-]+\n/gm),
  'KUBE-SERVICES is empty': (dump) =>
    without(dump, /^-A KUBE-SERVICES .*(?:KUBE-(?:SV[CL]|EXT|FW)-\S+|KUBE-NODEPORTS)\n/gm),
  'no jump to KUBE-NODEPORTS': (dump) => without(dump, /^-A KUBE-SERVICES .*-j KUBE-NODEPORTS\n/gm),
  'KUBE-NODEPORTS is empty': (dump) => without(dump, /^-A KUBE-NODEPORTS .*-j KUBE-\S+\n/gm),
  "no rule for a service's address": atTarget(({ line }, dump) =>
    without(dump, new RegExp(`^${escaped(line)}\\n`, 'm')),
  ),
  'chains of services lead nowhere': (dump) => without(dump, /^-A KUBE-SV[CL]-.*-j KUBE-SEP-.*\n/gm),
  'the last endpoint of a service is gone': atTarget(({ chain }, dump) =>
    without(dump, new RegExp(`^-A ${chain} (?!.*--probability).*-j KUBE-SEP-\\S+\\n`, 'm')),
  ),
  'a way to an endpoint is turned back': (dump) =>
    replaced(dump, /^(-A KUBE-SV[CL]-\S+ .*)-j KUBE-SEP-\S+$/m, '$1-j RETURN'),
  'endpoints are empty': (dump) => without(dump, /^-A KUBE-SEP-.*\n/gm),
  'no DNAT to an endpoint': (dump) => without(dump, /^-A KUBE-SEP-.*-j DNAT .*\n/m),
  'no DNAT at all': (dump) => without(dump, /^-A KUBE-SEP-.*-j DNAT .*\n/gm),
  'DNAT to another address': (dump) =>
    replaced(dump, /^(-A KUBE-SEP-.*--to-destination )\S*:(\d+)/m, `$1${inBrackets(stranger(dump))}:$2`),
  'DNAT to another port': (dump) => replaced(dump, /^(-A KUBE-SEP-.*--to-destination \S*):\d+/m, '$1:9'),
  'accepted before KUBE-SERVICES': (dump) => first(dump, 'nat', 'PREROUTING', '-j ACCEPT'),
  'KUBE-SERVICES turns back': (dump) => first(dump, 'nat', 'KUBE-SERVICES', '-j RETURN'),
  'translated by somebody else': atTarget(({ address, protocol }, dump) =>
    first(
      dump,
      'nat',
      'PREROUTING',
      `-d ${address} -p ${protocol} -j DNAT --to-destination ${stranger(dump)}`,
    ),
  ),
  'redirected to a proxy': atTarget(({ protocol, port }, dump) =>
    first(
      dump,
      'nat',
      'PREROUTING',
      `-p ${protocol} -m ${protocol} --dport ${port} -j REDIRECT --to-ports 15001`,
    ),
  ),
  'rejected in FORWARD': (dump) =>
    first(dump, 'filter', 'FORWARD', `-j REJECT --reject-with ${rejectWith(dump)}`),
  'the policy of FORWARD drops': (dump) => {
    const text = without(dump, /^-A FORWARD .*\n/gm);
    return text && replaced(text, /^:FORWARD ACCEPT/m, ':FORWARD DROP');
  },
  'what is marked is dropped': (dump) =>
    first(dump, 'filter', 'FORWARD', '-m mark --mark 0x4000/0x4000 -j DROP'),
  'one endpoint is dropped in FORWARD': (dump) => {
    const [, endpoint] = /^-A KUBE-SEP-\S+ -s (\S+) /m.exec(dump) ?? [];
    return endpoint === undefined ? null : first(dump, 'filter', 'FORWARD', `-d ${endpoint} -j DROP`);
  },
  'the node is dropped in OUTPUT': (dump) => {
    const [, endpoint] = /^-A KUBE-SEP-\S+ -s (\S+) /m.exec(dump) ?? [];
    return endpoint === undefined ? null : first(dump, 'filter', 'OUTPUT', `-d ${endpoint} -j DROP`);
  },
  'dropped in raw': atTarget(({ address }, dump) =>
    first(dump, 'raw', 'PREROUTING', `-d ${address} -j DROP`),
  ),
  'not tracked': (dump) => first(dump, 'raw', 'PREROUTING', '-j CT --notrack'),
  'dropped in mangle PREROUTING': atTarget(({ protocol, port }, dump) =>
    first(dump, 'mangle', 'PREROUTING', `-p ${protocol} -m ${protocol} --dport ${port} -j DROP`),
  ),
  'dropped in mangle FORWARD': (dump) =>
    first(dump, 'mangle', 'FORWARD', '-m conntrack --ctstate DNAT -j DROP'),
  'marks are wiped in mangle': (dump) =>
    first(dump, 'mangle', 'POSTROUTING', '-j MARK --set-xmark 0x0/0x4000'),
  'KUBE-MARK-MASQ is empty': (dump) => without(dump, /^-A KUBE-MARK-MASQ .*\n/gm),
  'nothing masquerades': (dump) => without(dump, /^-A KUBE-POSTROUTING .*-j MASQUERADE.*\n/gm),
  'KUBE-POSTROUTING turns back': (dump) => first(dump, 'nat', 'KUBE-POSTROUTING', '-j RETURN'),
  'accepted before KUBE-POSTROUTING': (dump) => first(dump, 'nat', 'POSTROUTING', '-j ACCEPT'),
  'another source is given': (dump) =>
    first(dump, 'nat', 'POSTROUTING', `-j SNAT --to-source ${stranger(dump)}`),
  'endpoints do not mark their own packets': (dump) =>
    without(dump, /^-A KUBE-SEP-\S+ -s .*-j KUBE-MARK-MASQ\n/gm),
  'what comes from outside is not marked': (dump) => without(dump, /^-A KUBE-EXT-.*-j KUBE-MARK-MASQ\n/gm),
  'KUBE-EXT is empty': (dump) => without(dump, /^-A KUBE-EXT-.*\n/gm),
  'pods are masqueraded, and nobody outside': (dump) =>
    replaced(dump, /^(-A KUBE-SV[CL]-\S+) ! (-s .* cluster IP")/gm, '$1 $2'),
  'what comes from outside is masqueraded of another interface': (dump) =>
    replaced(dump, /^(-A KUBE-SV[CL]-\S+)( .* cluster IP")/gm, '$1 -i eth7$2'),
  'an address is asked for the other way round': (dump) =>
    replaced(dump, /^(-A KUBE-SERVICES) (-d .* cluster IP" .*-j KUBE-SV[CL]-)/m, '$1 ! $2'),
  'an address is asked for of another interface': (dump) =>
    replaced(dump, /^(-A KUBE-SERVICES -d \S+)( .*-j KUBE-(?:SVC|SVL|EXT|FW)-)/m, '$1 -i eth7$2'),
  'an address leads out of the table': (dump) =>
    replaced(dump, /^(-A KUBE-SERVICES -d .*)-j KUBE-(?:SVC|SVL|EXT|FW)-\S+$/m, '$1-j ACCEPT'),
  'a node port leads nowhere': (dump) =>
    replaced(dump, /^(-A KUBE-NODEPORTS -p .* --dport \d+) -j KUBE-\S+$/m, '$1'),
  'an endpoint marks what another one sends': (dump) =>
    replaced(dump, /^(-A KUBE-SEP-\S+ -s )[^/]+/gm, `$1${stranger(dump)}`),
  'an endpoint leaves for the chain that marks': (dump) =>
    replaced(dump, /^(-A KUBE-SEP-\S+ -s .*)-j (?=KUBE-MARK-MASQ$)/gm, '$1-g '),
  'whom ranges admit is the other way round': (dump) =>
    replaced(dump, /^(-A KUBE-FW-\S+) (-s )/gm, '$1 ! $2'),
  'whom ranges admit is only marked': (dump) =>
    replaced(dump, /^(-A KUBE-FW-\S+ -s .*)-j KUBE-(?:EXT|SVC|SVL)-\S+$/gm, '$1-j KUBE-MARK-MASQ'),
  'pods are only marked on their way to external addresses': (dump) =>
    replaced(dump, /^(-A KUBE-EXT-\S+ -s .* "pod traffic for .*)-j KUBE-SVC-\S+$/gm, '$1-j KUBE-MARK-MASQ'),
};

function escaped(line: string): string {
  return line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
