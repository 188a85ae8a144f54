import { latin } from '../../text/bytes.ts';
import { shortHostMask } from '../codecs/addresses.ts';
import { namedMark } from '../codecs/marks.ts';
import { hex, integer, paddedHex, uint16, uint32 } from '../codecs/numbers.ts';
import { anyPort } from '../codecs/ports.ts';
import { cutText, oneOf, spelling, text, word, wordOf } from '../codecs/words.ts';
import { readInteger } from '../numbers.ts';
import { protocolName, readProtocol } from '../protocols.ts';
import {
  type Extension,
  flag,
  type Given,
  inwardHooks,
  type Option,
  type Options,
  outwardHooks,
  type Place,
  plain,
  printerOf,
  Refusal,
  refuseValue,
  type Understood,
  understood,
  value,
} from '../syntax.ts';
import { demandProtocol } from './transport.ts';

const not = { negatable: true };

const bytecode = spelling((program) => {
  const [length = '', ...instructions] = program.split(',').map((part) => part.trim());
  if (instructions.at(-1) === '') instructions.pop();
  const count = readInteger(length) ?? 0;
  if (count < 1 || count > 64 || instructions.length !== count)
    return refuseValue(program, 'LENGTH,CODE JT JF K,…');
  if (instructions.some((one) => !/^\d+ \d+ \d+ \d+$/.test(one)))
    return refuseValue(program, 'LENGTH,CODE JT JF K,…');
  return `"${[count, ...instructions].join()}"`;
});

const bpf = understood({
  name: 'bpf',
  options: {
    bytecode: value('bytecode', bytecode, { excludes: ['object'] }),
    object: value('object-pinned', word),
  },
  complete: atLeastOne('bpf'),
});

function atLeastOne(name: string) {
  return (given: Given<Options>): Given<Options> => {
    if (Object.keys(given).length === 0)
      throw new Refusal('option-missing', `${name} needs one of its options`);
    return given;
  };
}

const nodes = integer(1, 32);

const cluster = understood({
  name: 'cluster',
  options: {
    mask: value('cluster-local-nodemask', integer(1, 32, paddedHex(8)), { ...not, excludes: ['node'] }),
    node: {
      ...value(
        'cluster-local-node',
        { ...nodes, print: (node: number) => paddedHex(8)(2 ** (node - 1)) },
        { ...not, excludes: ['mask'] },
      ),
      prints: 'cluster-local-nodemask',
    },
    total: value('cluster-total-nodes', nodes, { required: true }),
    seed: value('cluster-hash-seed', integer(0, 0xffffffff, paddedHex(8)), { required: true }),
  },
  complete(given) {
    const { node, mask, total } = given;
    const local = mask ? (mask.value as number) : 2 ** ((node?.value as number) - 1);
    if (!node && !mask)
      throw new Refusal('option-missing', 'cluster needs --cluster-local-node or --cluster-local-nodemask');
    if (local >= 2 ** (total?.value as number))
      throw new Refusal('option-value', 'there are fewer nodes than that');
    return given;
  },
});

/** iproute2's own file of groups names 0 alone. */
const groupMask = namedMark('default');

const ipvs = understood({
  name: 'ipvs',
  options: {
    ipvs: flag('ipvs', not),
    protocol: value('vproto', { read: (one: string) => readProtocol(one), print: String }, not),
    address: value('vaddr', shortHostMask, not),
    port: value('vport', anyPort, not),
    direction: value('vdir', wordOf(['ORIGINAL', 'REPLY'])),
    method: value('vmethod', wordOf(['GATE', 'IPIP', 'MASQ']), not),
    control: value('vportctl', anyPort, not),
  },
  complete(given) {
    const { ipvs, ...rest } = atLeastOne('ipvs')(given);
    if (Object.keys(rest).length === 0) return given;
    if (ipvs?.negated) throw new Refusal('option-conflict', '! --ipvs stands alone');
    return rest;
  },
});

