import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';

const folder = join(import.meta.dirname, '../../fixtures/logs');
const dump = readFileSync(join(folder, 'node.save'), 'utf8');

interface Answer {
  readonly results: readonly {
    readonly lines: readonly number[];
    readonly by: string;
    readonly agrees: boolean;
    readonly parting: Readonly<Record<string, unknown>> | null;
    readonly ways: readonly {
      readonly taken: readonly string[];
      readonly packet: string;
      readonly at: Readonly<Record<string, unknown>> | null;
      readonly next: readonly Readonly<Record<string, unknown>>[];
      readonly outcome: Readonly<Record<string, unknown>> | null;
    }[];
  }[];
  readonly entries: readonly Readonly<Record<string, unknown>>[];
  readonly passed: Readonly<Record<string, readonly number[]>>;
}

async function run(log: string, rules: string, ...more: readonly string[]) {
  const args = ['trace', '--log', 'LOG', '--rules', 'RULES', '--host', join(folder, 'host.yaml'), ...more];
  return kubenat(args, { LOG: log, RULES: rules });
}

async function ask(log: string, rules = dump): Promise<Answer> {
  const { status, out, err } = await run(log, rules, '--format', 'json');
  expect(status, err).toBe(0);
  return JSON.parse(out);
}

const recorded = (name: string) => readFileSync(join(folder, name), 'utf8');

const masqueraded = {
  verdict: 'accept',
  dnat: '10.244.1.5:8080',
  src: '10.244.1.1',
  masqueraded: true,
  delivered: 'pod',
};

describe('what a kernel wrote while the rules were those of the dump', () => {
  test.each(['trace-legacy.log', 'xtables-monitor.txt', 'nft-monitor.txt'])(
    '%s: every packet is found in the rules, and no line contradicts them',
    async (name) => {
      const { results } = await ask(recorded(name));
      expect(results.map(({ agrees }) => agrees)).toEqual(results.map(() => true));
      expect(results[0]).toMatchObject({
        by: 'trace',
        ways: [
          {
            taken: ['first'],
            at: { table: 'nat', chain: 'KUBE-POSTROUTING', rule: 3 },
            outcome: masqueraded,
          },
        ],
      });
      // ACK, data, ACK and FIN of the same connection, whose translation the first packet told.
      for (const { ways } of results.slice(1, 5))
        expect(ways).toMatchObject([
          { taken: ['later'], at: { table: 'filter', chain: 'KUBE-FORWARD', rule: 3 }, outcome: masqueraded },
        ]);
    },
  );

  test('a limit that held is no open question, and LOG beside TRACE is the same rule', async () => {
    const { results } = await ask(recorded('trace-legacy.log'));
    expect(results[8]).toMatchObject({
      ways: [{ at: { chain: 'SITE', rule: 4 }, outcome: { verdict: 'drop', weight: '1/1' } }],
    });
    expect(results[6]).toMatchObject({ ways: [{ packet: expect.stringMatching(/^udp /), next: [] }] });
    expect(results[7]).toMatchObject({
      ways: [{ taken: ['related'], outcome: { verdict: 'accept', src: null } }],
    });
  });

  test('a line of LOG alone stands after nat, and what comes next is told', async () => {
    const { results } = await ask(recorded('log.txt'));
    expect(results).toMatchObject([{ by: 'log', agrees: true, translatedBefore: true }]);
    expect(results[0]?.ways[0]).toMatchObject({
      at: { table: 'filter', chain: 'SITE', rule: 3 },
      next: [{ table: 'filter', chain: 'SITE', rule: 4 }],
      outcome: { verdict: 'drop' },
    });
  });

  test('packets that tcpdump saw come in are followed from there, those that went out are not', async () => {
    const { results, passed } = await ask(recorded('tcpdump-any.txt'));
    expect(results[0]).toMatchObject({
      by: 'tcpdump',
      ways: [{ packet: 'tcp 192.168.0.1:56472 -> 10.96.0.80:80 from eth0', outcome: masqueraded }],
    });
    // The answer, back to the port that masquerading chose.
    expect(results[1]?.ways).toMatchObject([
      { taken: ['answer'], outcome: { verdict: 'accept', dnat: '192.168.0.1:56472', src: '10.96.0.80' } },
    ]);
    expect(passed.left?.length).toBeGreaterThan(10);
  });

  test('with -v a packet takes two lines', async () => {
    const { results } = await ask(recorded('tcpdump-v.txt'));
    expect(results.map(({ lines }) => lines.length)).toEqual(results.map(() => 1));
    expect(results[0]?.ways[0]?.packet).toMatch(/^tcp 10\.244\.1\.1:39933 -> 10\.244\.1\.5:8080/);
  });

  test.each(['conntrack.txt', 'conntrack-events.txt', 'nf_conntrack.txt'])(
    '%s: entries as the rules make them',
    async (name) => {
      const { results, entries } = await ask(recorded(name));
      expect(results).toEqual([]);
      expect(entries).toMatchObject([
        {
          state: 'TIME_WAIT',
          answered: true,
          to: '10.244.1.5:8080',
          as: '10.244.1.1',
          agrees: true,
          next: null,
        },
        {
          state: null,
          to: null,
          agrees: true,
          next: { answer: [{ verdict: 'accept', delivered: 'uplink' }] },
        },
      ]);
    },
  );
});

