import { describe, expect, it } from 'vitest';
import type { Family } from '../../src/address/address.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import type { Backend } from '../../src/iptables/rule/syntax.ts';
import { sayExpected } from '../../src/text/detail.ts';
import { InputError } from '../../src/text/problem.ts';

// Of some rules that iptables refuses (fixtures/spellings and absent-modules.test.ts have them, among many more): what kind
// of problem is reported, and what is said to be right instead.

interface Settings {
  readonly table?: string;
  readonly family?: Family;
  readonly backend?: Backend;
}

function problemsOf(rule: string, { table = 'filter', family = 'ipv4', backend = 'nft' }: Settings = {}) {
  try {
    return readDump({ name: 'dump', text: `*${table}\n${rule}\nCOMMIT\n` }, { family, backend }).problems;
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

const codesAndMessages = (rule: string, settings?: Settings) =>
  problemsOf(rule, settings).map(({ code, message }) => `${code}: ${message}`);

const expectations = (rule: string, settings?: Settings) =>
  problemsOf(rule, settings).map(({ code, expected }) => `${code}: ${expected && sayExpected(expected)}`);

const mangle = { table: 'mangle' };
const ipv6 = { family: 'ipv6' } as const;

describe('an option without what it needs, or beside what it excludes', () => {
  it.each<[rule: string, problem: string, settings?: Settings]>([
    ['-A INPUT ! -s 10.0.0.1,10.0.0.2', 'option-negation: beside several addresses none can be negated'],
    [
      '-A INPUT -s 10.0.0.1,10.0.0.2 ! -d 10.0.0.3',
      'option-negation: beside several addresses none can be negated',
    ],
    [
      '-A INPUT ! -s 10.0.0.1 -d 10.0.0.3,10.0.0.4',
      'option-negation: beside several addresses none can be negated',
    ],
    ['-A INPUT -m tcpmss --mss 1', 'option-needs: -m tcpmss needs -p tcp'],
    ['-A INPUT -m multiport --dports 1', 'option-needs: multiport needs -p tcp, udp, udplite, sctp or dccp'],
    ['-A INPUT -m recent --set --seconds 5', 'option-conflict: --set excludes --seconds and --hitcount'],
    [
      '-A INPUT -m recent --remove --hitcount 5',
      'option-conflict: --remove excludes --seconds and --hitcount',
    ],
    ['-A INPUT -p tcp -m udp --dport 1', 'option-needs: -m udp needs -p udp'],
    ['-A INPUT -m string --algo bm --string ""', 'option-value: an empty string is refused'],
    ['-A INPUT -m string --algo bm --from 9 --to 3 --string a', 'option-conflict: --from is above --to'],
    [
      '-A INPUT -m policy --dir in --pol ipsec --strict --reqid 1 --next --reqid 2 --next --reqid 3 --next --reqid 4 --next --reqid 5',
      'option-conflict: a policy has at most four elements',
    ],
    ['-A INPUT -m policy --dir in --pol none --strict', 'option-conflict: --pol none excludes --strict'],
    ['-A INPUT -m statistic --probability 0.5', 'option-missing: statistic needs --mode'],
    ['-A INPUT -m physdev', 'option-missing: -m physdev needs an option'],
    ['-A OUTPUT -m owner', 'option-missing: owner needs --uid-owner, --gid-owner or --socket-exists'],
    ['-A INPUT -m string --algo bm', 'option-missing: string needs --string or --hex-string'],
    [
      '-A INPUT -m cluster --cluster-total-nodes 2 --cluster-hash-seed 1',
      'option-missing: cluster needs --cluster-local-node or --cluster-local-nodemask',
    ],
    ['-A OUTPUT -m cgroup', 'option-missing: cgroup needs one of its options'],
    ['-A INPUT -m ipvs', 'option-missing: ipvs needs one of its options'],
    ['-A INPUT -m ipvs ! --ipvs --vproto 6', 'option-conflict: ! --ipvs stands alone'],
    ['-A INPUT -j TOS', 'option-missing: TOS needs one of its options', mangle],
    [
      '-A INPUT -j CLUSTERIP --new --hashmode sourceip',
      'option-missing: CLUSTERIP --new needs all of its options',
    ],
    ['-A INPUT -j SET', 'option-missing: SET needs one of its options'],
    [
      '-A INPUT -j SET --map-set foo src',
      'option-missing: --map-set needs --map-mark, --map-prio or --map-queue',
    ],
    ['-A INPUT -j SET --timeout 5 --del-set foo src', 'option-needs: --timeout needs --add-set'],
    ['-A INPUT -j SET --map-mark --add-set foo src', 'option-needs: --map-mark needs --map-set'],
    [
      '-A INPUT -m policy --dir in --mode transport --tunnel-src 10.0.0.1',
      'option-needs: --tunnel-src and --tunnel-dst need --mode tunnel',
    ],
    [
      '-A INPUT -m rt --rt-type 1 --rt-0-res',
      'option-needs: --rt-0-res and --rt-0-addrs need --rt-type 0',
      ipv6,
    ],
    ['-A INPUT -j QUEUE', "chain-unknown: nft knows no target QUEUE; it is NFQUEUE's ancestor"],
  ])('%s', (rule, problem, settings) => {
    expect(codesAndMessages(rule, settings)).toEqual([problem]);
  });
});

describe('a value that is none, and what would be one', () => {
  it.each<[rule: string, problem: string, settings?: Settings]>([
    ['-A INPUT -m length --length 1:2:3', 'option-value: FIRST:LAST'],
    ['-A INPUT -m statistic --mode foo', 'option-value: one of random, nth'],
    [
      '-A INPUT -p dccp -m dccp --dccp-types NOPE',
      'option-value: some of REQUEST,RESPONSE,DATA,ACK,DATAACK,CLOSEREQ,CLOSE,RESET,SYNC,SYNCACK,INVALID',
    ],
    [
      `-A INPUT -m u32 --u32 "${Array.from({ length: 11 }, () => '0=1').join('&&')}"`,
      'option-value: LOCATION=RANGE',
    ],
    ['-A INPUT -m u32 --u32 "0=0x100000000"', 'option-value: a number of 32 bits'],
    [
      '-A INPUT -p tcp -m multiport --dports 1:2,3:4,5:6,7:8,9:10,11:12,13:14,15:16',
      'option-value: at most 15 ports, a range counting twice',
    ],
    ['-A INPUT -m limit --limit 10001/second', 'option-value: at most 10000/second'],
    ['-A INPUT -m set --match-set foo src,dst,src,dst,src,dst,src', 'option-value: at most 6 directions'],
    ['-A INPUT -m set --match-set foo nope', 'option-value: src or dst, several with commas'],
    [
      '-A INPUT -m ipv6header --header nope',
      'option-value: hop-by-hop, ipv6-opts, ipv6-route, ipv6-frag, ah, esp, ipv6-nonxt, protocol',
      ipv6,
    ],
    [
      '-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1:foo',
      'option-value: PORT or FIRST-LAST',
      { table: 'nat' },
    ],
    [
      '-A INPUT -j RATEEST --rateest-name a --rateest-interval 5min --rateest-ewmalog 1s',
      'option-value: a time such as 500ms',
      mangle,
    ],
    [
      '-A INPUT -j RATEEST --rateest-name a --rateest-interval abc --rateest-ewmalog 1s',
      'option-value: a time such as 500ms',
      mangle,
    ],
    ['-A INPUT -m rateest --rateest a --rateest-gt --rateest-bps 1min', 'option-value: a rate such as 1mbit'],
  ])('%s', (rule, problem, settings) => {
    expect(expectations(rule, settings)).toEqual([problem]);
  });
});

it.each([
  '-h',
  '--help',
  '-V',
  '--version',
  '-S',
  '--list-rules',
  '-L',
  '--list',
  '--line-numbers',
  '-n',
  '-x',
])('an option for a command that is typed: %s', (option) => {
  expect(codesAndMessages(`-A INPUT ${option}`)).toEqual([`dump-syntax: ${option} is not for a dump`]);
});
