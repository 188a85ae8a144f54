import { interfaceName, ownerRange } from '../codecs/names.ts';
import { type IntegerRange, integerRange } from '../codecs/numbers.ts';
import { cutText } from '../codecs/words.ts';
import type {
  CommentMatch,
  LengthMatch,
  Negatable,
  OwnerMatch,
  PhysdevMatch,
  RpfilterMatch,
  SocketMatch,
  TcpmssMatch,
} from '../match.ts';
import {
  type Codec,
  defined,
  type Extension,
  extension,
  flag,
  type Place,
  Refusal,
  value,
  when,
} from '../syntax.ts';
import { demandProtocol } from './demand.ts';

const not = { negatable: true };

export const comment = extension({
  name: 'comment',
  options: { text: value('comment', cutText(255), { required: true }) },
  build({ text }): CommentMatch {
    return { kind: 'comment', text: text?.value ?? '' };
  },
  take: ({ text }) => ({ text: { value: text, negated: false } }),
});

function lengthExtension<M extends LengthMatch | TcpmssMatch>(kind: M['kind'], option: string): Extension<M> {
  const codec: Codec<IntegerRange> = integerRange(0xffff);
  return extension({
    name: kind,
    options: { range: value(option, codec, { ...not, required: true }) },
    build({ range }, context): M {
      if (kind === 'tcpmss') demandProtocol('tcp', context, '-m tcpmss');
      const { value, negated } = range as NonNullable<typeof range>;
      return { kind, negated, first: value.first, last: value.last } as M;
    },
    take: (match) => ({ range: { value: match, negated: match.negated } as Negatable<IntegerRange> }),
  });
}

export const length = lengthExtension<LengthMatch>('length', 'length');
export const tcpmss = lengthExtension<TcpmssMatch>('tcpmss', 'mss');

export const physdev = extension({
  name: 'physdev',
  place: ({ out, isOut, isBridged }: PhysdevMatch): Place =>
    (out || isOut) && (!isBridged || isBridged.negated)
      ? { hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'POSTROUTING'] }
      : {},
  options: {
    isIn: flag('physdev-is-in', not),
    in: value('physdev-in', interfaceName, not),
    isOut: flag('physdev-is-out', not),
    out: value('physdev-out', interfaceName, not),
    isBridged: flag('physdev-is-bridged', not),
  },
  build(given): PhysdevMatch {
    if (Object.keys(given).length === 0)
      throw new Refusal('option-missing', { code: 'needs-option', name: '-m physdev' });
    return { kind: 'physdev', ...defined(given) };
  },
  take: (match) => match,
});

export const owner = extension({
  name: 'owner',
  place: { hooks: ['OUTPUT', 'POSTROUTING'] },
  options: {
    socketExists: flag('socket-exists', not),
    user: value('uid-owner', ownerRange, not),
    group: value('gid-owner', ownerRange, not),
    supplementaryGroups: flag('suppl-groups', { after: ['group'] }),
  },
  build({ supplementaryGroups, ...given }): OwnerMatch {
    if (!given.user && !given.group && !given.socketExists) {
      throw new Refusal('option-missing', {
        code: 'needs-one-of',
        name: 'owner',
        options: ['--uid-owner', '--gid-owner', '--socket-exists'],
      });
    }
    return { kind: 'owner', ...defined(given), supplementaryGroups: supplementaryGroups !== undefined };
  },
  take: ({ supplementaryGroups, ...match }) => ({ ...match, supplementaryGroups: when(supplementaryGroups) }),
});

export const socket = extension({
  name: 'socket',
  place: { hooks: ['PREROUTING', 'INPUT'] },
  options: {
    transparent: flag('transparent'),
    nowildcard: flag('nowildcard'),
    restoreMark: flag('restore-skmark'),
  },
  build(given): SocketMatch {
    return {
      kind: 'socket',
      transparent: given.transparent !== undefined,
      nowildcard: given.nowildcard !== undefined,
      restoreMark: given.restoreMark !== undefined,
    };
  },
  take: (match) => ({
    transparent: when(match.transparent),
    nowildcard: when(match.nowildcard),
    restoreMark: when(match.restoreMark),
  }),
});

export const rpfilter = extension({
  name: 'rpfilter',
  place: { tables: ['raw', 'mangle'], hooks: ['PREROUTING'] },
  options: {
    loose: flag('loose'),
    validMark: flag('validmark'),
    acceptLocal: flag('accept-local'),
    invert: flag('invert'),
  },
  build(given): RpfilterMatch {
    return {
      kind: 'rpfilter',
      loose: given.loose !== undefined,
      validMark: given.validMark !== undefined,
      acceptLocal: given.acceptLocal !== undefined,
      invert: given.invert !== undefined,
    };
  },
  take: (match) => ({
    loose: when(match.loose),
    validMark: when(match.validMark),
    acceptLocal: when(match.acceptLocal),
    invert: when(match.invert),
  }),
});