describe('where log and rules part', () => {
  test('a rule that the dump has no more', async () => {
    const without = dump.replace(/^-A SITE -d 10\.244\.0\.0\/16 -p udp -j ACCEPT\n/m, '');
    const { results } = await ask(recorded('trace-legacy.log'), without);
    // Rule 2, which it matched, is LOG now: what the log has after that does not follow.
    expect(results[6]).toMatchObject({
      agrees: false,
      parting: { kind: 'other', chain: 'POSTROUTING', rule: 1, instead: { chain: 'SITE', rule: 3 } },
    });
    expect(results[0]?.agrees).toBe(true);
  });

  test('a chain of another length, by the number of its end', async () => {
    const longer = dump.replace(
      /^(-A KUBE-SERVICES .*\n)/m,
      '$1-A KUBE-SERVICES -d 10.96.0.81/32 -j ACCEPT\n',
    );
    const { results } = await ask(recorded('trace-legacy.log'), longer);
    expect(results[6]).toMatchObject({
      parting: { kind: 'length', chain: 'KUBE-SERVICES', logged: 1, rules: 2 },
    });
  });

  test('an entry that leads where no rule leads any more', async () => {
    const moved = dump.replaceAll('10.244.1.5', '10.244.1.6');
    const entry =
      'udp 17 25 src=192.168.0.1 dst=10.96.0.80 sport=4000 dport=80 src=10.244.1.9 dst=192.168.0.1 sport=8080 dport=4000 [ASSURED] mark=0 use=1';
    const { entries } = await ask(entry, moved);
    expect(entries).toMatchObject([
      {
        to: '10.244.1.9:8080',
        agrees: false,
        next: { request: [{ dnat: '10.244.1.9:8080' }], answer: [{ src: '10.96.0.80' }] },
      },
    ]);
  });

  // A line of TRACE stands before what its rule does; those of xtables-monitor name the verdict, too.
  test.each([
    [
      'trace-legacy.log',
      'TRACE: nat:KUBE-MARK-MASQ:return:2',
      ' MARK=0x4000',
      ' MARK=0x8000',
      0,
      { kind: 'mark', logged: 0x8000, own: 0x4000 },
    ],
    [
      'trace-legacy.log',
      'TRACE: filter:FORWARD:rule:1',
      'DST=10.244.1.5',
      'DST=10.244.1.6',
      0,
      { kind: 'destination', logged: '10.244.1.6:8080', own: '10.244.1.5:8080' },
    ],
    [
      'xtables-monitor.txt',
      'KUBE-SEP-XQWD6PXGZUTOOIVQ:rule:0x12:ACCEPT',
      'ACCEPT',
      'DROP',
      0,
      { kind: 'verdict', logged: 'drop', own: 'accept' },
    ],
    [
      'xtables-monitor.txt',
      'raw:PREROUTING:policy:ACCEPT',
      'policy:ACCEPT',
      'policy:DROP',
      0,
      { kind: 'policy', logged: 'drop', own: 'accept' },
    ],
    [
      'nft-monitor.txt',
      'ip nat KUBE-SERVICES rule',
      'tcp dport 80',
      'tcp dport 81',
      0,
      { kind: 'missing', chain: 'KUBE-SERVICES' },
    ],
    [
      'nft-monitor.txt',
      'ip filter SITE rule ip daddr 10.244.0.0/16',
      '10.244.0.0/16',
      '10.245.0.0/16',
      5,
      { kind: 'missing', chain: 'SITE' },
    ],
  ] as const)('%s: %s, with %s altered to %s', async (file, line, from, to, packet, parting) => {
    const text = recorded(file);
    const at = text.indexOf(line);
    const place = text.indexOf(from, at);
    expect(at !== -1 && place !== -1 && !text.slice(at, place).includes('\n')).toBe(true);
    const { results } = await ask(text.slice(0, place) + to + text.slice(place + from.length));
    expect(results[packet]).toMatchObject({ agrees: false, parting });
  });

  test('a policy that the packet comes to, where by the rules another rule takes it before', async () => {
    const early = dump.replace('-A FORWARD -j SITE\n', '-A FORWARD -j SITE\n-A FORWARD -p udp -j ACCEPT\n');
    const log = recorded('trace-legacy.log');
    const line = log.split('\n').find((one) => one.includes('PROTO=UDP')) ?? '';
    const policy = line.replace(/TRACE: \S+/, 'TRACE: filter:FORWARD:policy:4');
    const { results } = await ask(`${line}\n${policy.replace('OUT= ', 'OUT=cni0 ')}\n`, early);
    expect(results[0]).toMatchObject({ agrees: false, parting: { kind: 'end', chain: 'FORWARD' } });
  });

  test('people read the place first', async () => {
    const without = dump.replace('"pods-only-http: "', '"other: "');
    const { out } = await run(recorded('log.txt'), without);
    expect(out.split('\n').slice(0, 2)).toEqual([
      'line 1: icmp 192.168.0.1 -> 10.244.1.5 from eth0 (LOG "pods-only-http: ")',
      '  Log and rules part at line 1: no rule on this packet\'s way logs with the prefix "pods-only-http: ".',
    ]);
  });
});

