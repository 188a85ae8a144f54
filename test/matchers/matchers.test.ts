import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readDump } from '../../src/index.ts';
import { assertCompilesTo, kubenat, type TestPacket } from '../../src/testing/vitest.ts';
import { fixtures } from '../cases.ts';

const directory = mkdtempSync(join(tmpdir(), 'kubenat-matchers-'));
afterAll(() => rmSync(directory, { recursive: true }));

const folder = join(fixtures, 'service-test');
const manifests = [folder, join(folder, 'svc.txt')];
const node = kubenat.node({ manifests, node: 'node-2' });
const golden = join(folder, 'expected/node-2.save');
const outside = '198.51.100.7:40000';
/** The service has two endpoints, neither on node-2 (fixtures/service-test): both nodes' pods get the same share. */
const nodePort = node.packet(`tcp ${outside} -> 10.100.0.3:32213 from external`);
const clusterIP = node.packet(`tcp ${outside} -> 10.105.233.197:80 from external`);
const endpoints = ['10.0.1.2:8080', '10.0.3.2:8080'];

/** A node of two chains, whose verdicts are plain to see. */
const plain = kubenat.node({ rules: writeRules(), host: writeHost() });
function writeRules() {
  const file = join(directory, 'plain.save');
  const rules = [
    '-A FORWARD -p tcp -m tcp --dport 1 -j DROP',
    '-A FORWARD -p tcp -m tcp --dport 2 -j REJECT --reject-with icmp-port-unreachable',
    '-A FORWARD -p tcp -m tcp --dport 3 -m statistic --mode random --probability 0.50000000000 -j DROP',
    '-A FORWARD -p tcp -m tcp --dport 4 -m string --string x --algo bm --to 65535 -j DROP',
  ];
  const chains = [':INPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]'];
  writeFileSync(file, `${['*filter', ...chains, ...rules, 'COMMIT'].join('\n')}\n`);
  return file;
}

function writeHost() {
  const file = join(directory, 'host.yaml');
  writeFileSync(file, 'addresses: [192.0.2.10/24]\npodCIDR: 10.0.9.0/24\n');
  return file;
}

const to = (port: number) => plain.packet(`tcp ${outside} -> 10.0.9.9:${port} from external`);
const failure = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it passed');
};

describe('packets', () => {
  test('reach endpoints, with their shares', () => {
    expect(nodePort).toReach(endpoints);
    expect(nodePort).toReach({ '10.0.1.2:8080': '1/2', '10.0.3.2:8080': '50%' });
    expect(nodePort).not.toReach(['10.0.2.2:8080']);
  });

  test.each<[string, (packet: TestPacket) => void, readonly string[]]>([
    [
      'too few',
      (packet) => expect(packet).toReach(endpoints.slice(0, 1)),
      ['10.0.3.2:8080 in 50.00 % (1/2)'],
    ],
    [
      'too many',
      (packet) => expect(packet).toReach([...endpoints, '10.0.2.2:8080']),
      ['10.0.2.2:8080 gets none'],
    ],
    [
      'another share',
      (packet) => expect(packet).toReach({ '10.0.1.2:8080': '1/3', '10.0.3.2:8080': '2/3' }),
      ['(1/2)'],
    ],
    [
      'one of two that must not be',
      (packet) => expect(packet).not.toReach('10.0.1.2:8080'),
      ['never to reach'],
    ],
    [
      'a source that is replaced',
      (packet) => expect(packet).toPreserveSourceIP(),
      ['the server sees 10.100.0.3'],
    ],
    [
      'another rule',
      (packet) => expect(packet).toBeMaskedBy('nat/KUBE-POSTROUTING/1'),
      ['nat/KUBE-POSTROUTING/3'],
    ],
    ['no drop', (packet) => expect(packet).toBeDropped(), ['it arrives at']],
  ])('%s: the message says what happens, and shows the trace', (_, ask, words) => {
    const message = failure(() => ask(nodePort));
    for (const word of [...words, `expected ${nodePort} on node-2`, 'KUBE-SERVICES 3 (line 56)'])
      expect(message).toContain(word);
  });

  test('are masked, by a rule that may be named in several ways', () => {
    expect(nodePort).not.toPreserveSourceIP();
    for (const rule of [
      'nat/KUBE-POSTROUTING/3',
      'nat/KUBE-POSTROUTING',
      'kubernetes service traffic requiring SNAT',
      'nat/KUBE-EXT[default/service-test]/1',
      'nat/KUBE-EXT-GBTMB5ZTD56ECL5F',
      'nat/KUBE-MARK-MASQ',
    ])
      expect(nodePort).toBeMaskedBy(rule);
    expect(nodePort).not.toBeMaskedBy('nat/KUBE-SERVICES');
    expect(failure(() => expect(nodePort).not.toBeMaskedBy('nat/KUBE-MARK-MASK'))).toContain(
      'such as nat/KUBE-MARK-MASQ',
    );
  });

  test('are dropped or rejected, or neither', () => {
    expect(to(1)).toBeDropped();
    expect(to(1)).not.toBeRejected();
    expect(to(2)).toBeRejected();
    expect(to(5)).not.toBeDropped();
    expect(to(5)).toPreserveSourceIP();
    expect(to(5)).toReach('10.0.9.9:5');
  });

  test('of which chance decides fit neither a matcher nor its opposite', () => {
    expect(failure(() => expect(to(3)).toBeDropped())).toContain('in 50.00 % (1/2) of all cases');
    expect(failure(() => expect(to(3)).not.toBeDropped())).toContain('never to be dropped, but it can be');
  });

  test('of which nobody knows what happens fit neither', () => {
    for (const ask of [
      () => expect(to(4)).toBeDropped(),
      () => expect(to(4)).not.toBeDropped(),
      () => expect(to(4)).toReach('10.0.9.9:4'),
      () => expect(to(4)).not.toReach('10.0.9.9:1'),
    ])
      expect(failure(ask)).toContain('not known');
  });
});

