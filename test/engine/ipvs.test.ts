import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parsePacket } from '../../src/engine/notation.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { readHost } from '../../src/host/read.ts';
import { readVirtualServers } from '../../src/host/virtual-servers.ts';
import { readSets } from '../../src/ipset/set-file.ts';
import { readRules } from '../../src/iptables/pasted/read.ts';
import { hostBeside, programBeside, readNodeState } from '../../src/session/node-state.ts';
import type { Problem } from '../../src/text/problem.ts';
import { kubenat } from '../cli/harness.ts';
import { pathOf } from '../pages.ts';

const fixture = (name: string) => ({
  name,
  text: readFileSync(pathOf(`fixtures/ipvs/${name}`), 'utf8'),
});
const network = { name: 'host', text: 'addresses: [192.168.1.11/24]\npodCIDR: 10.244.9.0/24\n' };

/** Outcomes as `share verdict delivered destination source`. */
function ask(
  packet: string,
  servers: string,
  sets = fixture('sets.save'),
  rules = fixture('node.save'),
): string[] {
  const state = readNodeState([sets, { name: 'servers', text: servers }]);
  const { ruleset, source } = readRules(rules);
  const host = hostBeside(buildHost('ipv4', [readHost(network, 'ipv4').fields]), state);
  const program = programBeside(ruleset, source, state);
  const { outcomes } = tracePacket(program, host, parsePacket({ name: 'packet', text: packet }));
  return outcomes.map(({ weight, verdict, delivered, dnat, masqueraded }) =>
    [weight, verdict, delivered, dnat, masqueraded && 'masqueraded'].filter(Boolean).join(' '),
  );
}

const two = fixture('servers.save').text;
const fromPod = 'tcp 10.244.9.7:4000 -> 10.96.0.80:80 from pod';

describe('packets to virtual servers', () => {
  test('go round the real servers, each with its share', () => {
    expect(ask(fromPod, two)).toEqual([
      '1/2 accept pod 10.244.9.5:8080',
      '1/2 accept uplink 10.244.8.6:8080',
    ]);
  });

  test('from outside of the pods are masqueraded by the rules', () => {
    expect(ask('tcp 198.51.100.7:4000 -> 10.96.0.80:80 from external', two)).toEqual([
      '1/2 accept pod 10.244.9.5:8080 masqueraded',
      '1/2 accept uplink 10.244.8.6:8080 masqueraded',
    ]);
  });

  test('from the node itself, too', () => {
    expect(ask('tcp 192.168.1.11:4000 -> 10.96.0.80:80 from host', two)).toEqual([
      '1/2 accept pod 10.244.9.5:8080 masqueraded',
      '1/2 accept uplink 10.244.8.6:8080',
    ]);
  });

  test('back to the pod that sent them are, by the set of loops', () => {
    expect(ask('tcp 10.244.9.5:4000 -> 10.96.0.80:80 from pod', two)).toEqual([
      '1/2 accept pod 10.244.9.5:8080 masqueraded',
      '1/2 accept uplink 10.244.8.6:8080',
    ]);
  });

  /** ip_vs_leave: ICMP_DEST_UNREACH, ICMP_PORT_UNREACH. */
  test('without a real server are refused', () => {
    expect(ask('tcp 10.244.9.7:4000 -> 10.96.0.99:80 from pod', two)).toEqual(['1/1 reject none']);
  });

  test('are none where there is no virtual server for the port', () => {
    expect(ask('tcp 10.244.9.7:4000 -> 10.96.0.80:81 from pod', two)).toEqual(['1/1 accept local']);
  });

  test('meet INPUT with their own destination, and OUTPUT with that of the real server, and no FORWARD', () => {
    const filter = (rule: string) => ({
      name: 'rules',
      text: `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n${rule}\nCOMMIT\n${fixture('node.save').text}`,
    });
    const sets = fixture('sets.save');
    expect(ask(fromPod, two, sets, filter('-A INPUT -d 10.96.0.80/32 -j DROP'))).toEqual(['1/1 drop none']);
    expect(ask(fromPod, two, sets, filter('-A INPUT -d 10.244.9.5/32 -j DROP'))).toHaveLength(2);
    expect(ask(fromPod, two, sets, filter('-A OUTPUT -d 10.244.9.5/32 -j DROP'))).toEqual([
      '1/2 drop none',
      '1/2 accept uplink 10.244.8.6:8080',
    ]);
  });
});

