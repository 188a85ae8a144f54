import type { Break } from './breaks.ts';

/** Takes away or writes anew; null where there is nothing like it. */
function replaced(text: string, pattern: RegExp, by: string): string | null {
  const made = text.replace(pattern, by);
  return made === text ? null : made;
}

const without =
  (pattern: RegExp): Break =>
  (text) =>
    replaced(text, pattern, '');

/** A rule before all others of one of kube-proxy's chains. */
const first =
  (chain: string, rule: string): Break =>
  (text) =>
    replaced(
      text,
      new RegExp(`(\\tchain ${chain} \\{\\n(?:\\t\\t(?:type|comment) .*\\n)*)`),
      `$1\t\t${rule}\n`,
    );

/** All rules of the chains that are called so. */
const emptied = (chains: string): Break =>
  without(
    new RegExp(
      `(?<=\\tchain ${chains} \\{\\n(?:\\t\\t(?:type|comment) .*\\n)*)(?:\\t\\t(?!type|comment).*\\n)+`,
      'g',
    ),
  );

const withoutElements = (map: string): Break =>
  without(
    new RegExp(`(?<=\\tmap ${map} \\{\\n(?:\\t\\t(?:type|comment) .*\\n)*)\\t\\telements = \\{[^}]*\\}\\n`),
  );

const ownTable = (base: string, rule: string) =>
  `table inet mine {\n\tchain mine {\n\t\t${base}\n\t\t${rule}\n\t}\n}\n`;

/** Another table's chain at a hook. */
const beside =
  (type: string, hook: string, priority: number | string, rule: (text: string) => string | null): Break =>
  (text) => {
    const made = rule(text);
    return made && text + ownTable(`type ${type} hook ${hook} priority ${priority}; policy accept;`, made);
  };

const isIpv6 = (text: string) => text.startsWith('table ip6 ');
const ipOf = (text: string) => (isIpv6(text) ? 'ip6' : 'ip');
/** An address beside that of a node's family. */
const stranger = (text: string) => (isIpv6(text) ? '2001:db8:99::99' : '192.0.2.99');

/** The first address of a service that has an endpoint. */
function target(text: string) {
  const elements = /\tmap service-ips \{\n.*\n.*\n\t\telements = \{([^}]*)\}/.exec(text)?.[1] ?? '';
  const [, address, protocol, port] = /(\S+) \. (\S+) \. (\d+) : /.exec(elements) ?? [];
  return address === undefined ? null : { address, protocol, port };
}

