import fc from 'fast-check';
import { stringify } from 'yaml';
import { findMatch, findTarget, matchNames, targetNames } from '../../src/iptables/rule/options.ts';
import { kinds } from '../../src/kube/manifest/kinds.ts';

const odd = fc.constantFrom(
  '',
  '0',
  '-1',
  '08',
  '0x7fffffff/0xffffffff',
  '4294967295',
  '18446744073709551616',
  '1:65535',
  '65535:1',
  '1,2,3:4,,',
  '10.0.0.1',
  '10.0.0.1/8',
  '10.0.0.1-10.0.0.9:80-90/70',
  '[fd00::1]:80',
  'fd00::/129',
  'eth+',
  'SYN,ACK FIN',
  '"two words"',
  '"\\"\\\\"',
  '10/sec',
  '0.5',
  'nat',
  'a'.repeat(40),
  'ü\u0301',
);

const name = fc.constantFrom('INPUT', 'PREROUTING', 'OUTPUT', 'KUBE-A', 'KUBE-B', 'ACCEPT', 'toString', 'a');

/** An option of a match or target, spelt as its own table has it, with about as many values as it takes. */
function optionsOf(
  options: Readonly<Record<string, { names: readonly string[]; arity: number }>>,
): fc.Arbitrary<string> {
  const all = Object.values(options);
  if (all.length === 0) return fc.constant('');
  const one = fc
    .tuple(fc.boolean(), fc.constantFrom(...all), fc.array(odd, { maxLength: 1 }), odd)
    .map(([negated, { names, arity }, more, value]) =>
      [negated ? '!' : '', `--${names[0]}`, ...Array<string>(arity).fill(value), ...more].join(' '),
    );
  return fc.array(one, { maxLength: 4 }).map((words) => words.join(' '));
}

const extension = (flag: string, names: readonly string[], find: typeof findMatch | typeof findTarget) =>
  fc
    .constantFrom(...names)
    .chain((own) =>
      optionsOf((find(own, 'ipv4') ?? find(own, 'ipv6'))?.options ?? {}).map(
        (words) => `${flag} ${own} ${words}`,
      ),
    );

const rulePart = fc.oneof(
  { weight: 3, arbitrary: extension('-m', matchNames(), findMatch) },
  { weight: 2, arbitrary: extension('-j', targetNames(), findTarget) },
  fc
    .tuple(fc.constantFrom('-s', '-d', '-p', '-i', '-o', '-g', '-j', '-c', '! -s', '-f'), odd)
    .map((words) => words.join(' ')),
  fc.tuple(fc.constantFrom('-j', '-g'), name).map((words) => words.join(' ')),
);

const dumpLine = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(name, fc.array(rulePart, { maxLength: 4 }))
      .map(([chain, parts]) => `-A ${chain} ${parts.join(' ')}`),
  },
  fc
    .tuple(fc.constantFrom('-N', '-X', '-F', '-E', '-Z', '-P', '-D', '-I', '-R'), name, odd)
    .map((words) => words.join(' ')),
  fc
    .tuple(name, fc.constantFrom('-', 'ACCEPT', 'DROP', 'RETURN'), fc.constantFrom('[0:0]', '', '[1]', '[9:'))
    .map(([chain, policy, counters]) => `:${chain} ${policy} ${counters}`),
  fc.constantFrom('# comment', '', ' ', 'COMMIT', '*filter', '*nat', '*none'),
);

/** Dumps put together from the tables of options; most lines are nearly right. */
export const dumpText: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('nat', 'filter', 'mangle', 'raw'), fc.array(dumpLine, { maxLength: 8 }))
  .map(([table, lines]) =>
    [`*${table}`, ':KUBE-A - [0:0]', ':KUBE-B - [0:0]', ...lines, 'COMMIT', ''].join('\n'),
  );

const key = fc.constantFrom(
  ...[
    'spec',
    'metadata',
    'name',
    'namespace',
    'labels',
    'ports',
    'port',
    'targetPort',
    'nodePort',
    'protocol',
  ],
  ...[
    'clusterIP',
    'clusterIPs',
    'type',
    'selector',
    'endpoints',
    'addresses',
    'conditions',
    'ready',
    'nodeName',
  ],
  ...[
    'status',
    'loadBalancer',
    'ingress',
    'ip',
    'addressType',
    'subsets',
    'template',
    'rules',
    'http',
    'paths',
  ],
  ...[
    'items',
    'data',
    'externalTrafficPolicy',
    'sessionAffinity',
    '__proto__',
    'constructor',
    'toString',
    '',
  ],
);
const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    80,
    65536,
    1e300,
    0.5,
    '',
    'a',
    'TCP',
    'None',
    '10.0.0.1',
    'fd00::1',
  ),
  fc.constantFrom<unknown>('LoadBalancer', 'IPv4', '__proto__', 'x'.repeat(300), '10.0.0.0/8', {}, []),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
  ),
}));
const kubeObject = fc
  .record(
    {
      kind: fc.constantFrom(...Object.keys(kinds), 'List', 'ServiceList', 'Sevrice'),
      apiVersion: fc.constantFrom(
        'v1',
        'apps/v1',
        'discovery.k8s.io/v1',
        'networking.k8s.io/v1',
        'kubeproxy.config.k8s.io/v1alpha1',
      ),
      metadata: fc.oneof(fc.record({ name: fc.constantFrom('a', 'b', 'A_'), labels: tree }), tree),
      spec: tree,
      items: tree,
      endpoints: tree,
      ports: tree,
      subsets: tree,
      status: tree,
      data: tree,
    },
    { requiredKeys: ['kind', 'apiVersion', 'metadata'] },
  )
  .map((object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null)));

/** Objects of the kinds that are read, with fields of the right names and any values, as YAML or as JSON. */
export const manifestText: fc.Arbitrary<string> = fc
  .tuple(fc.array(kubeObject, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([objects, yaml]) =>
    yaml
      ? objects.map((object) => stringify(object)).join('---\n')
      : JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );

const packetWord = fc.constantFrom(
  ...[
    'tcp',
    'udp',
    'icmp',
    'sctp',
    '47',
    '->',
    '-',
    'from',
    'external',
    'pod',
    'host',
    'flags',
    'SYN',
    'state',
  ],
  ...[
    'new',
    'type',
    'echo-request',
    '10.0.0.1',
    '10.0.0.1:80',
    '10.0.0.1:',
    '[fd00::1]:80',
    '[::',
    'fd00::1',
  ],
  ...['10.0.0.1:99999', '', '\t', '"', '1.2.3.4.5', '::ffff:1.2.3.4', 'SYN,ACK,', '\u0000'],
);
const goodPacket = ['tcp', '10.0.0.1:4000', '->', '10.0.0.2:80', 'from', 'pod', 'flags', 'SYN'];

export const packetText: fc.Arbitrary<string> = fc
  .tuple(fc.nat({ max: 8 }), fc.array(packetWord, { maxLength: 6 }), fc.constantFrom(' ', '  ', '\t'))
  .map(([length, words, blank]) => [...goodPacket.slice(0, length), ...words].join(blank));
