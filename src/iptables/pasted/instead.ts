import { told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { DumpDetail } from '../rule/detail.ts';

type Said = Pick<Problem, 'message' | 'detail' | 'expected'>;

type Kind = DumpDetail['code'] & `is-${string}`;

const save = want.printed('iptables-save');

/** What people have of a node that holds no rules, by a line of it, and what to give instead. */
const kinds: readonly (readonly [sign: RegExp, code: Kind, expected: Expected])[] = [
  [/^(?:IP Virtual Server version|Prot LocalAddress:Port)/, 'is-ipvsadm', want.thing('ipvsadm-beside')],
  [/^(?:Type: (?:hash|bitmap|list):|Revision: \d)/, 'is-ipset', want.thing('save-and-sets')],
  [/\bTRACE: \w+:/, 'is-kernel-log', want.thing('save-and-log')],
  [/\bsrc=[\da-f.:]+ dst=/, 'is-conntrack', save],
  [
    /^(?:\s*"?(?:apiVersion|kind)"?: |NAME +\S|NAMESPACE +NAME|Namespace: )/,
    'is-objects',
    want.thing('same-without-rules'),
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
    ([null, 'is-nothing-known', want.printed('iptables-save', 'iptables -S', 'iptables -L -n -v')] as const);
  return { ...told<DumpDetail>({ code }), expected };
}
