import { describe, expect, it } from 'vitest';
import { formatted } from './spellings.ts';

// Extensions that fixtures/spellings cannot have: they need a set, or a module that the recording kernel has not.

const inFilter = (words: string) =>
  formatted({ family: 'ipv4', table: 'filter', rule: `-A INPUT ${words}`, nft: null }, 'nft');

/** Asked of iptables 1.8.9, both back ends, in a network namespace with a set foo of hash:ip. */
describe('sets', () => {
  it.each([
    '-m set --match-set foo src',
    '-m set ! --match-set foo src,dst',
    '-m set --match-set foo src,dst,src,dst,src,dst',
    '-m set --match-set foo src ! --update-counters',
    '-m set --match-set foo src ! --update-subcounters',
    '-m set --match-set foo src --packets-eq 3',
    '-m set --match-set foo src ! --packets-eq 3',
    '-m set --match-set foo src --packets-gt 3 --bytes-lt 5',
    '-m set --match-set foo src --return-nomatch ! --bytes-eq 5',
    '-j SET --add-set foo src --exist --timeout 5',
    '-j SET --add-set foo src,dst --del-set foo src',
  ])('%s stays as it is', (words) => {
    expect(inFilter(words)).toEqual([`-A INPUT ${words}`]);
  });

  it.each(['--update-counters', '--update-subcounters'])('%s is the rule, and not printed', (option) => {
    expect(inFilter(`-m set --match-set foo src ${option}`)).toEqual(['-A INPUT -m set --match-set foo src']);
  });

  it.each([
    '-m set --match-set foo src,dst,src,dst,src,dst,src',
    '-m set --match-set foo nope',
    '-m set --match-set abcdefghijklmnopqrstuvwxyz123456 src',
    '-m set --match-set foo src ! --packets-lt 3',
    '-m set --match-set foo src --packets-gt 3 --packets-lt 5',
    '-j SET --exist',
    '-j SET --map-set foo src',
    '-j SET --timeout 5 --del-set foo src',
    '-j SET --map-mark --add-set foo src',
  ])('%s is refused', (words) => {
    expect(inFilter(words)).toBeNull();
  });
});

/** Asked of iptables-legacy-restore 1.8.9 by `-S` before COMMIT, which prints the rules that the kernel has yet to see. */
describe('what the recording kernel has no module for', () => {
  it.each<[words: string, printed?: string]>([
    ['-m ipvs --ipvs'],
    ['-m ipvs ! --ipvs'],
    ['-m ipvs --ipvs --vproto 6', '-m ipvs --vproto 6'],
    ['-m ipvs --vproto tcp', '-m ipvs --vproto 6'],
    ['-m ipvs --vproto IP', '-m ipvs --vproto 0'],
    [
      '-m ipvs --vaddr 10.0.0.0/24 ! --vport 80 --vdir reply --vmethod gate',
      '-m ipvs --vaddr 10.0.0.0/24 ! --vport 80 --vdir REPLY --vmethod GATE',
    ],
    ['-m ipvs --vportctl 21'],
    ['-j LED --led-trigger-id x --led-delay 0', '-j LED --led-trigger-id "x"'],
    ['-j LED --led-trigger-id "x" --led-delay 5 --led-always-blink'],
    ['-j LED --led-trigger-id "abcdefghijklmnop"'],
    [
      '-j CLUSTERIP --new --hashmode sourceip --clustermac 01:00:5e:00:00:0a --total-nodes 2 --local-node 1',
      '-j CLUSTERIP --new --hashmode sourceip --clustermac 01:00:5E:00:00:0A --total-nodes 2 --local-node 1 --hash-init 0',
    ],
    ['-j CLUSTERIP'],
    ['-m nfacct --nfacct-name foo', '-m nfacct --nfacct-name  foo'],
    [
      '-m nfacct --nfacct-name abcdefghijklmnopqrstuvwxyz12345678',
      '-m nfacct --nfacct-name  abcdefghijklmnopqrstuvwxyz12345',
    ],
    ['-m cgroup --path "/foo"'],
  ])('%s', (words, printed = words) => {
    expect(inFilter(words)).toEqual([`-A INPUT ${printed}`]);
  });

  it('a delay without end, which iptables prints as -1 and cannot read again', () => {
    expect(inFilter('-j LED --led-trigger-id x --led-delay INF')).toEqual([
      '-A INPUT -j LED --led-trigger-id "x" --led-delay inf',
    ]);
  });

  it.each([
    '-m ipvs',
    '-m ipvs ! --ipvs --vproto 6',
    '-m ipvs --vaddr 10.0.0.1 ! --vdir ORIGINAL',
    '-j LED --led-trigger-id abcdefghijklmnopq',
    '-j LED --led-trigger-id x --led-delay -1',
    '-j CLUSTERIP --new --hashmode sourceip',
    '-m nfacct --nfacct-name ""',
  ])('%s is refused', (words) => {
    expect(inFilter(words)).toBeNull();
  });
});

/** iptables reads no such rule without the object; iptables-extensions(8) has it so. */
it('a pinned object keeps its path', () => {
  expect(inFilter('-m bpf --object-pinned /sys/fs/bpf/x')).toEqual([
    '-A INPUT -m bpf --object-pinned /sys/fs/bpf/x',
  ]);
});
