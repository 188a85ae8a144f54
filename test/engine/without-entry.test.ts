import { describe, expect, test } from 'vitest';
import type { IrProgram } from '../../src/engine/ir.ts';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { readHost } from '../../src/host/read.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { readNft } from '../../src/nftables/read/read.ts';

/**
 * What asks connection tracking, asked where there is no entry: before connection tracking, and of what a rule left untracked; and of a new
 * connection. Linux 6.18 dropped what the rule `… -j DROP` held of (`x`), and let pass the rest (`-`). `?`: the kernel has an answer of which
 * nothing in the rules tells (a hash, labels of a connection, counts).
 */
type Seen = readonly [
  asked: string,
  before: 'x' | '-' | '?',
  untracked: 'x' | '-' | '?',
  first: 'x' | '-' | '?',
];

const ofIptables: readonly Seen[] = [
  // These hold with `!`.
  ['-m connlabel --label 1', '-', '-', '?'],
  ['-m connlabel ! --label 1', 'x', 'x', '?'],
  ['-m connlabel --label 1 --set', '-', '-', '?'],
  ['-m helper --helper ftp', '-', '-', '-'],
  ['-m helper ! --helper ftp', 'x', 'x', 'x'],
  ['-m helper --helper ""', '-', '-', '-'],
  ['-m helper ! --helper ""', 'x', 'x', 'x'],
  // Of these neither holds.
  ['-m connmark --mark 0', '-', '-', 'x'],
  ['-m connmark ! --mark 1', '-', '-', 'x'],
  ['-m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 0xdead', '-', '-', '?'],
  ['-m cluster --cluster-total-nodes 2 ! --cluster-local-node 1 --cluster-hash-seed 0xdead', '-', '-', '?'],
  ['-m connbytes --connbytes 0: --connbytes-dir both --connbytes-mode bytes', '-', '-', 'x'],
  ['-m connbytes ! --connbytes 1: --connbytes-dir both --connbytes-mode bytes', '-', '-', '?'],
  ['-m conntrack --ctproto 6', '-', '-', 'x'],
  ['-m conntrack ! --ctproto 6', '-', '-', '-'],
  ['-m conntrack --ctstatus NONE', '-', '-', '-'],
  ['-m conntrack ! --ctstatus NONE', '-', '-', 'x'],
  ['-m conntrack ! --ctstatus ASSURED', '-', '-', 'x'],
  ['-m conntrack --ctdir ORIGINAL', '-', '-', 'x'],
  ['-m conntrack --ctdir REPLY', '-', '-', '-'],
  ['-m conntrack --ctorigsrc 203.0.113.9', '-', '-', 'x'],
  ['-m conntrack ! --ctorigsrc 203.0.113.9', '-', '-', '-'],
  ['-m conntrack ! --ctexpire 1', '-', '-', '?'],
  // A state each packet has, and connections are counted without an entry of one's own.
  ['-m conntrack --ctstate INVALID', 'x', '-', '-'],
  ['-m conntrack ! --ctstate NEW', 'x', 'x', '-'],
  ['-m conntrack --ctstate INVALID --ctproto 6', 'x', '-', '-'],
  ['-m state --state INVALID', 'x', '-', '-'],
  ['-m state ! --state INVALID', '-', 'x', 'x'],
  ['-m state --state UNTRACKED', '-', 'x', '-'],
  ['-m connlimit --connlimit-above 0', 'x', 'x', 'x'],
];

// Of nft, but for the state and counts of connections, a rule ends that asks what is not there, `!=` or not.
const ofNft: readonly Seen[] = [
  ['ct state invalid', 'x', '-', '-'],
  ['ct state != invalid', '-', 'x', 'x'],
  ['ct state untracked', '-', 'x', '-'],
  ['ct state != untracked', 'x', '-', 'x'],
  ['ct state != new', 'x', 'x', '-'],
  ['ct mark 0', '-', '-', 'x'],
  ['ct mark != 1', '-', '-', 'x'],
  ['ct direction original', '-', '-', 'x'],
  ['ct direction != original', '-', '-', '-'],
  ['ct status != assured', '-', '-', 'x'],
  ['ct status != expected', '-', '-', 'x'],
  ['ct helper "ftp"', '-', '-', '-'],
  ['ct helper != "ftp"', '-', '-', '-'],
  ['ct label 1', '-', '-', '?'],
  ['ct label != 1', '-', '-', '?'],
  ['ct original bytes 0', '-', '-', '?'],
  ['ct original packets > 0', '-', '-', '?'],
  ['ct avgpkt > 0', '-', '-', '?'],
  ['ct expiration > 0s', '-', '-', '?'],
  ['ct l3proto ipv4', '-', '-', 'x'],
  ['ct original protocol tcp', '-', '-', 'x'],
  ['ct original protocol != tcp', '-', '-', '-'],
  ['ct original ip saddr 203.0.113.9', '-', '-', 'x'],
  ['ct original ip saddr != 203.0.113.9', '-', '-', '-'],
  ['ct original proto-dst 1', '-', '-', '-'],
  ['ct original proto-dst != 1', '-', '-', 'x'],
  ['ct zone 0', '-', '-', 'x'],
  ['ct zone != 1', '-', '-', 'x'],
  ['ct original zone 0', '-', '-', 'x'],
  ['ct id != 1', '-', '-', '?'],
];

const host = buildHost('ipv4', [
  readHost({ name: 'host', text: '{"addresses": ["192.168.0.2/24"], "podCIDR": "10.180.0.0/24"}' }, 'ipv4')
    .fields,
]);
const packet = parsePacket({
  name: 'packet',
  text: 'tcp 203.0.113.9:4000 -> 10.180.0.5:80 from external',
});

function askOf(program: IrProgram): string {
  const fates = tracePacket(program, host, packet).outcomes.map(({ verdict }) => verdict);
  if (fates.length > 1 || fates[0] === 'unknown') return '?';
  return fates[0] === 'drop' ? 'x' : '-';
}

const notrack = '*raw\n-A PREROUTING -j NOTRACK\nCOMMIT\n';

function iptables(asked: string): string[] {
  const rule = (table: string, chain: string) => `*${table}\n-A ${chain} -p tcp ${asked} -j DROP\nCOMMIT\n`;
  return [rule('raw', 'PREROUTING'), notrack + rule('filter', 'FORWARD'), rule('filter', 'FORWARD')].map(
    (text) => askOf(buildProgram(readDump({ name: 'dump', text }, { family: 'ipv4' }).ruleset)),
  );
}

function nft(asked: string): string[] {
  const chain = (name: string, hook: string, rule: string) =>
    `chain ${name} {\ntype filter hook ${hook}; policy accept;\n${rule}\n}\n`;
  const raw = 'prerouting priority raw';
  const forward = chain('forwarding', 'forward priority filter', `${asked} drop`);
  return [chain('raw', raw, `${asked} drop`), `${chain('raw', raw, 'notrack')} ${forward}`, forward].map(
    (text) => {
      const { ruleset, problems } = readNft({ name: 'rules', text: `table ip t {\n${text}}\n` });
      expect(problems).toEqual([]);
      return askOf(new NftProgram(ruleset, 'ipv4'));
    },
  );
}

describe('without an entry of connection tracking', () => {
  test.each(ofIptables)('%s', (asked, ...seen) => {
    expect(iptables(asked)).toEqual(seen);
  });

  test.each(ofNft)('%s', (asked, ...seen) => {
    expect(nft(asked)).toEqual(seen);
  });
});