describe('what is not sure is open', () => {
  const real = (flags: string) => `-a -t 10.96.0.80:80 -r 10.244.9.5:8080 ${flags}\n`;
  const server = (scheduler: string, ...lines: string[]) =>
    `-A -t 10.96.0.80:80 -s ${scheduler}\n${lines.join('')}`;
  const other = '-a -t 10.96.0.80:80 -r 10.244.8.6:8080 -m -w 1\n';

  test.each<readonly [string, string, readonly string[]]>([
    ['the least connections', server('lc', real('-m -w 1'), other), ['1/1 unknown none']],
    ['a hash of the source', server('sh', real('-m -w 1'), other), ['1/1 unknown none']],
    ['direct routing', server('rr', real('-g -w 1')), ['1/1 unknown none']],
    ['a tunnel', server('rr', real('-i -w 1')), ['1/1 unknown none']],
    [
      'one server alone, whatever the scheduler',
      server('lc', real('-m -w 1')),
      ['1/1 accept pod 10.244.9.5:8080'],
    ],
    ['no weight', server('rr', real('-m -w 0'), other), ['1/1 accept uplink 10.244.8.6:8080']],
    [
      'weights',
      server('wrr', real('-m -w 3'), other),
      ['3/4 accept pod 10.244.9.5:8080', '1/4 accept uplink 10.244.8.6:8080'],
    ],
  ])('%s', (_, servers, expected) => {
    expect(ask(fromPod, servers)).toEqual(expected);
  });

  test('a later packet of a flow', async () => {
    const { out } = await kubenat(
      ['trace', '--rules', pathOf('fixtures/ipvs/node.save'), '--host', 'h', '--connection', fromPod].concat(
        ['sets.save', 'servers.save'].flatMap((name) => ['--sets', pathOf(`fixtures/ipvs/${name}`)]),
      ),
      { h: network.text },
    );
    expect(out).toMatch(/SYN-ACK .*unknown/);
  });
});

describe('texts', () => {
  const read = (text: string) => {
    const problems: Problem[] = [];
    return { servers: readVirtualServers({ name: 'in', text }, problems), problems };
  };

  test('ipvsadm -Ln says what ipvsadm -Sn says', () => {
    expect(read(fixture('servers.list').text)).toEqual(read(two));
    expect(read(two).servers?.byKey.size).toBe(3);
  });

  test('ipset list says what ipset save says', () => {
    expect(readSets([fixture('sets.list')])).toEqual(readSets([fixture('sets.save')]));
  });

  test('all of it may stand in one text', () => {
    const text = `${fixture('sets.list').text}\n${two}`;
    const state = readNodeState([{ name: 'in', text }]);
    expect(state.sets?.size).toBe(3);
    expect(state.servers?.byKey.size).toBe(3);
  });

  test('addresses of IPv6, and servers by mark', () => {
    const { servers, problems } = read(
      '-A -t [fd00:10:96::1]:443 -s rr\n-a -t [fd00:10:96::1]:443 -r [fd00::5]:6443 -m -w 1\n-A -f 7 -s rr\n-a -f 7 -r 10.0.0.1:80 -m -w 1\n',
    );
    expect(problems).toEqual([]);
    expect([...(servers?.byKey.values() ?? [])].map(({ servers: own }) => own.length)).toEqual([1]);
    expect(servers?.byMark).toBe(true);
  });

  test.each([
    '-A -t 10.96.0.1:99999 -s rr',
    '-a -t 10.96.0.1:80 -r 10.0.0.1:80 -m',
    '-A -t kubernetes:https -s rr',
  ])('refused with its place: %s', (line) => {
    expect(() => readNodeState([{ name: 'in', text: `\n${line}\n` }])).toThrow(
      /^in:2:1: error\[set-syntax\]/,
    );
  });
});

describe('the same rules as nft lists them, which does not tell the sets', () => {
  const files = {
    'node.nft': fixture('node.nft').text,
    'other.nft': fixture('node.nft').text.replace('10.244.0.0/16', '10.245.0.0/16'),
    host: '{"addresses": ["192.168.1.11/24"], "podCIDR": "10.244.9.0/24"}',
  };

  test.each([
    ['a service', 'tcp 10.244.9.7:4000 -> 10.96.0.80:80'],
    ['a node port', 'tcp 203.0.113.9:4000 -> 192.168.1.11:30080'],
    ['an address that no service may have', 'tcp 203.0.113.9:4000 -> 10.244.9.5:8080'],
  ])('what becomes of a packet to %s is not known', async (_what, packet) => {
    const given = ['--rules', 'node.nft', '--host', 'host', '--packet', packet, '--format', 'json'];
    const { out } = await kubenat(['trace', ...given], files);
    expect(JSON.parse(out)).toMatchObject({
      results: [{ outcomes: [{ verdict: 'unknown', weight: '1/1' }] }],
    });
  });

  test('the mode is told, and rules of which nft does not tell what they ask are not called the same', async () => {
    const { status, out } = await kubenat(['check', 'node.nft'], files);
    expect(status).toBe(0);
    expect(out).toContain("rules of kube-proxy's ipvs mode, which lead to sets and to IPVS");
    const { err } = await kubenat(['diff', 'node.nft', 'other.nft'], files);
    expect(err).toMatch(/note\[proxy-mode\]: node\.nft: .*nft does not tell the sets, iptables-save does/);
  });
});
