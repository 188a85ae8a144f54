import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const folder = join(import.meta.dirname, '../../fixtures/connections');

async function trace(name: string, rules: string, ...args: readonly string[]): Promise<string> {
  const at = join(folder, name);
  const { status, out, err } = await kubenat([
    'trace',
    '--rules',
    join(at, rules),
    '--host',
    join(at, 'host.yaml'),
    ...args,
  ]);
  expect(status, err).toBe(0);
  return out;
}

interface Answer {
  readonly results: readonly {
    readonly outcomes: readonly {
      readonly verdict: string;
      readonly weight: string;
      readonly at: Readonly<Record<string, unknown>> | null;
      readonly steps: readonly { readonly step: string; readonly verdict: string }[];
    }[];
  }[];
}

/** What becomes of a connection, as JSON tells it. */
async function connect(name: string, rules: string, packet: string) {
  const answer: Answer = JSON.parse(await trace(name, rules, '--connection', packet, '--format', 'json'));
  return answer.results[0]?.outcomes ?? [];
}

describe('what becomes of a connection', () => {
  const outside = 'tcp 198.51.100.7:40000 -> 10.20.40.10:80 from external';

  test('the first packet passes, and the policy drops the answer', async () => {
    expect(await connect('reply-dropped', 'node.save', outside)).toMatchObject([
      {
        verdict: 'no-answer',
        weight: '1/1',
        at: { step: 'SYN-ACK', table: 'filter', chain: 'FORWARD', policy: 'DROP' },
      },
    ]);
  });

  test('where the answer is let through, it is established, to its end', async () => {
    const [outcome, ...others] = await connect('reply-dropped', 'fixed.save', outside);
    expect(others).toEqual([]);
    expect(outcome).toMatchObject({ verdict: 'established', at: null });
    expect(outcome?.steps.map(({ step }) => step)).toEqual([
      'SYN',
      'SYN-ACK',
      'ACK',
      'data',
      'data back',
      'FIN',
      'FIN back',
    ]);
  });

  test('a handshake of which the node sees a half hangs', async () => {
    expect(
      await connect(
        'handshake-seen-by-half',
        'node.save',
        'tcp 192.168.0.244:40000 -> 10.244.2.5:80 from external',
      ),
    ).toMatchObject([
      {
        verdict: 'hangs',
        at: { step: 'ACK', table: 'filter', chain: 'KUBE-FORWARD', rule: 1, line: 7 },
        steps: [{ step: 'SYN' }, { step: 'SYN-ACK', verdict: 'not-seen' }, { step: 'ACK', verdict: 'drop' }],
      },
    ]);
  });

  test('what leaves by a wire from 127.0.0.1 is never answered', async () => {
    expect(
      await connect(
        'loopback-source-leaves',
        'node.save',
        'tcp 127.0.0.1:40000 -> 127.0.0.1:32516 from host',
      ),
    ).toMatchObject([
      {
        verdict: 'no-answer',
        dnat: null,
        at: { step: 'SYN', because: expect.stringContaining('martian') },
        steps: [{ step: 'SYN' }],
      },
    ]);
  });

  test('for people, the verdict comes first, with the rule', async () => {
    const lines = (await trace('reply-dropped', 'node.save', '--connection', outside)).split('\n');
    expect(lines[1]).toBe(
      '   100 %  no answer: the client waits until it gives up, with 10.20.1.5:8080, which sees 192.168.0.11',
    );
    expect(lines[2]).toBe('          the SYN-ACK is dropped: the policy of filter FORWARD');
  });
});

