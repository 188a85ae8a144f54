import { describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';
import { dumpOf } from './lines.ts';

const web = 'filter FORWARD -p tcp -m tcp --dport 80 -j DROP';
const diff = async (added: readonly string[], facts: string) =>
  kubenat(['diff', 'a', 'b', '--assume', 'facts.yaml', '--verbose'], {
    a: dumpOf([web]),
    b: dumpOf([...added, web]),
    'facts.yaml': facts,
  });

const tunnelled = '-m policy --dir in --pol ipsec';
const user = '-m owner --uid-owner 5';
const first = '-m mac --mac-source 00:00:00:00:00:01';

describe('facts about a host end a doubt', () => {
  test.each([
    ['a match', [`filter FORWARD ${tunnelled} -j ACCEPT`], `never: ["${tunnelled}"]`],
    ['its contrary', ['filter OUTPUT -m owner ! --uid-owner 5 -j DROP'], `always: ["${user}"]`],
    [
      'an extension that is not known',
      ['filter FORWARD -m mystery --count -j DROP'],
      'never: ["-m mystery --count"]',
    ],
    [
      'a set',
      ['filter FORWARD -m set --match-set blocked src -j DROP'],
      'never: ["-m set --match-set blocked src"]',
    ],
    ['interfaces', ['filter FORWARD -i docker0 -j DROP'], 'interfaces: none'],
  ])('%s', async (_what, added, facts) => {
    const { status: code, out, err } = await diff(added, facts);
    expect([code, err]).toEqual([0, '']);
    if (!facts.startsWith('interfaces')) expect(out).toContain('--assume says so');
  });

  test.each([
    ['groups', ['filter INPUT -d 224.0.0.251/32 -j DROP'], 'multicast: [224.0.0.251]'],
    ['another interface', ['filter FORWARD -i docker0 -j DROP'], 'interfaces: [docker0]'],
    ['what holds always', [`filter FORWARD ${first} -j DROP`], `always: ["${first}"]`],
    ['another match', [`filter FORWARD ${first} -j DROP`], `never: ["${tunnelled}"]`],
  ])('and prove no more: %s', async (_what, added, facts) => {
    expect((await diff(added, facts)).status).toBe(1);
  });

  test.each([
    ['never: ["-s 10.0.0.0/8"]', 'each packet tells it by itself'],
    ['always: ["-m mark --mark 1"]', 'the rules tell it'],
    [`never: ["${user} ${first}"]`, 'not one match'],
    [`never: ["${user}"]\nalways: ["${user}"]`, 'for every packet and for none'],
    ['never: ["-j DROP"]', 'facts.yaml:1:9'],
    ['multicast: [10.0.0.1]', 'no multicast address'],
    ['nevr: []', 'never, perhaps'],
    ['interfaces: [a/b]', "an interface's name"],
  ])('%s is refused at its place', async (facts, said) => {
    const { status: code, out, err } = await diff([], facts);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('facts.yaml:');
    expect(err).toContain(said);
  });

  test('what no rule asks is warned of', async () => {
    expect((await diff([], `never: ["${user}"]`)).err).toContain(`no rule asks ${user}`);
  });
});
