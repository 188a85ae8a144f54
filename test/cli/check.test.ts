import { describe, expect, test } from 'vitest';
import { type FindingCode, findingCodes, severities } from '../../src/lint/finding.ts';
import type { FindingExample } from '../../src/report/words/explained/page.ts';
import { findingPages } from '../../src/report/words/explained/pages.ts';
import { cases, readCase } from '../cases.ts';
import { kubenat } from './harness.ts';

const filter = (...lines: string[]) =>
  `*filter\n:FORWARD ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`;
/** Where each example of the catalogue must have its finding. */
const places: Readonly<Record<FindingCode, RegExp>> = {
  'cut-off':
    /^node.save:9: error\[cut-off\]: nat KUBE-SERVICES 1: a\/b:http at 10\.96\.0\.1:80 from pods of this node: cut off: no rule gives/m,
  'errors-lost':
    /^node.save:\d+: warning\[errors-lost\]: filter FORWARD 1: a\/b:http at 10\.96\.0\.1:80 from pods of this node: connections come about, and what is too large .*: ICMP errors \(.*\) are dropped by rule 1 of filter\/FORWARD/m,
  'wrong-endpoint':
    /^node.save:9: error\[wrong-endpoint\]: .*is the chain of 10\.244\.1\.5:8080, and gives packets to 10\.244\.1\.9:8080/m,
  'affinity-lost':
    /^node.save:\d+: warning\[affinity-lost\]: nat KUBE-SVC\[a\/b:http\]: a\/b:http: session affinity is lost: clients of 10\.244\.1\.5:8080/m,
  'uneven-shares':
    /^node.save:\d+: warning\[uneven-shares\]: nat KUBE-SVC\[a\/b:http\]: a\/b:http: .*10\.244\.1\.5:8080 about 33 %, 10\.244\.1\.6:8080 about 22 %, 10\.244\.1\.7:8080 about 44 %$/m,
  'source-lost':
    /^node.save:17: warning\[source-lost\]: nat POSTROUTING 1: .*the endpoint sees 10\.244\.1\.1/m,
  'range-open': /^node.save:16: error\[range-open\]: .*203\.0\.113\.9:80 is open to clients outside/m,
  undecided:
    /^node.save:3: warning\[undecided\]: filter FORWARD 1: .*: the time at which the packet comes is not known$/m,
  'local-elsewhere':
    /^node.save:5: note\[local-elsewhere\]: filter KUBE-SERVICES 1: a\/b:http has no endpoint/m,
  'ports-unrefused':
    /warning\[ports-unrefused\]: ip kube-proxy cluster-ips-check: a\/b:http: .* 10\.96\.0\.1 is/m,
  unrefused:
    /^node.save:10: warning\[unrefused\]: filter KUBE-SERVICES 1: a\/b:http has no endpoints, and what is sent to 10\.96\.0\.1:80 from the node itself does not come to the rule/m,
  'others-dropped':
    /^node.save:6: error\[others-dropped\]: filter KUBE-FORWARD 1: packets from pods of this node that are for no service are dropped here, which kube-proxy lets pass$/m,
  'hairpins-none': /note\[hairpins-none\]: ip kube-proxy @hairpin-connections: no endpoint/m,
  throttled:
    /^node.save:3: warning\[throttled\]: filter FORWARD 1: a\/b:http at 10\.96\.0\.1:80 from pods of this node: rule 1 of filter\/FORWARD counts/m,
  'health-check-closed': /^node.save:6: error\[health-check-closed\]: filter KUBE-NODEPORTS 1: .*port 31234/m,
  'address-lost':
    /^node.nft:\d+: error\[address-lost\]: ip kube-proxy services 1: a service at 10\.96\.0\.9: cut off: /m,
  'ways-left':
    /^node.save:\d+: note\[ways-left\]: .*: a\/b:http at 10\.96\.0\.1:80 from pods of this node: chance leads packets more than 512 ways/m,
  'order-decides':
    /^node.nft:\d+: warning\[order-decides\]: ip mine ports 1: a\/b:http at 10\.96\.0\.1:80 from pods of this node: cut off, if ip kube-proxy\/nat-prerouting and ip mine\/ports /m,
  'drift-order':
    /^node.save:25: warning\[drift-order\]: filter KUBE-FORWARD: kube-proxy would write the rules of this chain in another order: /m,
  'mark-shared': /warning\[mark-shared\]: nat PREROUTING \d: somebody else sets the mark 0x4000 as well/m,
  'mark-clash':
    /^node.save:4: warning\[mark-clash\]: mangle PREROUTING 1: somebody else and Calico both mark packets by 0x10000: /m,
  'mark-unset':
    /^node.save:8: warning\[mark-unset\]: nat POSTROUTING 1: no rule sets the mark 0x100 that this one asks for/m,
  'mark-unread':
    /^node.save:5: note\[mark-unread\]: mangle PREROUTING 2: no rule asks for the mark 0x200, which this one sets/m,
  'setting-contradicts':
    /^node.save:\d+: warning\[setting-contradicts\]: nat KUBE-SERVICES: net\.netfilter\.nf_conntrack_tcp_be_liberal is 0: /m,
  'forwarding-off':
    /^node.save:\d+: error\[forwarding-off\]: nat KUBE-SERVICES: net\.ipv4\.ip_forward is 0: /m,
  'conntrack-off':
    /^node.save:\d+: error\[conntrack-off\]: nat KUBE-SERVICES: connections are not tracked on this node/m,
  'conntrack-full':
    /^node.save:\d+: warning\[conntrack-full\]: nat KUBE-SERVICES: the table of connections holds 131070 of 131072/m,
  'chains-tied':
    /^node.nft:2: note\[chains-tied\]: inet one input: inet one\/input and inet two\/input \(hook input, priority 0\): packets meet first whichever/m,
  'ports-predictable': /^node.save:6: note\[ports-predictable\]: nat KUBE-POSTROUTING 2/m,
  'mode-left': /^node.save:4: warning\[mode-left\]: nat KUBE-LOAD-BALANCER: /m,
  repeated: /^node.save:4: warning\[repeated\]: filter INPUT 2: the same as rule 1/m,
  shadowed: /^node.save:4: warning\[shadowed\]: filter INPUT 2/m,
  unreachable: /^node.save:3: warning\[unreachable\]: filter MINE: nothing leads to MINE/m,
  'stale-service':
    /^node.save:3: .*nat KUBE-SVC\[a\/b:http\]: nothing leads to KUBE-SVC-AAAAAAAAAAAAAAAA \(a\/b:http\)/m,
  'rule-unread': /^node.save:3: warning\[rule-unread\]: filter INPUT 1: not all of the line could be read/m,
  'empty-jump': /^node.save:4: warning\[empty-jump\]: filter INPUT 1/m,
  'service-rejects': /^node.save:3: warning\[service-rejects\]: filter INPUT 1: a\/b:http has no endpoints/m,
  'masquerade-missing': /^node.save:4: error\[masquerade-missing\]: nat KUBE-MARK-MASQ/m,
  'too-many-rules': /too-many-rules\]: filter INPUT: there are too many rules to find all/,
  'forward-policy': /^node.save:2: error\[forward-policy\]: filter FORWARD/m,
  'selector-matches-nothing':
    /^web.yaml:5:13: warning\[selector-matches-nothing\]: no pod has the labels that default\/web selects \(app=wbe\): Deployment web has app=web\n.*\n.*\^/m,
  'no-endpoints': /default\/web has no endpoints: it has no selector/,
  'target-port-unknown': /^web.yaml:6:35: error\[target-port-unknown\]: .*'htpp'/m,
  'port-undeclared': /^web.yaml:6:35: .*leads to port 8081, and the containers of its pods declare 8080/m,
  'local-without-endpoint':
    /^web.yaml:7:26: .*has no endpoint on node-[12]: with internalTrafficPolicy Local/m,
  'local-relies-on-health-check': /^web.yaml:8:26: note\[local-relies-on-health-check\]/m,
  'families-differ': /^web.yaml:8:15: .*a cluster address of IPv6 and no endpoint of that family/m,
  'node-ports-open':
    /^web.yaml:7:9: note\[node-ports-open\]: default\/web is open at port \d+ of every node/m,
  'ranges-nobody': /^web.yaml:9:29: error.*admits nobody/m,
  'ranges-everybody': /^web.yaml:9:29: .*admits everybody: 0\.0\.0\.0\/0/m,
  'ranges-one-family': /in IPv6 everybody is admitted/,
  'external-ips': /^web.yaml:7:16: .*198\.51\.100\.32/m,
  'front-shared':
    /^web.yaml:9:36: .*default\/web and default\/shop both claim 203\.0\.113\.9:80\/TCP \(load balancer\)/,
  'affinity-behind-proxy': /^web.yaml:7:20: .*Ingress default\/web comes with its own/m,
  'balancers-many': /3 Services have a load balancer each: default\/a, default\/b, default\/c/,
  'move-changes': /a move to nftables@1\.\d+(?:\.\d+)? changes .*unused-port/,
  'field-unknown': /^web.yaml:3:32: warning\[field-unknown\]: metadata\.lables: .*; expected: labels\?/m,
  'kind-unknown': /'Servcie' is passed over/,
  'not-watched': /^web.yaml:3:.*service-proxy-name/m,
  'ingress-backend': /^web.yaml:11:.*wbe/m,
  'ingress-balancer': /a load balancer of its own as well/,
  'ingress-duplicate': /which default\/web \(web.yaml:13/,
  'ingress-node-port': /calls node ports, and default\/web has none/,
  'ingress-resource': /Bucket files is no Service/,
  'ingress-secret': /no secret serves a\.example/,
  'drift-missing': /nat OUTPUT: kube-proxy would write -j KUBE-SERVICES, and it is not there: /,
  'drift-foreign':
    /^node.save:13: warning\[drift-foreign\]: nat KUBE-SERVICES 1: kube-proxy would not write this rule: /m,
  'drift-stale': /^node.save:13: .*this rule is left of old\/gone:http: /m,
  'commit-missing':
    /^node.save:3:1: warning\[commit-missing\]: the dump breaks off in table filter \(no COMMIT\)/m,
  'nft-refused': /^node.nft:4:3: warning\[nft-refused\]: there is no chain lost/m,
  'silence-unused': /^node.save:3:3: warning\[silence-unused\]: nothing is silenced/m,
};

