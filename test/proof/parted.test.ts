import { describe, expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { hostOf } from '../kernel/node.ts';

const host = hostOf('ipv4');

const compare = (...sides: readonly (readonly string[])[]) => {
  const [before, after] = sides.map((rules) => {
    const lines = rules.map((rule) => `-A INPUT ${rule} -j DROP\n`).join('');
    const text = `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${lines}COMMIT\n`;
    return readDump({ name: 'dump', text }, { family: 'ipv4' }).ruleset;
  });
  const { classes, unproved } = comparePackets(before as never, after as never, host);
  return { classes: classes.length, unproved: unproved.length };
};

/** What one rule asks, in two that part it: by what the kernel compares (esp.c, xt_string.c, xt_sctp.c, xt_dccp.c, xt_time.c). */
const parted: readonly (readonly [whole: string, ...parts: string[]])[] = [
  ['-p esp -m esp --espspi 1:10', '-p esp -m esp --espspi 1:5', '-p esp -m esp --espspi 6:10'],
  ['-p esp -m esp --espspi 1:', '-p esp -m esp --espspi 1', '-p esp -m esp --espspi 2:4294967295'],
  ['-p esp', '-p esp -m esp --espspi 7', '-p esp -m esp ! --espspi 7'],
  ['-p ah', '-p ah -m ah --ahspi :5', '-p ah -m ah ! --ahspi 0:5'],
  [
    '-p ipcomp -m ipcomp --ipcompspi 1:3',
    '-p ipcomp -m ipcomp --ipcompspi 2:3',
    '-p ipcomp -m ipcomp --ipcompspi 1',
  ],
  ['-p tcp', '-p tcp -m string --string abc --algo bm', '-p tcp -m string ! --string abc --algo bm'],
  ['-p sctp', '-p sctp -m sctp --chunk-types any INIT', '-p sctp -m sctp ! --chunk-types any INIT'],
  [
    '-m time --timestart 10:00 --timestop 14:00',
    '-m time --timestart 10:00 --timestop 12:00',
    '-m time --timestart 12:00:01 --timestop 14:00',
  ],
  [
    '-m time --timestart 22:00 --timestop 05:00',
    '-m time --timestart 22:00 --timestop 23:59:59',
    '-m time --timestart 00:00 --timestop 05:00',
  ],
  ['-m time --weekdays Mon,Tue,Wed', '-m time --weekdays Mon,Wed', '-m time --weekdays Tue'],
  ['-m time --monthdays 1,2,3', '-m time --monthdays 1', '-m time --monthdays 2,3'],
  [
    '-m time --timestart 10:00 --timestop 14:00',
    '-m time --timestart 10:00 --timestop 14:00 --weekdays Sat,Sun',
    '-m time --timestart 10:00 --timestop 14:00 ! --weekdays Sat,Sun',
  ],
  ['-p dccp', '-p dccp -m dccp --dccp-types REQUEST', '-p dccp -m dccp ! --dccp-types REQUEST'],
];

describe('a question that two rules part between them is one', () => {
  test.each(parted)('%s', (whole, ...parts) => {
    expect(compare(parts, [whole])).toEqual({ classes: 0, unproved: 0 });
    expect(compare([whole], [...parts].reverse())).toEqual({ classes: 0, unproved: 0 });
  });

  test.each(parted)('and is not where a part is missing: %s', (whole, ...parts) => {
    for (const part of parts) expect(compare([part], [whole]).classes).toBeGreaterThan(0);
  });
});

test('a number between two ranges is in neither', () => {
  const { classes } = compare(
    ['-p esp -m esp --espspi 1:5', '-p esp -m esp --espspi 7:10'],
    ['-p esp -m esp --espspi 1:10'],
  );
  expect(classes).toBeGreaterThan(0);
});