const osf = understood({
  name: 'osf',
  family: 'ipv4',
  options: {
    genre: value('genre', { ...text(31), print: word.print }, { ...not, required: true }),
    ttl: value('ttl', integer(0, 2)),
    log: value('log', integer(0, 2)),
  },
  complete(given, context) {
    demandProtocol('tcp', context);
    return given;
  },
});

// IPsec policy: options of one element after the other, `--next` between them.

const policyFields = ['reqid', 'spi', 'proto', 'mode', 'tunnel-dst', 'tunnel-src'] as const;

const policyElement: Options = {
  reqid: value('reqid', uint32, not),
  spi: value('spi', integer(0, 0xffffffff, hex), not),
  proto: value(
    'proto',
    spelling((one) => {
      const name = protocolName(readProtocol(one));
      return ['ah', 'esp', 'ipcomp'].includes(name) ? name : refuseValue(one, 'ah, esp or ipcomp');
    }),
    not,
  ),
  mode: value('mode', oneOf(['transport', 'tunnel']), not),
  'tunnel-dst': value('tunnel-dst', shortHostMask, not),
  'tunnel-src': value('tunnel-src', shortHostMask, not),
};

const printElement = printerOf(policyElement);

/** `--next` begins another element; the first one stands in the options themselves, all others in its value. */
const next: Option<readonly Given<Options>[]> = {
  names: ['next'],
  arity: 0,
  needs: ['strict'],
  repeatable: true,
  separates: policyFields,
  read: () => [],
  print: (elements) => elements.map(printElement).join(' --next'),
};

const policy = understood({
  name: 'policy',
  place: ({ words }) => ({ hooks: words[1] === 'in' ? inwardHooks : outwardHooks }),
  options: {
    direction: value('dir', oneOf(['in', 'out']), { required: true }),
    policy: value('pol', oneOf(['none', 'ipsec'])),
    strict: flag('strict'),
    ...policyElement,
    next,
  },
  complete: completePolicy,
});

function completePolicy({ direction, policy, strict, next, ...last }: Given<Options>): Given<Options> {
  const none = policy?.value === 'none';
  const elements = [...((next?.value as Given<Options>[] | undefined) ?? []), last];
  if (none && strict) throw new Refusal('option-conflict', '--pol none excludes --strict');
  if (strict && elements.some((element) => Object.keys(element).length === 0)) {
    throw new Refusal('option-missing', '--strict needs something in every element');
  }
  if (elements.length > 4) throw new Refusal('option-conflict', 'a policy has at most four elements');
  for (const { mode, ...element } of elements) {
    const tunnel = mode !== undefined && (mode.value === 'tunnel') !== mode.negated;
    if ((element['tunnel-src'] || element['tunnel-dst']) && !tunnel) {
      throw new Refusal('option-needs', '--tunnel-src and --tunnel-dst need --mode tunnel');
    }
  }
  const [first, ...others] = elements;
  return {
    direction,
    policy: policy ?? plain('ipsec'),
    strict,
    ...(none ? {} : first),
    next: others.length === 0 ? undefined : plain(others),
  };
}

// Strings: as such where they can be printed, else in hexadecimal.

function printPattern(bytes: string): { readonly hex: boolean; readonly text: string } {
  const hex = /[^\x20-\x7e]/.test(bytes) || bytes.endsWith('\\');
  if (!hex) return { hex, text: `"${bytes.replace(/["\\]/g, '\\$&')}"` };
  return {
    hex,
    text: `"|${[...bytes].map((one) => one.charCodeAt(0).toString(16).padStart(2, '0')).join('')}|"`,
  };
}

const pattern = {
  read: (word: string) =>
    latin(word).length > 128 ? refuseValue(word, 'at most 128 characters') : latin(word),
  print: (bytes: string) => printPattern(bytes).text,
};

