import { families } from '../../address/address.ts';
import { hostFieldNames } from '../../host/fields.ts';
import { want } from '../../text/expected.ts';
import { either, field, list, oneOrMany, type RecordShape, type Shape, text } from './shape.ts';

const path = text(want.thing('relative-path'));
const nodes = oneOrMany(text(want.thing('node-name')));
const family: Shape = { kind: 'choice', values: families };

const source = text(
  want.either(
    want.thing('address'),
    want.thing('prefix'),
    'pod NAMESPACE/NAME',
    'service NAMESPACE/NAME',
    'node NAME',
  ),
  undefined,
  ['0.0.0.0/0', '10.0.1.5', 'pod default/client'],
);
const destination = text(
  want.either(
    'service NAMESPACE/NAME',
    want.thing('address'),
    want.thing('prefix'),
    'pod NAMESPACE/NAME',
    'node NAME',
  ),
  undefined,
  ['service default/web', '10.96.0.10'],
);
const goal = text(
  want.orElse(
    want.thing('address-or-prefix-and-port'),
    'pod NAMESPACE/NAME, service NAMESPACE/NAME, node NAME',
  ),
  undefined,
  ['10.0.1.2:8080', 'service default/web', 'pod default/web-1', '10.0.0.0/8:8080'],
);
const port = either(
  { kind: 'integer', least: 0, most: 65535 },
  text(want.thing('port-of-expectation'), undefined, ['http', '8000-9000']),
);
const share = either(
  { kind: 'integer', least: 1, most: 1 },
  text(
    want.suchAs('1/3, 33.3%', want.thing('share')),
    '^(\\d{1,12}/\\d{1,12}|\\d{1,3}(\\.\\d{1,9})? ?%|1)$',
    ['1/2', '33.3%'],
  ),
);

export const entryKinds = ['cluster-ip', 'node-port', 'load-balancer', 'external-ip'] as const;
export type EntryKind = (typeof entryKinds)[number];

const packetSet: RecordShape = {
  kind: 'record',
  what: 'packet-set',
  fields: {
    from: field(
      oneOrMany(
        text(
          want.orElse(
            want.listed('external', 'pod', 'host', want.thing('interface')),
            want.thing('addresses'),
          ),
          undefined,
          ['external', 'pod', 'host', '0.0.0.0/0'],
        ),
      ),
      'Who sends: external (what comes in by the uplink), pod (a pod of this node), host (this node), the name of another interface; or by address, prefix or name, and then where it comes in is worked out from the address.',
    ),
    src: field(
      oneOrMany(source),
      'Source addresses, where `from` says another thing than addresses. Default: all that can come from there.',
    ),
    sport: field(oneOrMany(port), 'Source ports. Default: any.'),
    dst: field(oneOrMany(destination), 'Where the packets are sent. Default: anywhere.'),
    via: field(
      { kind: 'choice', values: entryKinds },
      'By which of its entries a service is called. Default: cluster-ip.',
    ),
    dport: field(
      oneOrMany(port),
      'Destination ports; of a service also by name. Default: any; of a service its only port.',
    ),
    proto: field(
      text(want.either('tcp', 'udp', 'sctp', 'icmp', want.range(1, 255)), undefined, [
        'tcp',
        'udp',
        'sctp',
        'icmp',
      ]),
      "The protocol. Default: the service port's; without a service and without ports any.",
    ),
    state: field(
      { kind: 'choice', values: ['new', 'established', 'related', 'invalid', 'untracked'] },
      'What connection tracking knows of the flow. Default: new.',
    ),
  },
};

const claims = ['to', 'endpoints', 'source', 'verdict', 'by', 'never', 'reaches'] as const;

