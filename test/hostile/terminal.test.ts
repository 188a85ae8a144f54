import { describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { kubenat } from '../cli/harness.ts';

/** A colour, a window's title, a C1 control that clears the screen, a text turned round, and steps back. */
const evil = '\u001b[31m\u001b]0;title\u0007\u009b2J\u202etxt\u2066\u0008\u007f';
const acting = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const services = (name: string, node: string) => `apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    note: ${JSON.stringify(name)}
spec:
  clusterIP: 10.96.0.10
  externalTrafficPolicy: ${JSON.stringify(node)}
  ports: [{port: 80, nodePort: 30080}]
  type: NodePort
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${JSON.stringify(name)}, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: 8080, name: ""}]
endpoints:
- {addresses: [10.1.0.1], nodeName: ${JSON.stringify(node)}}
---
apiVersion: v1
kind: Node
metadata: {name: ${JSON.stringify(node)}}
status: {addresses: [{type: InternalIP, address: 10.0.0.1}, {type: ExternalIP, address: ${JSON.stringify(name)}}]}
`;

const dump = (comment: string) => `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:lost${comment.slice(0, 5)} - [0:0]
-A PREROUTING -m comment --comment "${comment}" -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "${comment} one" -m tcp --dport 80 -j DNAT --to-destination 10.1.0.1:8080
-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "${comment} two" -m tcp --dport 80 -j DNAT --to-destination 10.1.0.1:8080
COMMIT
`;

const files = {
  'evil.yaml': services(evil, evil),
  'node.yaml': services('web-1', evil).replace(`externalTrafficPolicy: ${JSON.stringify(evil)}`, ''),
  [`${evil}.yaml`]: `kind: ${JSON.stringify(evil)}`,
  'evil.save': dump(evil),
  'tame.save': dump('tame ').replace('10.1.0.1:8080', '10.1.0.2:8080'),
  'broken.save': `*nat\n:a - [0:0]\n-A a --${evil} ${evil}\n`,
  'host.yaml': `uplink: ${JSON.stringify(evil)}\naddresses: [${JSON.stringify(evil)}]`,
};

const packet = 'tcp 198.51.100.7:4000 -> 10.96.0.10:80';
const lines: readonly (readonly string[])[] = [
  ['compile', 'evil.yaml'],
  ['compile', 'node.yaml'],
  ['compile', '--show-model', 'node.yaml'],
  ['compile', '--node', evil, 'node.yaml'],
  ['compile', `${evil}.yaml`],
  ['compile', `${evil}/nothing.yaml`],
  ['compile', `--${evil}`],
  ['compile', '--spelling', evil, 'node.yaml'],
  [evil],
  ['help', evil],
  ['get', 'services', 'node.yaml'],
  ['get', evil, 'node.yaml'],
  ['fmt', 'broken.save'],
  ['trace', '--rules', 'evil.save', '--packet', packet],
  ['trace', '--rules', 'evil.save', '--packet', evil],
  ['trace', '--rules', 'evil.save', '--packet', packet, '--host', 'host.yaml'],
  ['trace', '--rules', 'evil.save', '--packet', packet, '--why-not', 'nat/KUBE-SERVICES/2'],
  ['trace', '--rules', 'evil.save', '--packet', packet, '--why-not', `nat/${evil}/2`],
  ['trace', '--packet', packet, 'node.yaml'],
  ['trace', '--url', `http://${evil}/`, 'node.yaml'],
  ['explain', 'node.yaml'],
  ['explain', '--format', 'markdown', 'node.yaml'],
  ['explain', 'node.yaml', evil],
  ['explain', '--without-node', evil, 'node.yaml'],
  ['diff', 'evil.save', 'tame.save'],
  ['diff', '--format', 'markdown', 'evil.save', 'tame.save'],
  ['diff', evil, `${evil}:${evil}`],
  ['check', 'evil.save'],
];

const nameOf = (line: readonly string[]) => line.map((word) => JSON.stringify(word)).join(' ');

describe('what a terminal would act on is shown, not sent', () => {
  test.each(lines.map((line) => [nameOf(line), line] as const))('%s', async (_, line) => {
    const { out, err } = await kubenat(line, files);
    expect(acting.exec(out)?.[0]).toBeUndefined();
    expect(acting.exec(err)?.[0]).toBeUndefined();
    expect(out + err).not.toBe('');
  });

  const exact = [
    ['fmt', 'evil.save'],
    ['diff', '--format', 'unified', 'evil.save', 'tame.save'],
  ];
  test.each(exact.map((line) => [nameOf(line), line] as const))(
    '%s: programs get what is there, people see it',
    async (_, line) => {
      expect((await kubenat(line, files)).out).toContain(evil);
      const seen = await kubenat(line, files, { terminal: true });
      expect(acting.exec(seen.out)?.[0]).toBeUndefined();
      expect(seen.out).toContain('\u241b[31m\u241b]0;title\u2407\ufffd2J\ufffdtxt\ufffd\u2408\u2421');
    },
  );

  test('of colours, only those that stand for something', async () => {
    const world: Partial<Io> = { terminal: true, color: true };
    const { out } = await kubenat(['diff', 'evil.save', 'tame.save'], files, world);
    expect(out).toContain('\u001b[0m');
    expect(acting.exec(out.replaceAll(new RegExp(`${'\u001b'}\\[\\d+m`, 'g'), ''))?.[0]).toBeUndefined();
  });
});
