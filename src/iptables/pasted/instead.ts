import type { Problem } from '../../text/problem.ts';

type Said = Pick<Problem, 'message' | 'expected'>;

const save = 'what iptables-save prints';

/** What people have of a node that holds no rules, by a line of it, and what to give instead. */
const kinds: readonly (readonly [sign: RegExp, message: string, expected: string])[] = [
  [
    /^(?:IP Virtual Server version|Prot LocalAddress:Port)/,
    'this is what ipvsadm -L prints',
    `what ipvsadm -Sn prints, beside ${save}`,
  ],
  [
    /^(?:Type: (?:hash|bitmap|list):|Revision: \d)/,
    'these are sets of ipset, and no rules',
    `${save}; the sets stand after --sets`,
  ],
  [/\bTRACE: \w+:/, 'this is what the kernel logs of packets', `${save}; the log stands after --log`],
  [/\bsrc=[\da-f.:]+ dst=/, 'these are connections of conntrack, and no rules', save],
  [
    /^(?:\s*"?(?:apiVersion|kind)"?: |NAME +\S|NAMESPACE +NAME|Namespace: )/,
    'these are objects of Kubernetes, and no rules',
    'the same without --rules',
  ],
  [/^Bridge (?:table|chain): /, 'this is what ebtables prints', save],
  [
    /^(?:Status: (?:in)?active|\w+ \((?:active|default)[^()]*\))$/,
    'this is what ufw or firewalld says of its rules',
    save,
  ],
  [/^[IWE]\d{4} \d\d:\d\d:\d\d/, 'this is a log of kube-proxy', save],
];

/** What a text is in which no line is one of rules. */
export function whatItIs(text: string): Said {
  const lines = text.split(/\r?\n/);
  const [, message, expected] = kinds.find(([sign]) => lines.some((line) => sign.test(line))) ?? [
    null,
    'no line of this is one that iptables prints',
    'what iptables-save, iptables -S or iptables -L -n -v prints',
  ];
  return { message, expected };
}
