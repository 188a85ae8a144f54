import { describe, expect, test } from 'vitest';
import { unmasqueradedMark } from '../../src/lint/masquerade.ts';
import { reachedIn } from '../../src/lint/reached.ts';
import { lazyProgram } from '../../src/proof/rules/program.ts';
import { load, table } from '../proof/small.ts';

const said = (
  rules: readonly string[],
  marking = ['-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000'],
  used = '-A PREROUTING -j KUBE-MARK-MASQ',
) =>
  unmasqueradedMark(
    reachedIn(
      lazyProgram(
        load(
          table(
            'nat',
            ':PREROUTING ACCEPT [0:0]',
            ':POSTROUTING ACCEPT [0:0]',
            ':KUBE-MARK-MASQ - [0:0]',
            ':MINE - [0:0]',
            ':DEEP - [0:0]',
            used,
            ...marking,
            ...rules,
          ),
        ),
      ),
    ),
  );

const marked = '-m mark --mark 0x4000/0x4000 -j MASQUERADE';

describe('marked packets', () => {
  test.each([
    ['all', ['-A POSTROUTING -j MASQUERADE']],
    ['what is marked', [`-A POSTROUTING ${marked}`]],
    [
      'what is marked, with a comment',
      ['-A POSTROUTING -m comment --comment "a" -m mark --mark 0x4000/0x4000 -j MASQUERADE'],
    ],
    ['what is not marked otherwise', ['-A POSTROUTING -m mark ! --mark 0x8000/0x8000 -j MASQUERADE']],
    ['with a given address', ['-A POSTROUTING -m mark --mark 0x4000/0x4000 -j SNAT --to-source 192.0.2.1']],
    ['in a chain', ['-A POSTROUTING -j MINE', '-A MINE -j DEEP', `-A DEEP ${marked}`]],
    ['after a chain', ['-A POSTROUTING -j MINE', '-A MINE -p tcp -j RETURN', `-A POSTROUTING ${marked}`]],
    [
      'after a chain that returns',
      ['-A POSTROUTING -j MINE', '-A MINE -j RETURN', `-A POSTROUTING ${marked}`],
    ],
    ['after a rule that says nothing', ['-A POSTROUTING', `-A POSTROUTING ${marked}`]],
    [
      'after a rule for others',
      ['-A POSTROUTING -m mark --mark 0x0/0x4000 -j ACCEPT', `-A POSTROUTING ${marked}`],
    ],
    ['after a rule for some', ['-A POSTROUTING -p tcp -j ACCEPT', `-A POSTROUTING ${marked}`]],
    ['after a log', ['-A POSTROUTING -j LOG', `-A POSTROUTING ${marked}`]],
    [
      'by the mark that they get in the end',
      [
        '-A POSTROUTING -j MARK --set-xmark 0x8000/0xffffffff',
        '-A POSTROUTING -m mark --mark 0x8000 -j MASQUERADE',
      ],
    ],
    [
      'by the mark that a chain gives',
      [
        '-A POSTROUTING -j MINE',
        '-A MINE -j MARK --set-xmark 0x1/0x0',
        '-A POSTROUTING -m mark --mark 0x4001 -j MASQUERADE',
      ],
    ],
    [
      'as kube-proxy does',
      [
        '-A POSTROUTING -j MINE',
        '-A MINE -m mark ! --mark 0x4000/0x4000 -j RETURN',
        '-A MINE -j MARK --set-xmark 0x4000/0x0',
        '-A MINE -j MASQUERADE',
      ],
    ],
    ['where a chain is gone to', ['-A POSTROUTING -g MINE', '-A MINE -j MASQUERADE']],
  ])('are masqueraded: %s', (_, rules) => {
    expect(said(rules)).toBeNull();
  });

  test.each([
    ['where nothing masquerades', []],
    ['where only another mark is', ['-A POSTROUTING -m mark --mark 0x8000/0x8000 -j MASQUERADE']],
    ['where only unmarked ones are', ['-A POSTROUTING -m mark ! --mark 0x4000/0x4000 -j MASQUERADE']],
    ['where only some are', ['-A POSTROUTING -p tcp -m mark --mark 0x4000/0x4000 -j MASQUERADE']],
    ['where they are accepted before', ['-A POSTROUTING -j ACCEPT', `-A POSTROUTING ${marked}`]],
    [
      'where a chain accepts them before',
      ['-A POSTROUTING -j MINE', '-A MINE -j ACCEPT', `-A POSTROUTING ${marked}`],
    ],
    ['where they return before', ['-A POSTROUTING -j MINE', '-A MINE -j RETURN', `-A MINE ${marked}`]],
    [
      'where they do not come back',
      ['-A POSTROUTING -g MINE', '-A MINE -p tcp -j ACCEPT', `-A POSTROUTING ${marked}`],
    ],
    ['where the mark is gone', ['-A POSTROUTING -j MARK --set-xmark 0x0/0x4000', `-A POSTROUTING ${marked}`]],
    [
      'where the mark was turned',
      ['-A POSTROUTING -j MARK --set-xmark 0x4000/0x0', `-A POSTROUTING ${marked}`],
    ],
    ['where no chain leads there', [`-A MINE ${marked}`]],
  ])('are not: %s', (_, rules) => {
    expect(said(rules)).toBe(0x4000);
  });

  test('may be marked by several rules, and by the highest bit', () => {
    const two = [
      '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x1/0xffffffff',
      '-A KUBE-MARK-MASQ -m comment --comment "a"',
      '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x80000000/0x80000000',
    ];
    expect(said([], two)).toBe(0x80000001);
    expect(said(['-A POSTROUTING -m mark --mark 0x80000000/0x80000000 -j MASQUERADE'], two)).toBeNull();
    const undone = [...two, '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x0/0x1'];
    expect(said([], undone)).toBe(0x80000000);
  });

  test('are none where nothing leads to what marks', () => {
    expect(said([], [], '-A PREROUTING -p tcp -j ACCEPT')).toBeNull();
    expect(
      unmasqueradedMark(reachedIn(lazyProgram(load(table('nat', ':PREROUTING ACCEPT [0:0]'))))),
    ).toBeNull();
  });

  test('are not masqueraded where there is no POSTROUTING', () => {
    const dump = table(
      'nat',
      ':PREROUTING ACCEPT [0:0]',
      ':KUBE-MARK-MASQ - [0:0]',
      '-A PREROUTING -j KUBE-MARK-MASQ',
      '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x1/0x1',
    );
    expect(unmasqueradedMark(reachedIn(lazyProgram(load(dump))))).toBe(1);
  });
});
