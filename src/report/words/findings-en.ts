import { formatEndpoint } from '../../address/address.ts';
import type { Origin } from '../../engine/packet.ts';
import type { CutReason, Finding, FindingCode, FindingOf } from '../../lint/finding.ts';
import type { Front } from '../../lint/fronts.ts';

type Words = { readonly [Code in FindingCode]: (finding: FindingOf<Code>) => string };

/** One sentence for each finding, without a full stop. */
export const findingWords: Words = {
  'cut-off': ({ front, from, share, why }) => `${sayFront(front)} ${sayOrigin(from)}: ${sayCut(why, share)}`,
  'service-rejects': ({ what, how }) => `${what}: packets are ${how}`,
  'masquerade-missing': ({ mark }) =>
    `packets are marked 0x${mark.toString(16)} in KUBE-MARK-MASQ, and nothing in POSTROUTING masquerades what is marked so`,
  'forward-policy': () =>
    'the policy of FORWARD is DROP, and only marked packets and known flows are let through: services that keep the source are cut off',
  shadowed: ({ by }) => {
    const numbers = by.map(({ number }) => number);
    const last = numbers.pop();
    const rules = numbers.length > 0 ? `rules ${numbers.join(', ')} and ${last} take` : `rule ${last} takes`;
    return `no packet comes to it: ${rules} all that it could match`;
  },
  repeated: ({ first }) => `the same as rule ${first.number}`,
  unreachable: ({ place, owner }) => `nothing leads to ${place.chain}${owner === null ? '' : ` (${owner})`}`,
  'stale-service': ({ place, service }) =>
    `nothing leads to ${place.chain}${service === null ? '' : ` (${service})`}`,
  'empty-jump': ({ jumpedTo }) => `${jumpedTo} has no rules`,
  'too-many-rules': () => 'there are too many rules to find all that no packet can match',
  'silence-unused': ({ silenced }) => `nothing is silenced: there is no finding ${silenced} here`,
};

/** One sentence without a full stop. */
export function sayFinding(finding: Finding): string {
  return (findingWords[finding.code] as (finding: Finding) => string)(finding);
}

/** `default/web:http at 10.96.0.1:80`. */
function sayFront({ service, address, port }: Front): string {
  if (address === null) return `${service} at node port ${port}`;
  return `${service} at ${formatEndpoint(address, port)}`;
}

export function sayOrigin(from: Origin): string {
  if (from === 'pod') return 'from pods of this node';
  if (from === 'host') return 'from the node itself';
  return from === 'external' ? 'from outside' : `from ${from.interface}`;
}

function sayCut(why: CutReason, share: string): string {
  const part = share === '1/1' ? '' : `, ${share} of them`;
  switch (why.kind) {
    case 'not-translated':
      return `cut off: no rule gives these packets to an endpoint${part}`;
    case 'rule':
      return `cut off: packets are ${why.how} by rule ${why.place.number} of ${why.place.table}/${why.place.chain}${part}`;
    case 'policy':
      return `cut off: packets are dropped by the policy of ${why.table}/${why.chain}${part}`;
    case 'kernel':
      return `cut off: ${why.because}${part}`;
  }
}