describe('what opens no connection', () => {
  const files = {
    'node.save': '*filter\nCOMMIT\n',
    'host.json': '{"addresses": ["10.0.0.1/24"], "podCIDR": "10.0.1.0/24"}',
  };
  const ask = (packet: string) =>
    kubenat(['trace', '--rules', 'node.save', '--host', 'host.json', '--connection', packet], files);

  test.each([
    ['tcp 10.0.0.5:4000 -> 10.0.1.5:80 from external flags ACK', 'a SYN opens one'],
    ['tcp 10.0.0.5:4000 -> 10.0.1.5:80 from external flags SYN,ACK', 'a SYN opens one'],
    ['tcp 10.0.0.5:4000 -> 10.0.1.5:80 from external flags NONE', 'a SYN opens one'],
    ['tcp 10.0.0.5:4000 -> 10.0.1.5:80 from external flags SYN,PSH', 'a SYN opens one'],
    ['tcp 10.0.0.5:4000 -> 10.0.1.5:80 from external state established', 'no state, or new'],
    ['udp 10.0.0.5:4000 -> 10.0.1.5:80 from external state invalid', 'no state, or new'],
    ['icmp 10.0.0.5 -> 10.0.1.5 from external type echo-reply', 'echo-request'],
    ['icmp 10.0.0.5 -> 10.0.1.5 from external type destination-unreachable', 'echo-request'],
  ])('%s is refused', async (packet, expected) => {
    const { status, out, err } = await ask(packet);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain('opens none');
    expect(err).toContain(expected);
  });

  test.each([
    ['tcp 10.0.0.5:4000 -> 10.0.1.5:80 from external flags SYN', 'established'],
    ['udp 10.0.0.5:4000 -> 10.0.1.5:80 from external state new', 'answered'],
    ['icmp 10.0.0.5 -> 10.0.1.5 from external', 'answered'],
  ])('%s is followed: %s', async (packet, verdict) => {
    expect((await ask(packet)).out).toContain(`100 %  ${verdict}, with 10.0.1.5`);
  });
});

// Clients of the live kernel in a pod on a bridge of the node, with what bridge-nf-call-iptables says, of a translated and a plain
// address, from outside too: of what is open, a reset ends it, and an error does not; back into a bridge a reset goes past all rules.
describe('what the node rejects', () => {
  const [translated, plain] = ['tcp 10.0.1.9 -> 10.96.0.1:80', 'tcp 10.0.1.9 -> 10.9.0.2:8080'];
  const forward = (matches: string, how = 'tcp-reset') =>
    `-A FORWARD -p tcp ${matches} -j REJECT --reject-with ${how}`;
  const [opens, open] = ['-i cni0 -m conntrack --ctstate NEW', '-i cni0 -m conntrack --ctstate ESTABLISHED'];
  const eaten = '-A OUTPUT -p tcp -m tcp --tcp-flags RST RST -j DROP\n';
  const cases: readonly (readonly [
    rules: string,
    packet: string,
    bridged: string,
    routed: string,
    open: string,
  ])[] = [
    [forward(opens), translated, 'no-answer', 'refused', 'unknown'],
    [forward(opens), plain, 'refused', 'refused', 'refused'],
    [forward(open), translated, 'hangs', 'reset', 'unknown'],
    [forward(open), plain, 'reset', 'reset', 'reset'],
    [forward('-i cni0 -m tcp --tcp-flags PSH PSH'), translated, 'hangs', 'reset', 'unknown'],
    [forward('-i cni0 -m tcp --tcp-flags PSH PSH'), plain, 'reset', 'reset', 'reset'],
    [forward('-o cni0 -m tcp --tcp-flags PSH PSH'), plain, 'hangs', 'hangs', 'hangs'],
    [forward('-o cni0 -m tcp --tcp-flags SYN SYN'), plain, 'no-answer', 'no-answer', 'no-answer'],
    [forward(open, 'icmp-port-unreachable'), plain, 'hangs', 'hangs', 'hangs'],
    [eaten + forward(opens), plain, 'refused', 'no-answer', 'unknown'],
    [eaten + forward(open), plain, 'reset', 'hangs', 'unknown'],
  ];

  test.each(cases)('%s\n%s: %s, %s, %s', async (filter, packet, ...foretold) => {
    const dnat =
      '-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.9.0.2:8080';
    const rules = `*nat\n${dnat}\nCOMMIT\n*filter\n${filter}\nCOMMIT\n`;
    const verdicts = [1, 0, null].map(async (called) => {
      const sysctls =
        called === null
          ? {}
          : {
              interfaces: [{ name: 'cni0', kind: 'bridge', addresses: ['10.0.1.1/24'] }],
              sysctls: { 'net.bridge.bridge-nf-call-iptables': called },
            };
      const host = JSON.stringify({ addresses: ['10.9.0.1/24'], podCIDR: '10.0.1.0/24', ...sysctls });
      const { out, err } = await kubenat(
        ['trace', '--rules', 'node.save', '--host', 'host.json', '--connection', packet, '--format', 'json'],
        { 'node.save': rules, 'host.json': host },
      );
      expect(out, err).not.toBe('');
      return (JSON.parse(out) as Answer).results[0]?.outcomes.map(({ verdict }) => verdict).join();
    });
    expect(await Promise.all(verdicts)).toEqual(foretold);
  });
});

