import { want } from '../../../text/expected.ts';
import { uint16 } from '../codecs/numbers.ts';
import { spelling, text as textOf } from '../codecs/words.ts';
import { type Codec, extension, flag, refuseValue, value, when } from '../syntax.ts';
import type { CtTarget } from '../target.ts';

export const notrack = extension({
  name: 'NOTRACK',
  place: { tables: ['raw'] },
  options: {},
  build: (): CtTarget => ({ kind: 'ct', spelling: 'NOTRACK', notrack: true, further: [] }),
  take: () => ({}),
});

const connectionEvents = [
  'new',
  'related',
  'destroy',
  'reply',
  'assured',
  'protoinfo',
  'helper',
  'mark',
  'natseqinfo',
  'secmark',
];

function events(names: readonly string[]): Codec<string> {
  return spelling((word) => {
    const asked = word.split(',');
    if (asked.some((one) => !names.includes(one))) return refuseValue(word, want.someOf(names));
    return names.filter((name) => asked.includes(name)).join();
  });
}

const zone = spelling((word, context) =>
  word.toLowerCase() === 'mark' ? 'mark' : uint16.print(uint16.read(word, context)),
);
/** In the order of the rule. */
type GivenZones = Readonly<Partial<Record<keyof typeof zoneOptions, { value: string } | undefined>>>;

const zoneOptions = {
  zoneOriginal: value('zone-orig', zone),
  zoneReply: value('zone-reply', zone),
  zone: value('zone', zone),
};

/** The kernel has one zone, the one named last, and for each direction whether it holds; `mark` is never taken back. */
function zoneWords(given: GivenZones): string[] {
  const keys = Object.keys(zoneOptions) as (keyof GivenZones)[];
  const asked = Object.keys(given).filter((key) => keys.includes(key as keyof GivenZones));
  const zones = asked.map((key) => given[key as keyof GivenZones]?.value as string);
  const { zoneOriginal, zoneReply } = given;
  const name = !zoneOriginal === !zoneReply ? '--zone' : zoneOriginal ? '--zone-orig' : '--zone-reply';
  const last = zones.includes('mark') ? 'mark' : (zones.at(-1) ?? '0');
  return last === '0' ? [] : [name, last];
}

export const ct = extension({
  name: 'CT',
  place: { tables: ['raw'] },
  options: { notrack: flag('notrack'), ...zoneOptions },
  further: {
    helper: value('helper', { ...textOf(15), print: (word: string) => word }),
    timeout: value('timeout', { ...textOf(31), print: (word: string) => word }),
    events: value('ctevents', events(connectionEvents)),
    expectations: value('expevents', events(['new'])),
  },
  build: ({ notrack, ...zones }, _context, further): CtTarget => ({
    kind: 'ct',
    spelling: 'CT',
    notrack: notrack !== undefined,
    further: [...further, ...zoneWords(zones)],
  }),
  take: (target) => ({ notrack: when(target.notrack) }),
  words: (target) => target.further,
});