describe('lines that say too little', () => {
  test('a later packet of which nobody saw how its flow is translated', async () => {
    const line =
      '[ 1.5] TRACE: raw:PREROUTING:policy:4 IN=eth0 OUT= MAC=00 SRC=192.168.0.1 DST=10.96.0.80 LEN=52 TOS=0x00 PREC=0x00 TTL=64 ID=7 DF PROTO=TCP SPT=4000 DPT=80 SEQ=5 ACK=6 WINDOW=63 RES=0x00 ACK PSH URGP=0';
    const { results } = await ask(line);
    const known = results[0]?.ways.find(({ taken }) => taken.includes('later'));
    expect(known).toMatchObject({ outcome: null });
  });

  test('names, other families, events of an end, and flags that are not shown', async () => {
    const lines = [
      '09:00:00.0 IP client.example.4000 > 10.96.0.80.80: Flags [S], seq 1',
      '09:00:00.0 IP 192.168.0.1.4000 > 10.96.0.80.80: tcp 0',
      '09:00:00.0 IP6 fd00::1.4000 > fd00::2.80: Flags [S], seq 1',
      '[DESTROY] udp 17 src=192.168.0.1 dst=10.96.0.80 sport=1 dport=2 src=10.96.0.80 dst=192.168.0.1 sport=2 dport=1',
      'udp 17 9 src=192.168.0.1 dst=10.96.0.80 sport=1 dport=2 src=10.96.0.80 dst=192.168.0.1 sport=2 dport=1 zone=3',
      '09:00:00.0 IP 192.168.0.1.4000 > 10.244.1.5.53: 7+ A? example.org. (29)',
    ];
    const { results, passed } = await ask(lines.join('\n'));
    expect(passed).toEqual({
      names: [1],
      'flags-unknown': [2],
      'other-family': [3],
      destroyed: [4],
      zone: [5],
    });
    expect(results[0]?.ways[0]?.packet).toBe('udp 192.168.0.1:4000 -> 10.244.1.5:53');
  });

  test('beside a log no other packet is asked for', async () => {
    const { status, err } = await run(
      recorded('log.txt'),
      dump,
      '--packet',
      'tcp 192.0.2.1:1 -> 192.0.2.2:80',
    );
    expect(status).toBe(2);
    expect(err).toContain('--packet and --log do not go together');
  });

  test('a file without any of these is refused', async () => {
    const { status, out, err } = await run('nothing\n', dump);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('error[log-syntax]');
  });
});