const hexPattern = {
  read(word: string): string {
    let bytes = '';
    let hex = false;
    const refuse = (): never => refuseValue(word, 'text with |hexadecimal digits| in it');
    if (word === '') refuse();
    for (let at = 0; at < word.length; at += 1) {
      const sign = word[at] as string;
      if (sign === '|') {
        hex = !hex;
      } else if (hex) {
        if (sign === ' ') continue;
        const digits = word.slice(at, at + 2);
        if (!/^[0-9a-fA-F]{2}$/.test(digits) || at + 2 === word.length) refuse();
        bytes += String.fromCharCode(Number.parseInt(digits, 16));
        at += 1;
      } else if (sign === '\\') {
        if (at + 1 >= word.length) refuse();
        bytes += word[++at];
      } else bytes += latin(sign);
    }
    return bytes.length > 128 ? refuse() : bytes;
  },
  print: (bytes: string) => printPattern(bytes).text,
};

const stringMatch = understood({
  name: 'string',
  options: {
    hex: value('hex-string', hexPattern, { ...not, excludes: ['string'] }),
    string: value('string', pattern, { ...not, excludes: ['hex'] }),
    algorithm: value('algo', oneOf(['bm', 'kmp']), { required: true }),
    from: { ...value('from', uint16), hides: (from) => from === 0 },
    to: { ...value('to', uint16), hides: (to) => to === 65535 },
    icase: flag('icase'),
  },
  complete({ hex, string, ...rest }) {
    const one = hex ?? string;
    const [from = 0, to = 65535] = [
      rest.from?.value as number | undefined,
      rest.to?.value as number | undefined,
    ];
    if (from > to) throw new Refusal('option-conflict', '--from is above --to');
    if (one?.value === '') throw new Refusal('option-value', 'an empty string is refused');
    if (!one) throw new Refusal('option-missing', 'string needs --string or --hex-string');
    return { ...rest, [printPattern(one.value as string).hex ? 'hex' : 'string']: one };
  },
});

// Times.

const clock = spelling((word) => {
  const [, hour, minute, second = '0'] = /^(\d+):(\d+)(?::(\d+))?$/.exec(word) ?? [];
  if (
    hour === undefined ||
    minute === undefined ||
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 59
  ) {
    return refuseValue(word, 'HH:MM or HH:MM:SS');
  }
  return [hour, minute, second].map((part) => String(Number(part)).padStart(2, '0')).join(':');
});

const date = spelling((word) => {
  const parts = /^(\d+)(?:-(\d+)(?:-(\d+)(?:T(\d+)(?::(\d+)(?::(\d+))?)?)?)?)?$/.exec(word)?.slice(1);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = (parts ?? []).map((part) =>
    part === undefined ? undefined : Number(part),
  );
  if (year < 1970 || year > 2038 || month > 12 || day > 31 || hour > 23 || minute > 59 || second > 59) {
    return refuseValue(word, 'YYYY-MM-DDThh:mm:ss');
  }
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second)).toISOString().slice(0, 19);
});

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function readDays(word: string, count: number, names: readonly string[]): readonly number[] {
  return word.split(',').flatMap((one) => {
    if (one === '') return [];
    const number = readDay(one) ?? names.findIndex((name) => name.slice(0, 2) === one.slice(0, 2)) + 1;
    return number < 1 || number > count ? refuseValue(word, `days from 1 to ${count}`) : number;
  });
}

/** At most two decimal digits are looked at. */
function readDay(text: string): number | undefined {
  return /^\+?\d+$/.test(text) ? Number(text.slice(0, 2)) : undefined;
}

const days = (count: number, names: readonly string[]) => ({
  read: (word: string) => readDays(word, count, names),
  print: (some: readonly number[]) => some.map((day) => names[day - 1] ?? String(day)).join(),
});

/** `!` takes the other days; all of them is as good as none. */
function daysShown(given: Given<Options>[string], count: number) {
  if (!given) return undefined;
  const all = Array.from({ length: count }, (_, index) => index + 1);
  const asked = new Set(given.value as readonly number[]);
  const shown = all.filter((day) => asked.has(day) !== given.negated);
  return shown.length === count ? undefined : plain(shown);
}