describe('ICMP errors about its packets', () => {
  const rules = (filter: string) => `*nat
-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.180.0.5:8080
-A PREROUTING -d 10.96.0.1/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.180.0.5:53
-A POSTROUTING -o cni0 -j MASQUERADE --random-fully
COMMIT
*filter
${filter}
COMMIT
`;
  const host =
    '{"addresses": ["192.168.0.2/24"], "podCIDR": "10.180.0.0/24", "clusterCIDR": "10.180.0.0/16"}';
  const follow = async (filter: string, packet: string, ...args: readonly string[]) => {
    const files = { 'node.save': rules(filter), 'host.json': host };
    const asked = ['trace', '--rules', 'node.save', '--host', 'host.json', '--connection', packet, ...args];
    return (await kubenat(asked, files)).out;
  };
  const errorsOf = async (filter: string, packet: string) =>
    JSON.parse(await follow(filter, packet, '--format', 'json')).results[0].outcomes[0].errors;
  const web = 'tcp 203.0.113.9:1000 -> 10.96.0.1:80';

  test('come back through the translation, to either end', async () => {
    expect(await errorsOf('-A FORWARD -m conntrack --ctstate INVALID -j DROP', web)).toMatchObject([
      {
        error: 'too-big',
        about: 'data',
        packet: 'icmp 10.180.0.5 -> 10.180.0.1 from cni0 type 3/4',
        delivered: 'uplink',
        arrives: true,
      },
      {
        error: 'too-big',
        about: 'data back',
        packet: 'icmp 203.0.113.9 -> 10.96.0.1 from eth0 type 3/4',
        delivered: 'pod',
        arrives: true,
      },
    ]);
  });

  test('that are dropped leave a black hole for large packets, and none for who waits at a closed port', async () => {
    const dropping = '-A FORWARD -p icmp -m conntrack --ctstate RELATED -j DROP';
    const out = await follow(dropping, web);
    expect(out).toContain(
      'large packets vanish: the ICMP error (too big) about the data and the data back is dropped: rule 1 of filter FORWARD',
    );
    expect(await errorsOf(dropping, 'udp 203.0.113.9:1000 -> 10.96.0.1:53')).toMatchObject([
      { error: 'port-unreachable', about: 'question', arrives: false, at: { chain: 'FORWARD', rule: 1 } },
      { error: 'too-big', about: 'question', arrives: false },
      { error: 'too-big', about: 'answer', arrives: false },
    ]);
  });

  test('of what the node itself serves there are those on the way of its answers alone', async () => {
    expect(await errorsOf('-A INPUT -j ACCEPT', 'tcp 203.0.113.9:1000 -> 192.168.0.2:22')).toMatchObject([
      { about: 'data back', delivered: 'local', arrives: true },
    ]);
  });

  // On the live kernel, a client that reads to the end has its whole page, and waits on: `cat` was stopped after 5 seconds.
  test.each([
    ['-A FORWARD -p tcp --tcp-flags FIN FIN -j DROP', 'FIN'],
    ['-A FORWARD -p tcp --sport 8080 --tcp-flags FIN FIN -j DROP', 'FIN back'],
  ])('a connection that is never closed is told so: %s', async (filter, step) => {
    const out = await follow(filter, web);
    expect(out).toContain('hangs at its end: data gets through, and its close does not');
    expect(out).toContain(`the ${step} is dropped: rule 1 of filter FORWARD`);
    const { outcomes } = JSON.parse(await follow(filter, web, '--format', 'json')).results[0];
    expect(outcomes).toMatchObject([{ verdict: 'hangs', at: { step, chain: 'FORWARD', rule: 1 } }]);
  });

  test('later packets that go like those before them are told in a line', async () => {
    const lines = (await follow('-A FORWARD -p tcp --tcp-flags PSH PSH -j DROP', web)).split('\n');
    expect(
      lines
        .filter((line) => line.startsWith('    '))
        .map((line) => line.slice(4, 13).trim())
        .slice(1, 4),
    ).toEqual(['SYN', 'SYN-ACK', 'data']);
    expect(lines.find((line) => line.startsWith('    SYN-ACK '))).toMatch(/; ACK likewise$/);
    expect(await follow('-A FORWARD -j ACCEPT', web)).toMatch(
      /^ {4}SYN-ACK .*; ACK, data, data back, FIN, FIN back likewise; ICMP errors about them \(path MTU\) come back$/m,
    );
  });
});

