import { told } from '../../text/detail.ts';
import type { Problem } from '../../text/problem.ts';
import type { DumpDetail } from '../rule/detail.ts';

type Said = Pick<Problem, 'message' | 'detail' | 'expected'>;

type Kind = DumpDetail['code'] & `is-${string}`;

const save = 'what iptables-save prints';

/** What people have of a node that holds no rules, by a line of it, and what to give instead. */
const kinds: readonly (readonly [sign: RegExp, code: Kind, expected: string])[] = [
  [
    /^(?:IP Virtual Server version|Prot LocalAddress:Port)/,
    'is-ipvsadm',
    `what ipvsadm -Sn prints, beside ${save}`,
  ],
  [/^(?:Type: (?:hash|bitmap|list):|Revision: \d)/, 'is-ipset', `${save}; the sets stand after --sets`],
  [/\bTRACE: \w+:/, 'is-kernel-log', `${save}; the log stands after --log`],
  [/\bsrc=[\da-f.:]+ dst=/, 'is-conntrack', save],
  [
    /^(?:\s*"?(?:apiVersion|kind)"?: |NAME +\S|NAMESPACE +NAME|Namespace: )/,
    'is-objects',
    'the same without --rules',
  ],
  [/^Bridge (?:table|chain): /, 'is-ebtables', save],
  [/^(?:Status: (?:in)?active|\w+ \((?:active|default)[^()]*\))$/, 'is-firewall', save],
  [/^[IWE]\d{4} \d\d:\d\d:\d\d/, 'is-proxy-log', save],
];

/** What a text is in which no line is one of rules. */
export function whatItIs(text: string): Said {
  const lines = text.split(/\r?\n/);
  const [, code, expected] =
    kinds.find(([sign]) => lines.some((line) => sign.test(line))) ??
    ([null, 'is-nothing-known', 'what iptables-save, iptables -S or iptables -L -n -v prints'] as const);
  return { ...told<DumpDetail>({ code }), expected };
}
