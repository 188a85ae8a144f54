import { describe, expect, test } from 'vitest';
import { comparePackets } from '../../src/proof/compare.ts';
import { type Box, universe, withSide } from '../../src/sets/box.ts';
import { hostOf } from '../kernel/node.ts';
import { load, table } from './small.ts';

// What stands alike behind the last rule that differs is followed no further; what may yet meet one is.
const of = (origin: number, protocol: number) =>
  withSide(withSide(universe('ipv4', 3), 'origin', [origin, origin]), 'protocol', [protocol, protocol]);
const compare = (before: string, after: string, ...only: readonly Box[]) =>
  comparePackets(load(before), load(after), hostOf('ipv4'), { only });

describe('packets of a comparison are followed no further than rules differ', () => {
  const back = '-A PREROUTING -j MARK --set-xmark 0x0/0x1';
  const mark = '-A PREROUTING -s 203.0.113.0/24 -j MARK --set-xmark 0x1/0x1';
  const asks = table('filter', '-A FORWARD -m mark --mark 0x1/0x1 -j DROP');
  const fromWire = of(1, 47);

  test('a mark that is taken back is proved', () => {
    expect(compare(table('mangle', back) + asks, table('mangle', mark, back) + asks, fromWire).same).toBe(
      true,
    );
  });

  test('one that stays is not', () => {
    expect(compare(asks, table('mangle', mark) + asks, fromWire).classes.length).toBeGreaterThan(0);
  });

  test("the node's own error may come back to a rule that differs", () => {
    const rejects = table('filter', '-A INPUT -p udp -m udp --dport 9 -j REJECT');
    const drops = table('mangle', '-A PREROUTING -i lo -p icmp -j DROP');
    const { classes } = compare(rejects, drops + rejects, of(0, 17));
    const refused = classes.filter(({ witness }) => witness.protocol === 17);
    // The node is the first of the places that packets come from.
    const places = refused.flatMap(({ boxes }) => boxes.map(({ sides }) => sides.origin[0]));
    expect(places).toContain(0);
    expect(refused.flatMap(({ boxes }) => boxes.map(({ sides }) => sides.destinationPort))).toContainEqual([
      9, 9,
    ]);
  });

  test('what the node sends to itself comes by the hooks of what arrives', () => {
    const drops = table('filter', '-A INPUT -p tcp -m tcp --dport 9 -j DROP');
    const { classes } = compare('', drops, of(0, 6));
    expect(new Set(classes.map(({ witness }) => witness.from))).toContain('host');
  });
});
