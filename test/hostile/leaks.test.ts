import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readYaml } from '../../src/documents/yaml.ts';
import { kubenat } from '../cli/harness.ts';

// What people keep in manifests and is nobody's business must not be in any answer, excerpt or page, whatever is wrong with the text.

/** Each place has a marker of its own, so that a failure says which one leaked. */
let count = 0;
const secret = () => {
  count += 1;
  return `hunter${count}very`;
};
const marker = /hunter\d+very/;

const manifests = `apiVersion: v1
kind: Node
metadata:
  name: n1
  annotations:
    note: ${secret()}
    kubectl.kubernetes.io/last-applied-configuration: |
      {"kind":"Node","note":"${secret()}"}
spec: {podCIDR: 10.244.1.0/24}
status: {addresses: [{type: InternalIP, address: 10.0.0.5}]}
---
apiVersion: v1
kind: Secret
metadata:
  name: db
  annotations: {old: ${secret()}}
type: Opaque
immutable: true
data:
  password: ${secret()}
  tls.key: |
    ${secret()}
stringData:
  other: "${secret()}"
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, annotations: {x: ${secret()}}}
data:
  app.ini: |
    password=${secret()}
  one: ${secret()}
binaryData:
  two: ${secret()}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    cause: ${secret()}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations:
        token: ${secret()}
    spec:
      initContainers:
      - name: i
        image: x
        command: [sh, -c, "${secret()}"]
      containers:
      - name: c
        image: x
        args:
        - --password
        - ${secret()}
        env:
        - name: TOKEN
          value: ${secret()}
        - {name: OTHER, value: "${secret()}"}
        readinessProbe:
          httpGet:
            httpHeaders:
            - name: Authorization
              value: ${secret()}
        ports:
        - containerPort: 8080
---
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    note: ${secret()}
    example.com/token: '${secret()}'
spec:
  clusterIP: 10.96.0.80
  type: NodePort
  selector: {app: web}
  ports:
  - port: 80
    nodePort: 30080
    targetPort: 8080
---
apiVersion: v1
kind: Pod
metadata:
  name: client
  labels: {app: client}
  annotations: {note: ${secret()}}
spec:
  nodeName: n1
  containers:
  - name: c
    image: x
    env: [{name: A, value: ${secret()}}]
status: {phase: Running, podIP: 10.244.1.9}
`;

/** The same as kubectl prints them all. */
const list = {
  apiVersion: 'v1',
  kind: 'List',
  items: readYaml({ name: 'm.yaml', text: manifests }).values.filter((value) => value !== null),
};
const forms: Readonly<Record<string, string>> = {
  'several documents': manifests,
  JSON: JSON.stringify(list, null, 4),
  'JSON on one line': JSON.stringify(list),
  'a List': stringify(list),
  'ends of lines of Windows': manifests.replaceAll('\n', '\r\n'),
};
const commands: readonly (readonly string[])[] = [
  ['compile', '--node', 'n1', 'm.yaml'],
  ['compile', '--node', 'n1', '--show-model', 'm.yaml'],
  ['get', 'services', 'm.yaml'],
  ['check', '--format', 'json', 'm.yaml'],
  ['check', 'm.yaml'],
  ['explain', 'm.yaml', '--format', 'json'],
  ['diff', '--format', 'markdown', 'm.yaml', 'other.yaml'],
  ['migrate', '--node', 'n1', 'm.yaml'],
  ['graph', '--format', 'dot', '--node', 'n1', 'm.yaml'],
  ['report', 'm.yaml', '-o', 'page.html'],
  ['trace', '--node', 'n1', '--packet', 'tcp 10.244.1.9:4000 -> 10.96.0.80:80', 'm.yaml'],
  ['trace', '--rules', 'm.yaml', '--packet', 'tcp 10.244.1.9:4000 -> 10.96.0.80:80'],
  ['trace', '--node', 'n1', '--host', 'm.yaml', '--packet', 'tcp 10.244.1.9:4000 -> 10.96.0.80:80', 'm.yaml'],
  ['compile', '--config', 'm.yaml', 'm.yaml'],
  ['drift', 'm.yaml', 'm.yaml'],
  ['fmt', 'm.yaml'],
  ['translate', 'm.yaml'],
  ['test', 'm.yaml'],
  ['trace', '--rules', 'm.yaml', '--sets', 'm.yaml', '--packet', 'tcp 10.244.1.9:4000 -> 10.96.0.80:80'],
  ['trace', '--flows', 'm.yaml', 'm.yaml'],
  ['trace', '--log', 'm.yaml', 'm.yaml'],
  ['trace', '--timeline', 'm.yaml'],
  ['check', '--settings', 'm.yaml', 'm.yaml'],
  ['check', '--baseline', 'm.yaml', 'm.yaml'],
  ['verify', 'm.yaml', 'm.yaml', 'm.yaml'],
  ['merge', 'm.yaml', 'm.yaml'],
];