/** Endpoints, each `address . port` or `address:port`, as dnat gives them. */
function endpointIn(text: string): string | null {
  const [, inMap, alone] =
    /dnat (?:ip6? )?to (?:numgen .*?\{ 0 : (\S+) \. |\[?([\d.]+|[\da-f:]+?)\]?:\d+$)/m.exec(text) ?? [];
  return inMap ?? alone ?? null;
}

const atTarget =
  (made: (one: NonNullable<ReturnType<typeof target>>, text: string) => string | null) =>
  (text: string): string | null => {
    const one = target(text);
    return one && made(one, text);
  };
const atEndpoint =
  (made: (endpoint: string, text: string) => string) =>
  (text: string): string | null => {
    const endpoint = endpointIn(text);
    return endpoint && made(endpoint, text);
  };
const always = (rule: string) => () => rule;

/** Ways to break kube-proxy's table of nftables mode; null where it has nothing to break so. */
export const nftBreaks: Readonly<Record<string, Break>> = {
  'no jump from nat-prerouting': emptied('nat-prerouting'),
  'no jump from nat-output': emptied('nat-output'),
  'no jump from nat-postrouting': emptied('nat-postrouting'),
  'nat-prerouting has no hook': without(/(?<=\tchain nat-prerouting \{\n)\t\ttype .*\n/),
  'the table is dormant': (text) => replaced(text, /^(table .* \{\n)/, '$1\tflags dormant\n'),
  'services is empty': emptied('services'),
  'services turns back': first('services', 'return'),
  'addresses are not looked up': without(/\t\tip6? daddr \. meta l4proto \. th dport vmap @service-ips\n/),
  'the map of addresses is empty': withoutElements('service-ips'),
  'an address is not in the map': (text) =>
    replaced(text, /(\tmap service-ips \{\n.*\n.*\n\t\telements = \{ )[^,}]*,\s*/, '$1'),
  'an address is in the map with another protocol': (text) =>
    replaced(text, /(\tmap service-ips \{\n.*\n.*\n\t\telements = \{ \S+ \. )(?:tcp|udp)/, '$1sctp'),
  'node ports are not looked up': without(/\t\t.*vmap @service-nodeports\n/),
  'the map of node ports is empty': withoutElements('service-nodeports'),
  'a service chain is empty': emptied('(?:service|local)-[A-Z2-7]{8}-[^\\n]*'),
  'a service chain turns back': first('(?:service|local)-[A-Z2-7]{8}-[^\\n]*', 'return'),
  'a service chain refuses': first('(?:service|local)-[A-Z2-7]{8}-[^\\n]*', 'drop'),
  'endpoints are empty': emptied('endpoint-[A-Z2-7]{8}-[^\\n]*'),
  'external chains are empty': emptied('external-[A-Z2-7]{8}-[^\\n]*'),
  'the last endpoint of a service is gone': (text) =>
    replaced(text, /(numgen random mod \d+ v?map \{ .*), \d+ : [^,}]*\}$/m, '$1 }'),
  'chance falls beside the endpoints': (text) =>
    replaced(text, /numgen random mod \d+/, 'numgen random mod 16'),
  'DNAT to another address': (text) =>
    isIpv6(text)
      ? replaced(
          text,
          /(dnat (?:ip6 )?to (?:numgen .*?\{ 0 : )?\[?)[\da-f:]*::?[\da-f]+(?=\]| \. )/,
          `$1${stranger(text)}`,
        )
      : replaced(text, /(dnat (?:ip )?to (?:numgen .*?\{ 0 : )?)[\d.]+/, `$1${stranger(text)}`),
  'DNAT to another port': (text) =>
    replaced(text, /(dnat (?:ip6? )?to (?:numgen .*?\{ 0 : \S+ \. |\S+:))\d+/, '$19'),
  'accepted before services': first('nat-prerouting', 'accept'),
  'translated by somebody else': beside(
    'nat',
    'prerouting',
    'dstnat - 10',
    atTarget(
      ({ address, protocol, port }, text) =>
        `${ipOf(text)} daddr ${address} ${protocol} dport ${port} dnat ${ipOf(text)} to ${stranger(text)}`,
    ),
  ),
  'redirected to a proxy': beside(
    'nat',
    'prerouting',
    'dstnat - 10',
    atTarget(({ protocol, port }) => `${protocol} dport ${port} redirect to :15001`),
  ),
  'rejected in forward': beside('filter', 'forward', 'filter', always('reject')),
  'the policy of forward drops': (text) =>
    text +
    ownTable('type filter hook forward priority filter; policy drop;', 'ct state established,related accept'),
  'what is marked is dropped': beside(
    'filter',
    'forward',
    'filter',
    always('meta mark & 0x4000 == 0x4000 drop'),
  ),
  'what is translated is dropped': beside('filter', 'forward', 'mangle', always('ct status dnat drop')),
  'one endpoint is dropped in forward': beside(
    'filter',
    'forward',
    'filter',
    atEndpoint((endpoint, text) => `${ipOf(text)} daddr ${endpoint} drop`),
  ),
  'the node is dropped in output': beside(
    'filter',
    'output',
    'filter',
    atEndpoint((endpoint, text) => `${ipOf(text)} daddr ${endpoint} drop`),
  ),
  'dropped in raw': beside(
    'filter',
    'prerouting',
    'raw',
    atTarget(({ address }, text) => `${ipOf(text)} daddr ${address} drop`),
  ),
  'not tracked': beside('filter', 'prerouting', 'raw', always('notrack')),
  'only known states pass': beside('filter', 'forward', 'filter', always('ct state new drop')),
  'dropped in mangle': beside(
    'filter',
    'prerouting',
    'mangle',
    atTarget(({ protocol, port }) => `${protocol} dport ${port} drop`),
  ),
  'marks are wiped': beside(
    'filter',
    'postrouting',
    'mangle',
    always('meta mark set meta mark & 0xffffbfff'),
  ),
  'nothing masquerades': emptied('masquerading'),
  'masquerading turns back': first('masquerading', 'return'),
  'accepted before masquerading': first('nat-postrouting', 'accept'),
  'another source is given': beside(
    'nat',
    'postrouting',
    'srcnat - 10',
    (text) => `snat ${ipOf(text)} to ${stranger(text)}`,
  ),
  'hairpin connections are forgotten': without(
    /(?<=\tset hairpin-connections \{\n.*\n.*\n)\t\telements = \{[^}]*\}\n/,
  ),
  'endpoints do not mark their own packets': without(/\t\tip6? saddr \S+ jump mark-for-masquerade\n/g),
  'what comes from outside is not marked': (text) =>
    replaced(
      text,
      /(\tchain external-[A-Z2-7]{8}-.* \{\n)\t\t(?:jump mark-for-masquerade|meta mark set meta mark \| 0x00004000.*)\n/g,
      '$1',
    ),
  'what comes from outside is not masqueraded': (text) =>
    replaced(text, /(ip6? daddr (?:@cluster-ips|\S+) (?:tcp dport \d+ )?ip6? saddr )!= /g, '$1'),
  'what comes from outside is masqueraded of another interface': (text) =>
    replaced(
      text,
      /^\t\t(?=ip6? daddr (?:@cluster-ips|\S+) (?:\w+ dport \d+ )?ip6? saddr != )/gm,
      '\t\tiifname "eth7" ',
    ),
  'masquerade waits for another interface': (text) =>
    replaced(text, /^\t\t(?=meta mark & .* masquerade)/gm, '\t\toifname "eth7" '),
  'pods are let through on their way to external addresses': (text) =>
    replaced(text, /goto \S+ (?=comment "short-circuit pod traffic")/g, 'accept '),
  'the node is let through on its way to external addresses': (text) =>
    replaced(text, /goto \S+ (?=comment "short-circuit local traffic")/g, 'accept '),
  'a service with endpoints is refused': atTargetElement('no-endpoint-services', 'goto reject-chain'),
  'a service with endpoints is firewalled': atTargetElement('firewall-ips', 'drop'),
};

/** An element for the first service in a map that has none. */
function atTargetElement(map: string, verdict: string): Break {
  return atTarget(({ address, protocol, port }, text) =>
    replaced(
      text,
      new RegExp(`(\\tmap ${map} \\{\\n.*\\n.*\\n)(?=\\t\\})`),
      `$1\t\telements = { ${address} . ${protocol} . ${port} : ${verdict} }\n`,
    ),
  );
}
