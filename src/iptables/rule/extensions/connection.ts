import { type ConnectionState, connectionStates } from '../../../sets/states.ts';
import { want } from '../../../text/expected.ts';
import { writtenSubnet } from '../codecs/addresses.ts';
import { type IntegerRange, integerRange } from '../codecs/numbers.ts';
import { anyPortRange } from '../codecs/ports.ts';
import { someOf, wordOf } from '../codecs/words.ts';
import type { ConntrackMatch, StateMatch } from '../match.ts';
import { readProtocol } from '../protocols.ts';
import { type Codec, defined, extension, maybe, Refusal, refuseValue, value } from '../syntax.ts';

const not = { negatable: true };

/** The order in which a shortened state's name is looked for. */
const stateSearch = ['INVALID', 'NEW', 'ESTABLISHED', 'RELATED', 'UNTRACKED', 'SNAT', 'DNAT'] as const;
const states = someOf<ConnectionState>(connectionStates, stateSearch);
const statuses = someOf<string>(['EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED'], undefined, 'NONE');

/** 0 is no protocol of a connection; iptables refuses it since 1.8.11. */
const protocol: Codec<number> = {
  read: (text) => readProtocol(text) || refuseValue(text, want.range(1, 255, 'protocol')),
  print: String,
};
const seconds: Codec<IntegerRange> = integerRange(0xffffffff);

export const conntrack = extension({
  name: 'conntrack',
  options: {
    state: value('ctstate', states, not),
    protocol: value('ctproto', protocol, not),
    originalSource: value('ctorigsrc', writtenSubnet, not),
    originalDestination: value('ctorigdst', writtenSubnet, not),
    replySource: value('ctreplsrc', writtenSubnet, not),
    replyDestination: value('ctrepldst', writtenSubnet, not),
    originalSourcePort: value('ctorigsrcport', anyPortRange, not),
    originalDestinationPort: value('ctorigdstport', anyPortRange, not),
    replySourcePort: value('ctreplsrcport', anyPortRange, not),
    replyDestinationPort: value('ctrepldstport', anyPortRange, not),
    status: value('ctstatus', statuses, not),
    expire: value('ctexpire', seconds, not),
    direction: value('ctdir', wordOf(['ORIGINAL', 'REPLY'] as const)),
  },
  build({ direction, ...given }): ConntrackMatch {
    if (direction === undefined && Object.keys(given).length === 0) {
      throw new Refusal('option-missing', { code: 'needs-option', name: '-m conntrack' });
    }
    return { kind: 'conntrack', ...defined(given), ...(direction && { direction: direction.value }) };
  },
  take: ({ direction, ...match }) => ({ ...match, direction: maybe(direction) }),
});

export const state = extension({
  name: 'state',
  options: {
    states: value(
      'state',
      someOf<ConnectionState>(connectionStates.slice(0, 5), [
        'INVALID',
        'NEW',
        'ESTABLISHED',
        'RELATED',
        'UNTRACKED',
      ]),
      { ...not, required: true },
    ),
  },
  build({ states }): StateMatch {
    const { value, negated } = states as NonNullable<typeof states>;
    return { kind: 'state', negated, states: value };
  },
  take: ({ states, negated }) => ({ states: { value: states, negated } }),
});