describe('a log of the other family', () => {
  const line =
    'FW IN=eth0 OUT=cni0 SRC=2001:0db8:0113::0009 DST=fd00:0010:0180::0005 LEN=80 TC=0 HOPLIMIT=63 FLOWLBL=0 PROTO=TCP SPT=1000 DPT=80 WINDOW=64240 RES=0x00 SYN URGP=0';
  const rules =
    '*filter\n-A FORWARD -p tcp -m tcp --dport 80 -j LOG --log-prefix "FW "\n-A FORWARD -p tcp -m tcp --dport 80 -j DROP\nCOMMIT\n';
  const host = '{"addresses": ["fd00:192::2/64"], "podCIDR": "fd00:10:180::/64"}';
  const follow = async (...more: readonly string[]) => {
    const files = { LOG: line, RULES: rules, HOST: host };
    const { status, out, err } = await kubenat(
      ['trace', '--log', 'LOG', '--rules', 'RULES', '--format', 'json', ...more],
      files,
    );
    expect(status, err).toBe(0);
    return (JSON.parse(out) as Answer).results;
  };

  test('is read without --family, where the rules would be the same in either', async () => {
    expect(await follow('--host', 'HOST')).toMatchObject([
      {
        agrees: true,
        ways: [{ at: { table: 'filter', chain: 'FORWARD', rule: 1 }, outcome: { verdict: 'drop' } }],
      },
    ]);
  });

  test('does not part from rules of which nobody knows whether the packet meets them', async () => {
    expect(await follow()).toMatchObject([
      { agrees: true, ways: [{ at: null, outcome: { verdict: 'unknown' } }] },
    ]);
  });
});

