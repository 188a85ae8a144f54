import type { OtherMatch } from '../../../iptables/rule/match.ts';
import { notShown } from '../../../iptables/rule/target.ts';
import { type IntervalSet, interval, single, union, unionOf } from '../../../sets/intervals.ts';
import { type FieldName, statusBits } from '../../fields.ts';
import type { Condition, Instruction } from '../../ir.ts';
import { all, any, ask, bits, given, hasEntry, not, test, when } from '../conditions.ts';
import { type GivenOption, optionsOf, readMasked } from './words.ts';

type Options = ReadonlyMap<string, GivenOption>;
type Lower = (options: Options, match: OtherMatch) => readonly Instruction[];

/**
 * What matches ask that the model keeps as words, by the extension's name: all that iptables knows. What is not here is
 * foreign, and may ask anything, each time anew.
 */
export const otherMatches: Readonly<Record<string, Lower>> = {
  ah: optionalHeader('ah'),
  // A program that is pinned may have maps.
  bpf: (options, match) => (options.has('object-pinned') ? meter(null) : packetBytes)(options, match),
  cgroup: whole('cgroup'),
  // As xt_cluster: of what has no entry, neither holds.
  cluster: (options, match) => [...ask(hasEntry), ...asked('never')(options, match)],
  connbytes: (options) => {
    const { values, negated } = one(options, 'connbytes');
    const [first = '0', last] = (values[0] ?? '').split(':');
    const of = ['connbytes-mode', 'connbytes-dir'].map((name) => one(options, name).values[0]).join(' ');
    const most = (1n << 64n) - 1n;
    const set = interval(BigInt(first), last === undefined ? most : BigInt(last));
    // What has no entry has no counts (connbytes_mt).
    return ask(all([hasEntry, when(negated, test('ctAmount', set, of))]));
  },
  connlabel: (options, match) => {
    const { values, negated } = one(options, 'label');
    if (!options.has('set'))
      return ask(when(negated, all([hasEntry, test('ctLabel', single(1), values[0] ?? '')])));
    // What has no entry gets no label (connlabel_mt).
    return [...(negated ? [] : ask(hasEntry)), ...meter(null)(options, match)];
  },
  connlimit: (options, match) => {
    const [above, most] = ['connlimit-above', 'connlimit-upto'].map((name) => options.get(name)?.values[0]);
    // The connection itself is one.
    if (above === '0') return [];
    return most === '0' ? [{ do: 'fail' }] : meter(null)(options, match);
  },
  cpu: (options) => {
    const { values, negated } = one(options, 'cpu');
    return ask(when(negated, test('cpu', single(Number(values[0])))));
  },
  devgroup: (options) => [
    ...groupOf(options.get('src-group'), 'inGroup'),
    ...groupOf(options.get('dst-group'), 'outGroup'),
  ],
  dscp: (options) => {
    const { values, negated } = one(options, 'dscp');
    return ask(when(negated, bits('tos', Number(values[0]) << 2, 0xfc, 0xff)));
  },
  dst: optionalHeader('dst'),
  ecn: (options) => [
    ...flagOf(options.get('ecn-tcp-ece'), 'ece'),
    ...flagOf(options.get('ecn-tcp-cwr'), 'cwr'),
    ...each(options.get('ecn-ip-ect'), (value) => bits('tos', Number(value), 0x03, 0xff)),
  ],
  esp: parts('esp'),
  eui64: asked('never'),
  frag: optionalHeader('frag'),
  hashlimit: meter('hashlimit-name'),
  hbh: optionalHeader('hbh'),
  helper: (options) => {
    const { values, negated } = one(options, 'helper');
    // It is the one of the connection that expected this one (helper_mt).
    const isExpected = test('ctStatus', single(statusBits.EXPECTED), undefined, statusBits.EXPECTED);
    const isOf = test('ctHelper', single(1), values[0] ?? '');
    return ask(when(negated, all([hasEntry, isExpected, isOf])));
  },
  hl: hopLimit('hl'),
  ipcomp: parts('ipcomp'),
  ipv6header: parts('ipv6header'),
  ipvs: asked('packet'),
  limit: meter(null),
  mh: parts('mh'),
  // It only counts.
  nfacct: () => [{ do: 'note', what: 'nfacct' }],
  osf: asked('never'),
  policy: lowerPolicy,
  quota: (options, match) => {
    const { values, negated } = one(options, 'quota');
    if (values[0] !== '0') return meter(null)(options, match);
    // No packet is as short as that.
    return negated ? [] : [{ do: 'fail' }];
  },
  rateest: meter('rateest'),
  realm: (options) => {
    const { values, negated } = one(options, 'realm');
    const { value, mask } = readMasked(values[0] ?? '0', 0xffffffff);
    return ask(when(negated, bits('realm', value, mask)));
  },
  rt: optionalHeader('rt'),
  srh: optionalHeader('srh'),
  // Only what is looked for can be negated (string_mt).
  string: asked('packet', true),
  time: lowerTime,
  tos: (options) => {
    const { values, negated } = one(options, 'tos');
    const { value, mask } = readMasked(values[0] ?? '0', 0xff);
    return ask(when(negated, bits('tos', value, mask, 0xff)));
  },
  ttl: hopLimit('ttl'),
  u32: packetBytes,
};