/** Runs an example of the catalogue. */
function run({ files, flags = [] }: FindingExample, ...more: readonly string[]) {
  return kubenat(
    ['check', ...more, ...flags, ...Object.keys(files).filter((name) => !flags.includes(name))],
    files,
  );
}

/** The codes of findings, but for notes of other things. */
function toldOf(
  { findings }: { readonly findings: readonly { code: string; severity: string }[] },
  code: string,
) {
  const counted = findings.filter((one) => one.code === code || one.severity !== 'note');
  return [...new Set(counted.map((one) => one.code))];
}

describe('kubenat check', () => {
  test('every finding has its page, and its place', () => {
    expect(Object.keys(findingPages).sort()).toEqual([...findingCodes].sort());
    expect(Object.keys(places).sort()).toEqual([...findingCodes].sort());
  });

  test.each(findingCodes)('%s: what fails, and what passes', { timeout: 60_000 }, async (code) => {
    const { fails, passes } = findingPages[code];
    const { status, out } = await run(fails);
    expect(out).toMatch(places[code]);
    expect(status).toBe(severities[code] === 'note' ? 0 : 1);
    const json = JSON.parse((await run(fails, '--format', 'json')).out);
    expect(toldOf(json, code)).toEqual([code]);
    const right = await run(passes, '--format', 'json');
    expect([right.status, toldOf(JSON.parse(right.out), code)], right.err).toEqual([0, []]);
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

  test('nothing but services without endpoints is found in what kube-proxy makes', {
    timeout: 60_000,
  }, async () => {
    for (const one of cases) {
      const files = { dump: readCase(one, 'iptables.save') };
      const { out } = await kubenat(['check', '--family', one.family, '--format', 'json', 'dump'], files);
      const kinds = new Set(JSON.parse(out).findings.map(({ code }: { code: string }) => code));
      const expected = one.randomFully ? [] : ['ports-predictable'];
      const meant = new Set<unknown>(['service-rejects', 'local-elsewhere']);
      expect([one.id, [...kinds].filter((kind) => !meant.has(kind))]).toEqual([one.id, expected]);
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
