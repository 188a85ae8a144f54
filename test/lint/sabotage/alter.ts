import type { HealthyNode } from './nodes.ts';

/** One line of a node's rules that was broken. */
export interface Altered {
  /** What was done: the kind, and how it stands there since. */
  readonly kind: string;
  readonly line: string;
  /** The chain, set or map in which it stands, with its table. */
  readonly chain: string;
  readonly text: string;
}

interface Line {
  readonly at: number;
  readonly text: string;
  readonly table: string;
  readonly chain: string;
  readonly isRule: boolean;
}

/** Every rule of a text, by lines: what `iptables-save` and `nft list ruleset` print has one in each. */
function linesIn(text: string, mode: HealthyNode['mode']): Line[] {
  let table = '';
  let chain = '';
  return text.split('\n').flatMap((line, at): Line[] => {
    if (mode === 'iptables') {
      if (line.startsWith('*')) table = line.slice(1);
      const [, name] = /^-A (\S+)/.exec(line) ?? [];
      const [, builtIn] = /^:(\S+) ACCEPT/.exec(line) ?? [];
      if (name !== undefined) return [{ at, text: line, table, chain: name, isRule: true }];
      return builtIn === undefined ? [] : [{ at, text: line, table, chain: builtIn, isRule: false }];
    }
    const [, own] = /^table (\S+ \S+) \{/.exec(line) ?? [];
    if (own !== undefined) table = own;
    const [, kind, name] = /^\t(chain|set|map) (\S+) \{/.exec(line) ?? [];
    if (name !== undefined) chain = kind === 'chain' ? name : `@${name}`;
    if (
      !line.startsWith('\t\t') ||
      /^\t\t(?:comment|type [^ ]* [.:]|type ipv4|type ipv6|type inet|flags|timeout|size)/.test(line)
    )
      return [];
    const isRule = !chain.startsWith('@') && !line.startsWith('\t\ttype ');
    return [{ at, text: line, table, chain, isRule }];
  });
}

type Alter = (line: string) => string | null;

const swap =
  (pattern: RegExp, by: string | ((...found: string[]) => string)): Alter =>
  (line) => {
    const made = line.replace(pattern, by as string);
    return made === line ? null : made;
  };

const plusOne = (_: string, before: string, number: string) => `${before}${Number(number) + 1}`;

/** What is done to one rule of iptables. */
const iptablesAlters: Readonly<Record<string, Alter>> = {
  'another destination': swap(/ -d (?:[\d.]+\/\d+|[\da-f:]+\/\d+)/, (found) =>
    found.includes(':') ? ' -d 2001:db8:99::99/128' : ' -d 192.0.2.99/32',
  ),
  'not the destination': swap(/ -d (?=\S+)/, ' ! -d '),
  'another source': swap(/ -s (?:[\d.]+\/\d+|[\da-f:]+\/\d+)/, (found) =>
    found.includes(':') ? ' -s 2001:db8:99::99/128' : ' -s 192.0.2.99/32',
  ),
  'not the source': swap(/(?<!!) -s /, ' ! -s '),
  'the source that was not': swap(/ ! -s /, ' -s '),
  'another port': swap(/(--dport )(\d+)/, plusOne),
  'another protocol': (line) =>
    line.includes('-p tcp')
      ? line.replaceAll('tcp', 'udp')
      : line.includes('-p udp')
        ? line.replaceAll('udp', 'tcp')
        : null,
  'another mark': swap(/(mark )0x4000/, '$10x2000'),
  'a mark that is not set': swap(/--mark 0x4000\/0x4000/, '--mark 0x0/0x4000'),
  'not the mark': swap(/(?<!! )--mark /, '! --mark '),
  'another mask': swap(/0x4000\/0x4000/, '0x4000/0xffff'),
  'no mask': swap(/(0x4000)\/0x4000/, '$1'),
  'another chance': swap(/--probability [\d.]+/, '--probability 0.10000000009'),
  'no chance': swap(/ -m statistic --mode random --probability [\d.]+/, ''),
  'another port to translate to': swap(/(--to-destination \S+:)(\d+)/, plusOne),
  'leads to ACCEPT': swap(/ -j KUBE-\S+/, ' -j ACCEPT'),
  'leads to RETURN': swap(/ -j KUBE-\S+/, ' -j RETURN'),
  'leads to DROP': swap(/ -[jg] (?:KUBE-\S+|ACCEPT|RETURN|MARK .*)$/, ' -j DROP'),
  'leads to KUBE-MARK-MASQ': swap(/ -j KUBE-(?:SVC|SEP|EXT|SVL|FW)-\S+/, ' -j KUBE-MARK-MASQ'),
  'leads nowhere': swap(/ -j \S+.*$/, ''),
  goes: swap(/ -j (KUBE-\S+)/, ' -g $1'),
  'accepts what was refused': swap(/ -j (?:DROP|REJECT.*)$/, ' -j ACCEPT'),
  'another type of address': swap(/--dst-type LOCAL/, '--dst-type UNICAST'),
  'not that type of address': swap(/(?<!! )--dst-type /, '! --dst-type '),
  'another state': swap(/--ctstate (\S+)/, '--ctstate UNTRACKED'),
  'not that state': swap(/(?<!! )--ctstate /, '! --ctstate '),
  'an interface is asked for': swap(/^(-A KUBE-(?:SERVICES|SVC|SEP|NODEPORTS|EXT)\S*)/, '$1 -i eth7'),
  'a way out is asked for': swap(/^(-A KUBE-(?:FORWARD|POSTROUTING))/, '$1 -o eth7'),
};

const nftAlters: Readonly<Record<string, Alter>> = {
  'not the destination': swap(/(ip6? daddr )(?=[\da-f@])/, '$1!= '),
  'not the source': swap(/(ip6? saddr )(?=[\da-f@])/, '$1!= '),
  'the source that was not': swap(/(ip6? saddr )!= /, '$1'),
  'another source': swap(
    /(ip6? saddr )([\da-f.:]+)(?=[ /])/,
    (_: string, before: string) => `${before}${before.startsWith('ip6') ? '2001:db8:99::99' : '192.0.2.99'}`,
  ),
  'another destination': swap(
    /(ip6? daddr )([\da-f.:]+)(?=[ /])/,
    (_: string, before: string) => `${before}${before.startsWith('ip6') ? '2001:db8:99::99' : '192.0.2.99'}`,
  ),
  'another mark': swap(/0x00004000/, '0x00002000'),
  'a mark that is not set': swap(
    /meta mark & 0x00004000 != 0x00004000/,
    'meta mark & 0x00004000 == 0x00004000',
  ),
  'another type of address': swap(/fib daddr type local/, 'fib daddr type unicast'),
  'another chance': swap(/numgen random mod (\d+)/, (_, count) => `numgen random mod ${Number(count) + 2}`),
  returns: swap(/(?:jump|goto) \S+(?=$| comment)/, 'return'),
  drops: swap(/(?:jump|goto) \S+(?=$| comment)/, 'drop'),
  accepts: swap(/(?:jump|goto) \S+(?=$| comment)/, 'accept'),
  'another port to translate to': swap(/(dnat (?:ip6? )?to (?:numgen .*?\{ 0 : \S+ \. |\S+:))(\d+)/, plusOne),
  'another map': swap(/vmap @service-ips/, 'vmap @no-endpoint-services'),
  'another state': swap(/ct state (\S+)/, 'ct state untracked'),
  'not that state': swap(/ct state (?!!=)/, 'ct state != '),
  'an interface is asked for': swap(
    /^\t\t(?!type|elements)(?=.*(?:vmap|jump|goto|dnat|masquerade))/,
    '\t\tiifname "eth7" ',
  ),
  'another hook': swap(/hook prerouting/, 'hook input'),
  'another priority': swap(/priority dstnat/, 'priority srcnat'),
  'the policy drops': swap(/policy accept/, 'policy drop'),
  'no element': (line) =>
    swap(/elements = \{ [^,}]*, ?/, 'elements = { ')(line) ?? swap(/^\t\t\t +[^,}]*,? ?/, '')(line),
  'an element with another port': swap(/( \. (?:tcp|udp|sctp) \. )(\d+)/, plusOne),
  'an element with another protocol': swap(/ \. tcp \. /, ' . sctp . '),
  'an element that drops': swap(/ : goto [^,}\s]+/, ' : drop'),
  'an element of a node port with another port': swap(/((?:tcp|udp|sctp) \. )(\d+)(?= : )/, plusOne),
};

/** All ways to break a text in one line; each text is made only when it is asked for. */
export function altersOf(text: string, mode: HealthyNode['mode']): (() => Altered)[] {
  const all = text.split('\n');
  const lines = linesIn(text, mode);
  const byChain = new Map<string, Line[]>();
  for (const line of lines.filter(({ isRule }) => isRule)) {
    const key = `${line.table} ${line.chain}`;
    byChain.set(key, [...(byChain.get(key) ?? []), line]);
  }
  const made: (() => Altered)[] = [];
  const put = (kind: string, one: Line, change: (copy: string[]) => void) =>
    made.push(() => {
      const copy = [...all];
      change(copy);
      return { kind, line: one.text.trim(), chain: `${one.table} ${one.chain}`, text: copy.join('\n') };
    });
  const alters = mode === 'iptables' ? iptablesAlters : nftAlters;
  for (const one of lines) {
    for (const [kind, alter] of Object.entries(alters)) {
      const changed = alter(one.text);
      // The kernel takes no DROP in a nat table of iptables.
      if (kind === 'leads to DROP' && one.table === 'nat') continue;
      if (changed !== null) put(kind, one, (copy) => void copy.splice(one.at, 1, changed));
    }
    if (mode === 'iptables' && !one.isRule && one.table !== 'nat')
      put('the policy drops', one, (copy) => void copy.splice(one.at, 1, one.text.replace('ACCEPT', 'DROP')));
    if (one.isRule) put('removed', one, (copy) => void copy.splice(one.at, 1));
    if (one.isRule) put('repeated', one, (copy) => void copy.splice(one.at, 0, one.text));
  }
  for (const rules of byChain.values()) {
    const first = rules[0] as Line;
    const last = rules.at(-1) as Line;
    const insert = (kind: string, at: number, rule: string) =>
      put(
        kind,
        first,
        (copy) => void copy.splice(at, 0, mode === 'iptables' ? `-A ${first.chain} ${rule}` : `\t\t${rule}`),
      );
    for (const verdict of ['ACCEPT', 'DROP', 'RETURN']) {
      if (mode === 'iptables' && verdict === 'DROP' && first.table === 'nat') continue;
      const rule = mode === 'iptables' ? `-j ${verdict}` : verdict.toLowerCase();
      insert(`${verdict} before all`, first.at, rule);
      if (verdict !== 'RETURN') insert(`${verdict} behind all`, last.at + 1, rule);
    }
    put('chain emptied', first, (copy) => void copy.splice(first.at, last.at - first.at + 1));
    for (const [at, one] of rules.entries()) {
      const next = rules[at + 1];
      if (next) put('moved down', one, (copy) => void copy.splice(one.at, 2, next.text, one.text));
    }
    if (rules.length > 2)
      put('moved to the end', first, (copy) => {
        copy.splice(first.at, 1);
        copy.splice(last.at, 0, first.text);
      });
  }
  swapsIn(lines, mode, put);
  return made;
}

/** Endpoints, jumps and ports of two rules change places. */
function swapsIn(
  lines: readonly Line[],
  mode: HealthyNode['mode'],
  put: (kind: string, one: Line, change: (copy: string[]) => void) => void,
): void {
  const parts =
    mode === 'iptables'
      ? {
          'endpoints change places': /--to-destination \S+/,
          'endpoint chains change places': /-j KUBE-SEP-\S+/,
          'service chains change places': /-j KUBE-(?:SVC|EXT)-\S+/,
          'ports change places': /--dport \d+/,
        }
      : {
          'endpoints change places': /dnat (?:ip6? )?to \S+$/,
          'endpoint chains change places': /goto endpoint-\S+/,
          'verdicts change places': /(?:goto|jump) service-\S+/,
        };
  for (const [kind, pattern] of Object.entries(parts)) {
    const having = lines.filter(({ text, isRule }) => isRule && pattern.test(text));
    for (const [at, one] of having.slice(1).entries()) {
      const other = having[at] as Line;
      const [mine, theirs] = [pattern.exec(one.text)?.[0] as string, pattern.exec(other.text)?.[0] as string];
      if (mine === theirs) continue;
      put(kind, one, (copy) => {
        copy[one.at] = one.text.replace(mine, () => theirs);
        copy[other.at] = other.text.replace(theirs, () => mine);
      });
    }
  }
}