export function lowerOtherMatch(match: OtherMatch): readonly Instruction[] {
  if (match.name === notShown) return notAllShown(match);
  const lower = match.understood ? otherMatches[match.name] : undefined;
  return (lower ?? meter(null))(optionsOf(match.words), match);
}

/** A part of the rule that a listing leaves out. */
function notAllShown({ name, words }: OtherMatch): readonly Instruction[] {
  const state = { kind: 'meter', name, shared: null, text: words.join(' ') } as const;
  return [{ do: 'recall', state, negated: false }];
}

const absent: GivenOption = { negated: false, values: [] };

function one(options: Options, name: string): GivenOption {
  return options.get(name) ?? absent;
}

function each(option: GivenOption | undefined, condition: (value: string) => Condition) {
  const asked = option && { value: option.values[0] ?? '', negated: option.negated };
  return given(asked, condition).flatMap(ask);
}

function flagOf(option: GivenOption | undefined, of: string): readonly Instruction[] {
  return each(option, () => test('transport', single(1), of));
}

function groupOf(option: GivenOption | undefined, field: FieldName): readonly Instruction[] {
  return each(option, (text) => {
    const { value, mask } = readMasked(text, 0xffffffff);
    return bits(field, value, mask);
  });
}

function hopLimit(name: 'ttl' | 'hl'): Lower {
  return (options) => [
    ...each(options.get(`${name}-eq`), (value) => test('ttl', single(Number(value)))),
    ...each(options.get(`${name}-lt`), (value) => test('ttl', interval(0, Number(value) - 1))),
    ...each(options.get(`${name}-gt`), (value) => test('ttl', interval(Number(value) + 1, 255))),
  ];
}

/** Options that say how the others are meant, and ask nothing by themselves. */
const modifiers: ReadonlySet<string> = new Set(['soft', 'rt-0-not-strict']);

/** Options that ask whether a number of the header lies between two, both included (spi_match and its like). */
const ranges: ReadonlySet<string> = new Set(['ahspi', 'espspi', 'fragid', 'ipcompspi', 'rt-segsleft']);

/** `16`, `16:32`, `:32`, `16:`. */
function rangeOf(text: string): IntervalSet {
  const [first = '', last = first] = text.split(':');
  return interval(Number(first), last === '' ? 0xffffffff : Number(last));
}

/** A header of which every option asks one number, or whether it is what the option says. */
function parts(name: string): Lower {
  return (options) => {
    const manner = [...options.keys()].filter((option) => modifiers.has(option));
    return [...options].flatMap(([option, { values, negated }]) => {
      if (modifiers.has(option)) return [];
      if (ranges.has(option)) {
        return ask(when(negated, test('extensionHeader', rangeOf(values[0] ?? ''), `${name} ${option}`)));
      }
      const of = [name, option, ...values, ...manner].join(' ');
      return ask(when(negated, test('extensionHeader', single(1), of)));
    });
  };
}

/**
 * The part of a packet that a match looks for first: where it is missing, the match does not hold, `!` or not, and without
 * options that is all it asks (ip6t_frag.c, ip6t_rt.c, ip6t_hbh.c, ip6t_ah.c, ip6t_srh.c). Null: it is never missing.
 */
export function neededPart({ name, words }: OtherMatch, protocol?: number): string | null {
  if (!missable.has(name) || (name === 'ah' && protocol === ahProtocol)) return null;
  const segment = words.find((word) => word === '--srh-psid' || word === '--srh-nsid');
  return segment === undefined ? name : `${name} ${segment.slice(2)}`;
}

