import type { TableName } from '../rule/ruleset.ts';

/** What only one table has, in a line of a rule or of a listing. */
const signs: readonly (readonly [TableName, RegExp])[] = [
  [
    'nat',
    /\b(?:DNAT|SNAT|MASQUERADE|REDIRECT|NETMAP|KUBE-(?:SVC|SVL|SEP|EXT|XLB|FW|NODEPORTS?|MARK-(?:MASQ|DROP)|POSTROUTING))\b/,
  ],
  ['nat', /^-A KUBE-SERVICES\b.*-j KUBE-/],
  [
    'filter',
    /^(?:Chain FORWARD\b.*policy DROP|Chain (?:KUBE-FORWARD|KUBE-EXTERNAL-SERVICES|KUBE-PROXY-FIREWALL|DOCKER-USER)\b)/,
  ],
  [
    'filter',
    /\b(?:REJECT|KUBE-(?:FORWARD|EXTERNAL-SERVICES|PROXY-FIREWALL|FIREWALL)|DOCKER-USER)\b|-[jP] (?:\S+ )?DROP\b/,
  ],
  ['nat', /\bCILIUM_\w+_nat\b/],
  ['mangle', /\bCILIUM_\w+_mangle\b/],
  ['raw', /\bCILIUM_\w+_raw\b/],
  ['mangle', /\b(?:TPROXY|TCPMSS|--set-dscp|--ttl-set)\b/],
  ['raw', /\b(?:NOTRACK|--notrack)\b/],
];

/** The table of a line by what stands in it, if anything tells. */
export function tableOfLine(line: string): TableName | undefined {
  return signs.find(([, sign]) => sign.test(line))?.[0];
}

/** The table whose built-in chains are declared one after the other; `security` has the same as `filter`, and few have it. */
export function tableOfHooks(hooks: ReadonlySet<string>): TableName | undefined {
  const has = (...names: readonly string[]) => names.every((name) => hooks.has(name));
  if (has('FORWARD', 'POSTROUTING')) return 'mangle';
  // What is asked for without a table is `filter`; the listings of others begin with PREROUTING.
  if (has('FORWARD') || (has('INPUT') && !has('PREROUTING'))) return 'filter';
  if (has('POSTROUTING')) return 'nat';
  if (has('PREROUTING', 'OUTPUT') && !has('INPUT')) return 'raw';
  return undefined;
}