describe('who masked', () => {
  test.each([
    [
      'tcp 198.51.100.7:40000 -> 192.168.0.11:30080 from external',
      'rule 1 of nat KUBE-EXT[default/web] (line 24',
    ],
    ['tcp 10.244.1.9:40000 -> 198.51.100.7:443 from pod', 'rule 2 of nat POSTROUTING (line 23'],
  ])('%s', async (packet, said) => {
    const out = await trace('blamed-mark', 'node.save', '--packet', packet);
    expect(out.split('\n').find((line) => line.includes('does not see'))).toContain(`: ${said}`);
  });
});

test('an answer is told as one, and with its flags', async () => {
  const at = join(folder, 'answer-told-as-request/flows.yaml');
  const out = await trace('answer-told-as-request', 'node.save', '--flows', at);
  const told = out.slice(out.indexOf('2: '));
  expect(told).toContain('flags SYN,ACK');
  expect(told).toContain(
    'It is the answer of a connection that the node knows: 198.51.100.7:40000 sees it come from 10.20.40.10.',
  );
  expect(told).not.toMatch(/does not see|does not come back/);
});

describe('which rules are shown of a way', () => {
  const rules = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A DOCKER-USER -j RETURN
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:IP-MASQ-AGENT - [0:0]
:PORTS - [0:0]
-A PREROUTING -s 10.244.1.9/32 -m comment --comment "leave this pod alone" -j RETURN
-A PREROUTING -j PORTS
-A POSTROUTING -j IP-MASQ-AGENT
-A IP-MASQ-AGENT -d 10.0.0.0/8 -j RETURN
-A IP-MASQ-AGENT -j MASQUERADE
-A PORTS -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.244.2.7:6443
COMMIT
`;
  const host = '{"addresses": ["192.168.10.11/24"], "podCIDR": "10.244.1.0/24", "podIf": "cni0"}';
  const shown = async (packet: string, language: 'en' | 'ko' = 'en') => {
    const args = ['trace', '--rules', 'node.save', '--host', 'host.json', '--packet', packet];
    const { out } = await kubenat(args, { 'node.save': rules, 'host.json': host }, { language });
    return out.split('\n');
  };

  test('a RETURN is, by what it keeps the packet from; one at the end of its chain keeps it from nothing', async () => {
    const lines = await shown('tcp 10.244.1.9:4000 -> 10.96.0.1:443 from pod');
    const first = lines.findIndex((line) => line.startsWith('  The SYN matches:'));
    expect(lines.slice(first, first + 4)).toEqual([
      '  The SYN matches: (and 5 rules that only lead from chain to chain: --all-rules)',
      '    nat PREROUTING: PREROUTING 1 (line 16): -s 10.244.1.9/32 -m comment --comment "leave this pod alone" -j RETURN',
      '    nat POSTROUTING: IP-MASQ-AGENT 1 (line 19): -d 10.0.0.0/8 -j RETURN',
      '  The packets after it match no rule that decides',
    ]);
  });

  test('what no rule decides is said, too', async () => {
    const back = 'tcp 192.168.10.77:4000 -> 10.244.1.9:80 from external flags ACK state established';
    expect(await shown(back)).toContain('  no rule matched that decides');
    expect(await shown(back, 'ko')).toContain('  일치한 규칙 중 결과를 정한 것 없음');
    expect(await shown('tcp 10.244.1.9:4000 -> 10.96.0.1:443 from pod', 'ko')).toContain(
      '  이후 패킷의 결과를 정한 규칙 없음',
    );
  });
});