describe('rules', () => {
  const text = readFileSync(golden, 'utf8');

  test('match whatever their counters and comments', async () => {
    expect(node).toMatchRules(text);
    expect(node).toMatchRules(`# dated\n${text.replaceAll('[0:0]', '[7:9]')}`);
    expect(node).toMatchRules(readDump({ name: 'golden', text }).ruleset);
    await expect(node).toCompileTo(golden);
    assertCompilesTo(node, golden);
  });

  test('that do the same in another way are equivalent and do not match', () => {
    const unused = text
      .replace('*nat\n', '*nat\n:UNUSED - [0:0]\n')
      .replace(/COMMIT\n$/, '-A UNUSED -j RETURN\nCOMMIT\n');
    expect(node).not.toMatchRules(unused);
    expect(node).toBeEquivalentTo(unused);
    expect(failure(() => expect(node).toMatchRules(unused))).toContain('-A UNUSED -j RETURN');
  });

  test('that do otherwise are not equivalent, and the message says to whom', async () => {
    const changed = text.replaceAll('--to-destination 10.0.1.2:8080', '--to-destination 10.0.1.9:8080');
    expect(node).not.toBeEquivalentTo(changed);
    const message = failure(() => expect(node).toBeEquivalentTo(changed));
    for (const words of ['~ default/service-test (changed)', 'Packets that change fate', '\nText\n'])
      expect(message).toContain(words);
    const file = join(directory, 'changed.save');
    writeFileSync(file, changed);
    expect(() => assertCompilesTo(node, file)).toThrow('Packets that change fate');
    await expect(node).not.toCompileTo(file);
  });

  test('a golden file is written where that is asked for, and not where it is not', async () => {
    const file = join(directory, 'new.save');
    expect(() => assertCompilesTo(node, file)).toThrow('there is no golden file');
    assertCompilesTo(node, file, { update: true });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('what is asked wrongly', () => {
  test.each<[string, () => unknown, string]>([
    ['a node for a packet', () => expect(node).toBeDropped(), 'toBeDropped is asked of node.packet'],
    ['a text for a node', () => expect('x').toMatchRules(''), 'this is a string'],
    ['no endpoint', () => expect(clusterIP).toReach([]), 'there is no endpoint'],
    ['a name for an endpoint', () => expect(clusterIP).toReach('web:80'), '"web:80" is no endpoint'],
    ['a share above 1', () => expect(clusterIP).toReach({ '10.0.1.2:8080': '3/2' }), 'is no share'],
    [
      'shares of what must not be',
      () => expect(clusterIP).not.toReach({ '10.0.1.2:8080': '1/2' }),
      'has no shares',
    ],
    ['no packet', () => node.packet('tcp 10.0.0.1'), 'packet-syntax'],
    ['no such node', () => kubenat.node({ manifests, node: 'nobody' }), 'node-choice'],
    ['no rules', () => kubenat.node({}), 'there are no rules'],
    ['rules of the other family', () => expect(node).toMatchRules({ family: 'ipv6', tables: [] }), 'is ipv6'],
  ])('%s', (_, ask, words) => {
    expect(failure(ask)).toContain(words);
  });
});
