import { want } from '../../../text/expected.ts';
import { spelling } from '../codecs/words.ts';
import { flag, type Given, type Options, plain, Refusal, refuseValue, understood, value } from '../syntax.ts';

const not = { negatable: true };

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
    return refuseValue(word, want.either('HH:MM', 'HH:MM:SS'));
  }
  return [hour, minute, second].map((part) => String(Number(part)).padStart(2, '0')).join(':');
});

const date = spelling((word) => {
  const parts = /^(\d+)(?:-(\d+)(?:-(\d+)(?:T(\d+)(?::(\d+)(?::(\d+))?)?)?)?)?$/.exec(word)?.slice(1);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = (parts ?? []).map((part) =>
    part === undefined ? undefined : Number(part),
  );
  if (year < 1970 || year > 2038 || month > 12 || day > 31 || hour > 23 || minute > 59 || second > 59) {
    return refuseValue(word, want.written('YYYY-MM-DDThh:mm:ss'));
  }
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second)).toISOString().slice(0, 19);
});

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Nothing between two commas is no day of the week, and passed over among those of the month. */
function readDays(word: string, count: number, names: readonly string[]): readonly number[] {
  const isRead = (one: string, index: number, { length }: readonly string[]) =>
    one !== '' || (names.length > 0 && index < length - 1);
  return word
    .split(',')
    .filter(isRead)
    .map((one) => {
      const number = readDay(one) ?? names.findIndex((name) => name.slice(0, 2) === one.slice(0, 2)) + 1;
      return number < 1 || number > count ? refuseValue(word, want.range(1, count, 'days')) : number;
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

export const time = understood({
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
      throw new Refusal('option-conflict', { code: 'contiguous' });
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