describe('what a kernel wrote of rules of nft', () => {
  const ruleset = recorded('native.nft');
  const host = ['--host', join(folder, 'native-host.yaml')];
  const follow = async (log: string, rules = ruleset): Promise<Answer> => {
    const args = ['trace', '--log', 'LOG', '--rules', 'RULES', ...host, '--format', 'json'];
    const { status, out, err } = await kubenat(args, { LOG: log, RULES: rules });
    expect(status, err).toBe(0);
    return JSON.parse(out);
  };
  const told = ({ results }: Answer) =>
    results.map(({ agrees, ways }) =>
      [
        agrees,
        ways[0]?.taken[0],
        `${ways[0]?.at?.chain} ${ways[0]?.at?.rule}`,
        ways[0]?.outcome?.verdict,
        ways[0]?.outcome?.dnat ?? null,
      ].join(' '),
    );
  // What became of each on the wires: verdict, and destination after DNAT.
  const fates = [
    'accept 10.180.0.5:8080',
    'accept 10.180.0.5:53',
    'reject ',
    'accept 10.180.0.6:8080',
    'drop ',
    'drop ',
  ];

  test('every packet is found in the rules, and chance has chosen what later lines show', async () => {
    const answer = await follow(recorded('native-monitor.txt'));
    const found = told(answer);
    expect(found.filter((one) => !one.startsWith('true'))).toEqual([]);
    expect(found).toHaveLength(9);
    expect([0, 1, 2, 4, 5, 6].map((index) => found[index])).toEqual(
      ['masquerading 1', 'nat-postrouting 1', 'forward 6', 'nat-postrouting 1', 'input 1', 'forward 3'].map(
        (place, index) => `true first ${place} ${fates[index]}`,
      ),
    );
    // The answer, which nat translates back, and a packet of the node's own.
    expect(found[7]).toBe('true answer forward 1 accept ');
    expect(found[8]).toBe('true first nat-postrouting 1 accept 10.180.0.5:53');
    expect(answer.results.map(({ ways }) => ways.length)).toEqual([1, 1, 1, 2, 1, 1, 1, 1, 1]);
  });

  test('lines of log are of one packet, whether they show its numbers or not', async () => {
    const answer = await follow(recorded('native-log.txt'));
    expect(answer.results.map(({ lines }) => lines.length)).toEqual([2, 2, 2, 2, 2, 2]);
    const found = told(answer);
    expect(found[0]).toBe(`true first forward 3 ${fates[0]}`);
    // A limit may hold or not.
    expect(found[1]).toBe('true first forward 3 unknown ');
    expect(found[4]).toBe('true first input 1 drop ');
  });

  test('a line that stands after nat may show a mark that was set before, and then no more is known', async () => {
    const [line] = recorded('native-log.txt').split('\n').slice(1);
    const { results } = await follow(`${line}\n`);
    expect(results).toMatchObject([
      { agrees: true, translatedBefore: true, ways: [{ at: { chain: 'forward', rule: 3 }, outcome: null }] },
    ]);
  });

  test('rules that were changed since part from the log', async () => {
    const gone = ruleset.replace(/\n\t\tudp dport 53 reject/, '');
    const { results } = await follow(monitor, gone);
    expect(results.map(({ agrees }) => agrees)).toEqual(results.map((_one, index) => index !== 2));
    expect(results[2]?.parting).toMatchObject({
      kind: 'missing',
      table: 'ip kube',
      chain: 'forward',
      rules: 5,
    });
    // Counters go on, which is no change.
    const counted = ruleset.replace('tcp dport 22 log', 'tcp dport 22 counter packets 7 bytes 420 log');
    const before = monitor.replace('tcp dport 22 log', 'tcp dport 22 counter packets 1 bytes 60 log');
    expect((await follow(before, counted)).results.map(({ agrees }) => agrees)).not.toContain(false);
  });

  const monitor = recorded('native-monitor.txt');
  const altered = (text: string, from: string, to: string) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  };

  test.each([
    // Every field that a line tells and the rules answer: rule, verdict, policy, mark, and where the packet goes.
    [
      'another port of a rule that is spelled otherwise',
      'tcp dport 8080 accept (verdict accept)',
      'tcp dport 9090 accept (verdict accept)',
      { kind: 'missing', chain: 'forward', rules: 6 },
    ],
    [
      'a rule of the chain that the packet does not match',
      'tcp dport 8080 accept (verdict accept)',
      'ct state invalid drop (verdict drop)',
      { kind: 'other', chain: 'forward', instead: { rule: 4 } },
    ],
    [
      'another verdict',
      'tcp dport 8080 accept (verdict accept)',
      'tcp dport 8080 accept (verdict drop)',
      { kind: 'verdict', chain: 'forward', logged: 'drop', own: 'accept' },
    ],
    [
      'another chain of a map',
      'vmap @service-ips (verdict goto service-web)',
      'vmap @service-ips (verdict goto service-dns)',
      { kind: 'verdict', chain: 'services', logged: 'goto service-dns', own: 'goto service-web' },
    ],
    [
      'another policy',
      'ip kube tracing policy accept',
      'ip kube tracing policy drop',
      { kind: 'policy', chain: 'tracing', logged: 'drop', own: 'accept' },
    ],
    [
      'an end that the packet does not come to',
      'ip kube forward rule tcp dport 8080 accept (verdict accept)',
      'ip kube forward policy drop ',
      { kind: 'end', chain: 'forward', instead: { rule: 4 } },
    ],
    [
      'another mark',
      'policy accept meta mark 0x00004000 ',
      'policy accept meta mark 0x00008000 ',
      { kind: 'mark', chain: 'd1', logged: 0x8000, own: 0x4000 },
    ],
    [
      'no mark',
      'policy accept meta mark 0x00004000 ',
      'policy accept ',
      { kind: 'mark', chain: 'd1', logged: 0, own: 0x4000 },
    ],
    [
      'another destination behind the translation',
      'iif "eth0" oif "cni0" ether saddr 02:00:00:00:00:02 ether daddr 02:00:00:00:00:01 ip saddr 203.0.113.9 ip daddr 10.180.0.5 ',
      'iif "eth0" oif "cni0" ether saddr 02:00:00:00:00:02 ether daddr 02:00:00:00:00:01 ip saddr 203.0.113.9 ip daddr 10.180.0.7 ',
      { kind: 'destination', chain: 'forward', logged: '10.180.0.7:8080' },
    ],
  ])('a line tells of %s', async (_what, from, to, parting) => {
    const first = monitor.split('\n').filter((line) => line.startsWith('trace id e1443a6b'));
    const { results } = await follow(altered(first.join('\n'), from, to));
    expect(results).toMatchObject([{ agrees: false, parting }]);
  });

  test('what comes next never lies before the end of a chain that the log has told of', async () => {
    const lines = monitor.split('\n').filter((line) => line.startsWith('trace id e1443a6b ip observer d1'));
    const { results } = await follow(lines.slice(0, 3).join('\n'));
    expect(results[0]?.ways[0]?.next.map(({ chain }) => chain)).not.toContain('services');
  });

  test('another version of nft spells the same rules otherwise, and shows what connection tracking takes a packet for', async () => {
    const spelled = altered(
      altered(monitor, 'meta mark set meta mark | 0x00004000', 'meta mark set mark or 0x4000'),
      'tcp dport 8080 accept (verdict accept)',
      'tcp dport 8080 accept # handle 12 (verdict accept)',
    );
    const state =
      'trace id e1443a6b ip kube nat-prerouting conntrack: ct direction original ct state new ct id 7\n';
    const at = spelled.indexOf('trace id e1443a6b ip kube nat-prerouting rule');
    const { results, passed } = await follow(spelled.slice(0, at) + state + spelled.slice(at));
    expect(results.map(({ agrees }) => agrees)).not.toContain(false);
    expect(passed).toEqual({});
    expect(results[0]?.ways.map(({ taken }) => taken)).toEqual([['first']]);
  });

  test('lines of a trace that tell no place, or of no packet, are told', async () => {
    const lines = [
      'trace id e1443a6b ip kube forward rule tcp dport 80',
      'trace id e1443a6b ip kube forward policy perhaps',
      'trace id e1443a6b',
      'trace id 00000001 ip kube forward policy accept ',
    ];
    const { passed } = await follow(`${monitor}\n${lines.join('\n')}\n`);
    const last = monitor.split('\n').length;
    expect(passed).toEqual({ 'no-place': [last + 1, last + 2, last + 3], 'no-packet': [last + 4] });
  });

  test('a rule that logs before it is known to match contradicts nothing', async () => {
    const early = ruleset.replace(
      'tcp dport 22 log prefix "SSH: " drop',
      'log prefix "SSH: " tcp dport 23 drop',
    );
    const { results } = await follow(recorded('native-log.txt'), early);
    expect(results.map(({ agrees }) => agrees)).not.toContain(false);
    const other = ruleset.replace('"SSH: "', '"TELNET: "');
    const { results: parted } = await follow(recorded('native-log.txt'), other);
    expect(parted[4]?.parting).toMatchObject({ kind: 'no-log', prefix: 'SSH: ' });
  });

  test('entries of connection tracking are held against them, too', async () => {
    const { entries } = await follow(recorded('native-conntrack.txt'));
    expect(entries.map(({ to, agrees }) => [to, agrees])).toEqual([
      ['10.180.0.5:53', null],
      ['10.180.0.5:53', true],
      ['10.180.0.6:8080', true],
      ['10.180.0.5:8080', true],
    ]);
  });
});
