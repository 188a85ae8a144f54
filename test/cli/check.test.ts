import { describe, expect, test } from 'vitest';
import { severities } from '../../src/lint/finding.ts';
import { cases, readCase } from '../cases.ts';
import { kubenat } from './harness.ts';

const filter = (...lines: string[]) =>
  `*filter\n:FORWARD ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`;
const nat = (...lines: string[]) =>
  `*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`;

/** A dump for each kind of finding, and where it must be. */
const examples: Readonly<Record<string, { readonly dump: string; readonly at: RegExp }>> = {
  'cut-off': {
    dump: nat(
      ':KUBE-SERVICES - [0:0]',
      ':KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]',
      ':KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      '-A OUTPUT -j KUBE-SERVICES',
      '-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "a/b:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA',
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-SEP-AAAAAAAAAAAAAAAA',
      '-A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m tcp -j DNAT --to-destination 10.244.1.5:8080',
    ),
    at: /^dump:9: cut-off: nat KUBE-SERVICES 1: a\/b:http at 10\.96\.0\.1:80 from pods of this node: cut off: no rule gives/m,
  },
  repeated: {
    dump: filter('-A INPUT -j LOG', '-A INPUT -j LOG'),
    at: /^dump:5: repeated: filter INPUT 2: the same as rule 1/m,
  },
  shadowed: {
    dump: filter(
      '-A INPUT -s 10.0.0.0/8 -p tcp -j ACCEPT',
      '-A INPUT -s 10.1.0.0/16 -p tcp -m tcp --dport 80 -j DROP',
    ),
    at: /^dump:5: shadowed: filter INPUT 2/m,
  },
  unreachable: { dump: filter(':MINE - [0:0]', '-A MINE -j DROP'), at: /unreachable: filter MINE/ },
  'stale-service': {
    dump: nat(
      ':KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]',
      '-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "a/b:http" -j RETURN',
    ),
    at: /stale-service: nat KUBE-SVC\[a\/b:http\]: nothing leads to KUBE-SVC-AAAAAAAAAAAAAAAA \(a\/b:http\)/,
  },
  'empty-jump': {
    dump: filter(':MINE - [0:0]', '-A INPUT -j MINE'),
    at: /^dump:5: empty-jump: filter INPUT 1/m,
  },
  'service-rejects': {
    dump: filter('-A INPUT -d 10.96.0.1/32 -m comment --comment "a/b:http has no endpoints" -j REJECT'),
    at: /^dump:4: service-rejects: filter INPUT 1: a\/b:http has no endpoints/m,
  },
  'masquerade-missing': {
    dump: nat(
      ':KUBE-MARK-MASQ - [0:0]',
      '-A PREROUTING -d 10.96.0.1/32 -j KUBE-MARK-MASQ',
      '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    ),
    at: /masquerade-missing: nat KUBE-MARK-MASQ/,
  },
  'too-many-rules': {
    dump: filter(
      ...Array.from({ length: 10_100 }, (_, at) => `-A INPUT -s 10.${at >> 8}.${at & 255}.0/24 -j ACCEPT`),
    ),
    at: /too-many-rules: filter FORWARD: there are too many rules to find all/,
  },
  'forward-policy': {
    dump: `${filter('-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT').replace('FORWARD ACCEPT', 'FORWARD DROP')}${nat(':KUBE-SERVICES - [0:0]', '-A PREROUTING -j KUBE-SERVICES')}`,
    at: /forward-policy: filter FORWARD/,
  },
};

describe('kubenat check', () => {
  test('every kind has its example', () => {
    expect(Object.keys(examples).sort()).toEqual(Object.keys(severities).sort());
  });

  test.each(Object.entries(examples))('%s', { timeout: 60_000 }, async (kind, { dump, at }) => {
    const { status, out } = await kubenat(['check', 'dump'], { dump });
    expect(out).toMatch(at);
    expect(status).toBe(1);
    const json = JSON.parse((await kubenat(['check', 'dump', '--format', 'json'], { dump })).out);
    expect(json.findings.map((finding: { code: string }) => finding.code)).toEqual([kind]);
  });

  const innocent = [
    // What comes first must take all: a port less, another protocol, another source, or a chance.
    ['-A INPUT -p tcp -m tcp --dport 1:65535 -j ACCEPT', '-A INPUT -p tcp -j DROP'],
    ['-A INPUT -p udp -j ACCEPT', '-A INPUT -p tcp -j DROP'],
    ['-A INPUT -s 10.1.0.0/16 -j ACCEPT', '-A INPUT -s 10.0.0.0/8 -j DROP'],
    ['-A INPUT -m statistic --mode random --probability 0.5 -j ACCEPT', '-A INPUT -j DROP'],
    ['-A INPUT -m mark --mark 0x1 -j ACCEPT', '-A INPUT -m mark --mark 0x1 -j DROP'],
    ['-A INPUT -p tcp -m tcp --tcp-flags SYN SYN -j ACCEPT', '-A INPUT -p tcp -j DROP'],
    ['-A INPUT -s 10.0.0.0/8 -j LOG', '-A INPUT -s 10.0.0.0/8 -j DROP'],
  ];
  test.each(innocent)('%s, then %s', async (...rules) => {
    expect((await kubenat(['check', 'dump'], { dump: filter(...rules) })).status).toBe(0);
  });

  test('nothing but services without endpoints is found in what kube-proxy makes', async () => {
    for (const one of cases) {
      const files = { dump: readCase(one, 'iptables.save') };
      const { out } = await kubenat(['check', '--family', one.family, '--format', 'json', 'dump'], files);
      const kinds = new Set(JSON.parse(out).findings.map(({ code }: { code: string }) => code));
      expect([one.id, [...kinds].filter((kind) => kind !== 'service-rejects')]).toEqual([one.id, []]);
    }
  });

  test('chains of others are named', async () => {
    const dump = filter(
      ':DOCKER - [0:0]',
      ':cali-FORWARD - [0:0]',
      '-A FORWARD -j DOCKER',
      '-A FORWARD -j cali-FORWARD',
      '-A DOCKER -j RETURN',
      '-A cali-FORWARD -j RETURN',
    );
    expect((await kubenat(['check', 'dump'], { dump })).out).toMatch(/1 of Docker, 1 of Calico/);
  });
});