const expectation: RecordShape = {
  kind: 'record',
  what: 'expectation',
  fields: {
    name: field(text(want.thing('text')), 'What is expected, in words.'),
    node: field(nodes, 'The node, or nodes, on which this holds. Default: that of the file.'),
    family: field(family, 'The address family. Default: that of the file, else that of the packet.'),
    packet: field(
      text(
        want.suchAs("'tcp 198.51.100.7:40000 -> 10.96.0.1:80 from external'", want.thing('packet')),
        undefined,
        [
          'tcp 198.51.100.7:40000 -> 10.96.0.1:80 from external',
          'from pod default/client to service default/web:http',
        ],
      ),
      'One packet, as `kubenat trace --packet` takes it: PROTO SRC[:SPORT] -> DST[:DPORT] [from external|pod|host] [flags SYN] [state new|…], or by name: from pod NAMESPACE/NAME to service NAMESPACE/NAME:PORT.',
    ),
    packets: field(
      oneOrMany(packetSet),
      'All packets of a set, or of several. The claims are proved for each of them.',
    ),
    to: field(oneOrMany(goal), 'Each packet arrives, always at one of these.'),
    endpoints: field(
      either(goal, list(goal), { kind: 'map', keys: 'endpoints to their shares', of: share }),
      'Each packet arrives at one of these, and each of these gets some; as a mapping: exactly this share.',
    ),
    source: field(
      text(want.either('preserved', 'masked', want.thing('address')), undefined, ['preserved', 'masked']),
      "What the server sees: preserved (the client's own address), masked (another), or this very address.",
    ),
    verdict: field({ kind: 'choice', values: ['accept', 'drop', 'reject'] }, 'What becomes of the packet.'),
    by: field(
      text(want.thing('service-or-rule'), undefined, ['service default/web:http', 'nat/KUBE-POSTROUTING/3']),
      'Every packet meets a rule of this: rules of a service (by their comments), of a chain, or one rule.',
    ),
    never: field(oneOrMany(goal), 'No packet arrives at any of these.'),
    reaches: field(
      oneOrMany(goal),
      'The connection that the packet opens is established with one of these, answers included, on all nodes that it passes.',
    ),
    mayBeUnknown: field(
      { kind: 'boolean' },
      'Whether what is not known counts as passed. Default: false, it fails.',
    ),
  },
  required: [['packet', 'packets'], claims],
  exclusive: [
    ['packet', 'packets'],
    ['to', 'endpoints'],
  ],
};

const hostFields = Object.fromEntries(
  hostFieldNames.map((name) => [name, field({ kind: 'any' }, `As in the file of --host: ${name}.`)]),
);

/** An expectation file. */
export const fileShape: RecordShape = {
  kind: 'record',
  what: 'expectation-file',
  fields: {
    $schema: field(text(want.thing('schema-address')), 'The schema, for editors.'),
    manifests: field(oneOrMany(path), 'Manifests to compile: files, or directories of them.'),
    rules: field(
      oneOrMany(path),
      'A dump (what iptables-save printed), or the tables of one, instead of manifests.',
    ),
    cluster: field(oneOrMany(path), 'Objects of the cluster: beside a dump, or beside manifests.'),
    config: field(path, "kube-proxy's configuration, or kubeadm's ConfigMap with it."),
    host: field(
      either(path, { kind: 'record', what: 'network', fields: hostFields }),
      "The node's network: a file as --host takes it, or its fields.",
    ),
    node: field(
      nodes,
      'The node; of several, every expectation is asked on each that it does not name itself.',
    ),
    family: field(family, 'The address family.'),
    kubeVersion: field(
      text(want.suchAs('"1.30"', want.thing('quoted-release')), '^\\d{1,2}\\.\\d{1,3}$'),
      'The release of kube-proxy, where manifests are compiled.',
    ),
    serviceCidr: field(
      text(want.suchAs('10.96.0.0/12', want.thing('prefixes'))),
      'Where cluster addresses that are left open come from.',
    ),
    nodePortRange: field(
      text(want.suchAs('30000-32767', want.thing('two-ports'))),
      'Where node ports that are left open come from.',
    ),
    loadBalancerCidr: field(
      text(want.suchAs('203.0.113.0/24', want.thing('prefixes'))),
      'Where addresses of load balancers come from.',
    ),
    expectations: field(list(expectation), 'What is expected.'),
  },
  required: [['manifests', 'rules'], ['expectations']],
  exclusive: [['manifests', 'rules']],
};
