import { expect, test } from 'vitest';
import { formatAddress } from '../../src/address/address.ts';
import { printForSave } from '../../src/iptables/dump/save-spelling.ts';
import { fieldOf, type RuleField } from '../../src/proxy/iptables/fields.ts';
import { type Case, cases, compileCase, savedBy } from '../cases.ts';

function spell(field: RuleField | null): string {
  switch (field?.of) {
    case undefined:
      return 'none';
    case 'service':
      return `${field.service.name}: ${field.path.join('.')}`;
    case 'target-port':
    case 'endpoint-port':
    case 'endpoint-ready':
    case 'endpoint':
      return `${field.service.name}: endpoint ${formatAddress(field.address)}`;
    case 'configuration':
      return `configuration: ${field.path.join('.')}`;
  }
}

/** The fields of a case's rules, by the line that was recorded. */
function fieldsOf(case_: Case): ReadonlyMap<string, string> {
  const { ruleset } = compileCase(case_);
  const fields = new Map<string, string>();
  for (const { chains } of ruleset.tables) {
    for (const { name, rules } of chains.values()) {
      for (const rule of rules) {
        const line = printForSave(`-A ${name}`, rule.matches, rule.target);
        fields.set(line, spell(fieldOf(name, rule)));
      }
    }
  }
  return fields;
}

// What decides of a rule, from the API's documentation of each field and kube-proxy's comments on its rules.
const rows: readonly (readonly [id: string, lines: RegExp, count: number, field: string])[] = [
  ['load-balancer', /^-A KUBE-(?:POSTROUTING|MARK-MASQ) /, 4, 'configuration: iptables.masqueradeBit'],
  ['load-balancer', /^-A KUBE-FORWARD .*--mark /, 1, 'configuration: iptables.masqueradeBit'],
  ['load-balancer', /^-A KUBE-FORWARD .*INVALID -j DROP/, 1, 'configuration: conntrack.tcpBeLiberal'],
  ['load-balancer', /^-A KUBE-FORWARD .*RELATED,ESTABLISHED -j ACCEPT/, 1, 'none'],
  ['load-balancer', /^-A KUBE-FIREWALL /, 1, 'configuration: iptables.localhostNodePorts'],
  ['load-balancer', /^-A KUBE-SERVICES .*nodeports; NOTE/, 1, 'configuration: nodePortAddresses'],
  ['load-balancer', /^-A (?:INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING) /, 14, 'none'],
  ['load-balancer', /^-A KUBE-SERVICES .*cluster IP/, 1, 'service-test: spec.ports.0.port'],
  ['load-balancer', /^-A KUBE-SERVICES .*loadbalancer IP/, 1, 'service-test: status.loadBalancer.ingress.0'],
  ['load-balancer', /^-A KUBE-NODEPORTS /, 1, 'service-test: spec.ports.0.nodePort'],
  ['load-balancer', /^-A KUBE-EXT-/, 2, 'service-test: spec.externalTrafficPolicy'],
  ['load-balancer', /^-A KUBE-SVC-.*MARK-MASQ/, 1, 'configuration: clusterCIDR'],
  ['load-balancer', /^-A KUBE-SVC-.* -> 10\.244\.1\.5:/, 1, 'service-test: endpoint 10.244.1.5'],
  ['load-balancer', /^-A KUBE-SEP-.*10\.244\.2\.7[:/]/, 2, 'service-test: endpoint 10.244.2.7'],
  [
    'load-balancer-two-ips',
    /^-A KUBE-SERVICES -d 35\.184\.97\.156\/32 .*loadbalancer IP/,
    1,
    'service-test: status.loadBalancer.ingress.0',
  ],
  [
    'load-balancer-two-ips',
    /^-A KUBE-SERVICES -d 35\.184\.97\.157\/32 .*loadbalancer IP/,
    1,
    'service-test: status.loadBalancer.ingress.1',
  ],
  ['load-balancer-local', /^-A KUBE-NODEPORTS .*health check/, 1, 'service-test: spec.healthCheckNodePort'],
  ['load-balancer-local', /^-A KUBE-SVL-/, 1, 'service-test: endpoint 10.244.1.5'],
  ['load-balancer-source-ranges', /^-A KUBE-FW-.*203\.0/, 1, 'service-test: spec.loadBalancerSourceRanges.0'],
  [
    'load-balancer-source-ranges',
    /^-A KUBE-FW-.*198\.51/,
    1,
    'service-test: spec.loadBalancerSourceRanges.1',
  ],
  ['load-balancer-source-ranges', /^-A KUBE-FW-.*other/, 1, 'service-test: spec.loadBalancerSourceRanges'],
  [
    'load-balancer-source-ranges',
    /^-A KUBE-PROXY-FIREWALL/,
    1,
    'service-test: spec.loadBalancerSourceRanges',
  ],
  ['load-balancer-no-endpoints', /has no endpoints/, 3, 'service-test: spec.selector'],
  ['node-port-local-no-local', /no local endpoints/, 1, 'web: spec.externalTrafficPolicy'],
  ['internal-policy-local-no-local', /no local endpoints/, 1, 'web: spec.internalTrafficPolicy'],
  ['session-affinity', /^-A KUBE-SVC-.*-m recent/, 3, 'web: spec.sessionAffinity'],
  ['session-affinity', /^-A KUBE-SEP-.*10\.244\.1\.5:/, 1, 'web: spec.sessionAffinity'],
  ['masquerade-all', /^-A KUBE-SVC-.*MARK-MASQ/, 1, 'configuration: iptables.masqueradeAll'],
  ['detect-local-bridge', /^-A KUBE-SVC-.*MARK-MASQ/, 1, 'configuration: clusterCIDR'],
  ['external-ips', /^-A KUBE-SERVICES -d 192\.0\.2\.10\/32 .*external IP/, 1, 'web: spec.externalIPs.0'],
  ['external-ips', /^-A KUBE-SERVICES -d 192\.0\.2\.11\/32 .*external IP/, 1, 'web: spec.externalIPs.1'],
  ['cluster-ip-multi-port', /^-A KUBE-SERVICES .*web:http cluster IP/, 1, 'web: spec.ports.0.port'],
  ['cluster-ip-multi-port', /^-A KUBE-SERVICES .*web:metrics cluster IP/, 1, 'web: spec.ports.2.port'],
];

test.each(rows)('%s: %s', (id, pattern, count, field) => {
  const case_ = cases.find((one) => one.id === `named/${id}`) as Case;
  const lines = savedBy(case_, '1.30')
    .split('\n')
    .filter((line) => pattern.test(line));
  const fields = fieldsOf(case_);
  const found = lines.map((line) => fields.get(line));
  expect(found).toEqual(Array.from({ length: count }, () => field));
});