/** What is printed and written for a text. */
async function said(args: readonly string[], text: string): Promise<string> {
  let written = '';
  const write = (_path: string, one: string | Uint8Array) => {
    written += typeof one === 'string' ? one : new TextDecoder().decode(one);
  };
  const files = { 'm.yaml': text, 'other.yaml': text.replace('nodePort: 30080', 'nodePort: 30081') };
  const { out, err } = await kubenat([...args, '--verbose'], files, { write });
  return out + err + written;
}

/** What may be wrong with a line. */
const faults: Readonly<Record<string, (line: string) => string>> = {
  'a value of another type': (line) => line.replace(/: .*/, ': [1, {a: 2}]'),
  'a quotation mark too many': (line) => `${line}"`,
  'quotation marks within': (line) => line.replace(/: (.+)/, ': "$1" "x'),
  'a bracket too many': (line) => `${line} }`,
  'a bracket that stays open': (line) => line.replace(/: (.+)/, ': {a: $1'),
  'a tab before it': (line) => `\t${line}`,
  'one blank less': (line) => line.replace(/^ /, ''),
  'one blank more': (line) => ` ${line}`,
  'no colon': (line) => line.replace(':', ''),
  'a colon too many': (line) => `${line}: x`,
  'a key twice': (line) => `${line}\n${line}`,
  'an alias of nothing': (line) => line.replace(/: .*/, ': *nothing'),
  'a tag of nothing': (line) => line.replace(': ', ': !what '),
  'a control sign': (line) => `${line}\u0001`,
  'a percent sign': (line) => line.replace(/: /, ': %'),
};

const cases = Object.entries(forms).flatMap(([form, text]) =>
  Object.entries(faults).map(([name, fault]) => [form, name, text.split('\n'), fault] as const),
);

describe('nothing leaks', () => {
  test.each(cases)('of %s with %s', { timeout: 120_000 }, async (_, __, lines, fault) => {
    const found: string[] = [];
    for (const [at, line] of lines.entries()) {
      // Each line with some of the faults, and each fault in some of the lines.
      if ((at + cases.findIndex((one) => one[3] === fault)) % 4 !== 0) continue;
      const broken = fault(line);
      if (broken === line) continue;
      const text = [...lines.slice(0, at), broken, ...lines.slice(at + 1)].join('\n');
      const args = commands[at % commands.length] as readonly string[];
      for (const asked of [['get', 'services', 'm.yaml'], args]) {
        const leak = marker.exec(await said(asked, text));
        if (leak) found.push(`${asked[0]}, line ${at + 1} (${line.trim()}): ${leak[0]}`);
      }
    }
    expect(found).toEqual([]);
  });

  test.each(commands.map((args) => [args.join(' '), args] as const))('by %s', async (_, args) => {
    for (const text of Object.values(forms)) expect(marker.exec(await said(args, text))?.[0]).toBeUndefined();
  });
});