const time = understood({
  name: 'time',
  options: {
    start: value('timestart', clock),
    stop: value('timestop', clock),
    monthdays: value('monthdays', days(31, []), not),
    weekdays: value('weekdays', days(7, weekdays), not),
    from: { ...value('datestart', date), hides: (from) => from === '1970-01-01T00:00:00' },
    until: value('datestop', date),
    kerneltz: flag(['kerneltz'], { excludes: ['utc'] }),
    localtz: { ...flag('localtz', { excludes: ['utc'] }), prints: 'kerneltz' },
    utc: { ...flag('utc'), hides: () => true },
    contiguous: flag('contiguous'),
  },
  complete(given) {
    const start = (given.start?.value as string | undefined) ?? '00:00:00';
    const stop = (given.stop?.value as string | undefined) ?? '23:59:59';
    if (given.contiguous && start < stop) {
      throw new Refusal('option-conflict', '--contiguous is for a stop before the start');
    }
    const whole = start === '00:00:00' && stop === '23:59:59';
    return {
      ...given,
      start: whole ? undefined : plain(start),
      stop: whole ? undefined : plain(stop),
      monthdays: daysShown(given.monthdays, 31),
      weekdays: daysShown(given.weekdays, 7),
      until: given.until ?? plain('2038-01-19T03:14:07'),
      ...(given.localtz && given.kerneltz && { localtz: undefined }),
    };
  },
});

/** Tests joined by &&, each `LOCATION=RANGES`; all numbers come out in hexadecimal. */
const u32Program = spelling((program) => {
  const number = '\\s*(?:0[xX][0-9a-fA-F]+|\\d+)\\s*';
  const test = new RegExp(
    `^${number}(?:(?:&|<<|>>|@)${number})*=${number}(?::${number})?(?:,${number}(?::${number})?)*$`,
  );
  const tests = program.split('&&');
  if (tests.length > 10 || tests.some((one) => !test.test(one)))
    return refuseValue(program, 'LOCATION=RANGE');
  const hexed = program.replace(/\s/g, '').replace(/0[xX][0-9a-fA-F]+|\d+/g, (one) => {
    const read = readInteger(one);
    return read === undefined || read > 0xffffffff
      ? refuseValue(one, 'a number of 32 bits')
      : `0x${read.toString(16)}`;
  });
  return `"${hexed.replace(/(0x[0-9a-f]+):\1(?![0-9a-f])/g, '$1')}"`;
});

function devgroupPlace(words: readonly string[]): Place {
  const [source, destination] = [words.includes('--src-group'), words.includes('--dst-group')];
  if (source && destination) return { hooks: ['FORWARD'] };
  return { hooks: source ? inwardHooks : outwardHooks };
}

const connlabel = understood({
  name: 'connlabel',
  options: {
    label: value(
      'label',
      { ...integer(0, 127), print: (label: number) => `"${label}"` },
      { ...not, required: true },
    ),
    set: flag('set'),
  },
});

export const otherMatches: readonly Extension<Understood>[] = [
  bpf,
  cluster,
  connlabel,
  ipvs,
  osf,
  policy,
  stringMatch,
  time,
  understood({
    name: 'cgroup',
    place: { hooks: ['INPUT', 'OUTPUT', 'POSTROUTING'] },
    options: {
      path: value('path', text(511), { ...not, excludes: ['id'] }),
      id: value('cgroup', uint32, { ...not, excludes: ['path'] }),
    },
    complete: atLeastOne('cgroup'),
  }),
  understood({ name: 'cpu', options: { cpu: value('cpu', uint32, { ...not, required: true }) } }),
  understood({
    name: 'devgroup',
    place: ({ words }) => devgroupPlace(words),
    options: { source: value('src-group', groupMask, not), destination: value('dst-group', groupMask, not) },
    complete: atLeastOne('devgroup'),
  }),
  understood({
    name: 'helper',
    options: { helper: value('helper', cutText(29), { ...not, required: true }) },
  }),
  understood({ name: 'u32', options: { u32: value('u32', u32Program, { ...not, required: true }) } }),
];
