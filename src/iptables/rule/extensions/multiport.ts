import type { PortRange } from '../../../address/port.ts';
import { want } from '../../../text/expected.ts';
import { printRange } from '../codecs/numbers.ts';
import { port } from '../codecs/ports.ts';
import type { MultiportMatch } from '../match.ts';
import { protocolName } from '../protocols.ts';
import { type Codec, type Context, extension, Refusal, refuseValue, value } from '../syntax.ts';

const not = { negatable: true };

const multiports: Codec<readonly PortRange[]> = {
  read(text, context) {
    const { protocol, protocolNegated } = context;
    if (protocolNegated || !['tcp', 'udp', 'udplite', 'sctp', 'dccp'].includes(protocolName(protocol))) {
      throw new Refusal('option-needs', {
        code: 'needs-protocol',
        name: 'multiport',
        protocols: ['tcp', 'udp', 'udplite', 'sctp', 'dccp'],
      });
    }
    const ranges = text.split(',').map((part) => readMultiport(part, context));
    const slots = ranges.reduce(
      (sum, { first, last }, index) =>
        sum + (text.split(',')[index]?.includes(':') ? 2 : first <= last ? 1 : 0),
      0,
    );
    return slots > 15 ? refuseValue(text, want.thing('ports-of-multiport')) : ranges;
  },
  print: (ranges) => ranges.map(printRange).join(),
};

function readMultiport(text: string, context: Context): PortRange {
  const [first = '', last, ...more] = text.split(':');
  if (more.length > 0) refuseValue(text, want.written('FIRST:LAST'));
  if (last === undefined) {
    const only = port.read(first, context);
    return { first: only, last: only };
  }
  const range = { first: port.read(first, context), last: port.read(last, context) };
  return range.first >= range.last ? refuseValue(text, want.thing('ordered-ports')) : range;
}

const sides = { source: 'source', destination: 'destination', either: 'either' } as const;

export const multiport = extension({
  name: 'multiport',
  options: {
    source: value(['sports', 'source-ports'], multiports, { ...not, excludes: ['destination', 'either'] }),
    destination: value(['dports', 'destination-ports'], multiports, {
      ...not,
      excludes: ['source', 'either'],
    }),
    either: value('ports', multiports, { ...not, excludes: ['source', 'destination'] }),
  },
  build(given): MultiportMatch {
    for (const side of Object.values(sides)) {
      const one = given[side];
      if (one) return { kind: 'multiport', negated: one.negated, side, ports: one.value };
    }
    throw new Refusal('option-missing', {
      code: 'needs-one-of',
      name: 'multiport',
      options: ['--sports', '--dports', '--ports'],
    });
  },
  take: ({ side, ports, negated }) => ({ [side]: { value: ports, negated } }),
});