/** In IPv4 the header is the protocol itself. */
const ahProtocol = 51;
const missable: ReadonlySet<string> = new Set(['ah', 'dst', 'frag', 'hbh', 'rt', 'srh']);

function optionalHeader(name: string): Lower {
  const own = parts(name);
  return (options, match) => {
    const present = test('extensionHeader', single(1), neededPart(match) ?? name);
    const needed = name === 'ah' ? any([test('protocol', single(ahProtocol)), present]) : present;
    return [...ask(needed), ...own(options, match)];
  };
}

/** One question of yes or no, which all of the words ask. */
function whole(field: FieldName): Lower {
  return (options, { words }) => {
    const negated = [...options.values()].some((option) => option.negated);
    const of = words.filter((word) => word !== '!').join(' ');
    return ask(when(negated, test(field, single(1), of)));
  };
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const lastSecond = 0xffffffff;
const lastOfDay = 86_399;

/** Numbers of which there are no others: what lies beyond either end stands with that end. */
function among(first: number, last: number, [least, most]: readonly [number, number]): IntervalSet {
  return interval(first === least ? 0 : first, last === most ? lastSecond : last);
}

/** The moment, by the clock that is asked, has its date, its second of the day, and its days (time_mt). */
function lowerTime(options: Options, match: OtherMatch): readonly Instruction[] {
  // Behind midnight the days are then those of the day before.
  if (options.has('contiguous')) return whole('time')(options, match);
  const clock = options.has('kerneltz') ? 'local' : 'utc';
  const value = (name: string) => options.get(name)?.values[0];
  const [from, to] = [secondsOf(value('timestart'), 0), secondsOf(value('timestop'), lastOfDay)];
  const dates = [dateOf(value('datestart'), 0), dateOf(value('datestop'), lastSecond)] as const;
  if ([from, to, ...dates].some(Number.isNaN)) return whole('time')(options, match);
  const days = (name: string, most: number, numberOf: (word: string) => number) =>
    each(options.get(name), (words) => {
      const numbers = words.split(',').map(numberOf);
      return test('time', unionOf(numbers.map((day) => among(day, day, [1, most]))), `${name} ${clock}`);
    });
  // What begins at its end, or after it, goes over midnight.
  const hours =
    from < to ? among(from, to, [0, lastOfDay]) : union(interval(from, lastSecond), interval(0, to));
  return [
    ...ask(all([test('time', interval(...dates), `date ${clock}`), test('time', hours, `second ${clock}`)])),
    ...days('weekdays', 7, (word) => weekdays.indexOf(word) + 1),
    ...days('monthdays', 31, Number),
  ];
}

/** `10:00:00`, or `10:00`. */
function secondsOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

/** `2038-01-19T03:14:07`, in seconds of Unix. */
function dateOf(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : Date.parse(`${text}Z`) / 1000;
}

/** What stays the same as long as the packet's bytes do. */
function packetBytes(options: Options, match: OtherMatch): readonly Instruction[] {
  return asked('packet')(options, match);
}

/** `!` of the only option, or of the one that can have it, turns the whole answer round. */
function asked(until: 'never' | 'packet', negatedWhole = false): Lower {
  return (options, { name, words }) => {
    const mayTurn = negatedWhole || options.size === 1;
    const negated = mayTurn && [...options.values()].some((option) => option.negated);
    return ask(when(negated, openOf(name, negated ? words.filter((word) => word !== '!') : words, until)));
  };
}

function openOf(name: string, words: readonly string[], until: 'never' | 'packet'): Condition {
  const key = `-m ${[name, ...words].join(' ')}`;
  return { kind: 'open', key, until, reason: { code: 'match-unevaluated', name } };
}

/** What has no policy of IPsec is what does not have any (policy_mt). */
function lowerPolicy(options: Options, match: OtherMatch): readonly Instruction[] {
  const at = match.words.indexOf('none');
  if (at === -1) return asked('never')(options, match);
  return ask(not(openOf(match.name, [...match.words.slice(0, at), 'ipsec'], 'never')));
}

/** What is counted by the kernel: `shared` names the option that tells whose count it is. */
function meter(shared: string | null): Lower {
  return (options, { name, words }) => {
    const named = shared === null ? undefined : options.get(shared)?.values[0];
    const state = {
      kind: 'meter',
      name,
      shared: named === undefined ? null : `${name} ${named}`,
      text: words.join(' '),
    } as const;
    return [{ do: 'recall', state, negated: false }];
  };
}
