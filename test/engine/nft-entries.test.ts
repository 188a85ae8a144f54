import { expect, test } from 'vitest';
import { parsePrefix, type Subnet } from '../../src/address/subnet.ts';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { Sequence } from '../../src/engine/sequence.ts';
import { buildHost } from '../../src/host/build.ts';
import { parseInterfaceAddress } from '../../src/host/interface-address.ts';
import { readNft } from '../../src/nftables/read/read.ts';

// What rules of nft give to entries of connection tracking. With the same objects Linux 6.18 lists 76 seconds left of `unreplied : 77` a second after the
// packet, `helper=tftp`, and of TCP nothing of an object for UDP.

const own = [parseInterfaceAddress('192.168.0.2/24')].flatMap((one) => one ?? []);
const host = buildHost('ipv4', [{ addresses: own, podCIDR: parsePrefix('10.180.0.0/24') as Subnet }]);

function sequenceOf(rules: string) {
  const text = `table ip t {
	ct timeout tmu { protocol udp; l3proto ip; policy = { unreplied : 77, replied : 99 }; }
	ct timeout tmt { protocol tcp; l3proto ip; policy = { syn_sent : 8, established : 50 }; }
	ct helper files { type "tftp" protocol udp; }
	chain forward {
		type filter hook forward priority filter; policy drop;
		${rules}
	}
}
`;
  const { ruleset, problems } = readNft({ name: 'rules', text });
  expect(problems).toEqual([]);
  const sequence = new Sequence(new NftProgram(ruleset, 'ipv4'), host);
  return (packet: string, at: number) =>
    sequence.next(parsePacket({ name: 'packet', text: packet }), at).outcomes.map(({ verdict }) => verdict);
}

const stateful = (set: string) =>
  `${set}\n\t\tct state established,related accept\n\t\tip daddr 10.180.0.5 accept`;
const ask = 'udp 203.0.113.9:4000 -> 10.180.0.5:5000 from external';
const answer = 'udp 10.180.0.5:5000 -> 203.0.113.9:4000 from pod';

test.each([
  ['ct timeout set "tmu"', 77],
  ['meta l4proto tcp ct timeout set "tmu"', 30],
  ['ct timeout set "tmt"', 30],
])('%s: an answer comes within %d seconds', (set, seconds) => {
  for (const [at, verdict] of [
    [seconds - 1, 'accept'],
    [seconds + 1, 'drop'],
  ] as const) {
    const send = sequenceOf(stateful(set));
    expect(send(ask, 0)).toEqual(['accept']);
    expect(send(answer, at)).toEqual([verdict]);
  }
});

test('of TCP each state has its own', () => {
  const send = sequenceOf(stateful('ct timeout set "tmt"'));
  const syn = 'tcp 203.0.113.9:4000 -> 10.180.0.5:80 from external';
  const back = 'tcp 10.180.0.5:80 -> 203.0.113.9:4000 from pod';
  expect(send(`${syn} flags S`, 0)).toEqual(['accept']);
  expect(send(`${back} flags SA`, 7)).toEqual(['accept']);
  expect(send(`${syn} flags A`, 8)).toEqual(['accept']);
  expect(send(`${back} flags A`, 57)).toEqual(['accept']);
  const late = sequenceOf(stateful('ct timeout set "tmt"'));
  late(`${syn} flags S`, 0);
  expect(late(`${back} flags SA`, 9)).toEqual(['drop']);
});

test.each(['ct timeout set "elsewhere"', 'ct timeout set ip saddr map { 203.0.113.9 : "tmu" }'])(
  'of what is not shown it is known for a second: %s',
  (set) => {
    const send = sequenceOf(stateful(set));
    expect(send(ask, 0)).toEqual(['accept']);
    expect(send(answer, 0.5)).toEqual(['accept']);
    expect(send(answer, 5)).toEqual(['unknown']);
    expect(send(answer, 100_000)).toEqual(['unknown']);
  },
);

test('a connection that is there already keeps what it has', () => {
  const send = sequenceOf(stateful('ct state established ct timeout set "tmu"'));
  expect(send(ask, 0)).toEqual(['accept']);
  expect(send(answer, 1)).toEqual(['accept']);
  expect(send(ask, 20)).toEqual(['accept']);
  expect(send(answer, 130)).toEqual(['accept']);
  expect(send(answer, 300)).toEqual(['drop']);
});

test('whether a helper expects a packet, nobody knows who did not hear what was asked', () => {
  const send = sequenceOf(stateful('udp dport 69 ct helper set "files"'));
  expect(send('udp 203.0.113.9:4000 -> 10.180.0.5:69 from external', 0)).toEqual(['accept']);
  expect(send('udp 10.180.0.5:69 -> 203.0.113.9:4000 from pod', 0)).toEqual(['accept']);
  expect(send('udp 10.180.0.5:5000 -> 203.0.113.9:4000 from pod', 0)).toEqual(['unknown']);
  const without = sequenceOf(stateful('tcp dport 69 ct helper set "files"'));
  expect(without('udp 203.0.113.9:4000 -> 10.180.0.5:69 from external', 0)).toEqual(['accept']);
  expect(without('udp 10.180.0.5:5000 -> 203.0.113.9:4000 from pod', 0)).toEqual(['drop']);
});

// What the directions of an entry are in, in that order; each row as Linux 6.18 has it.
test.each([
  ['ct original zone set 5', ['5 0', '5 0', '5 0']],
  ['ct reply zone set 5', ['0 5', '0 5', '0 5']],
  ['ct zone set 5', ['5 5', '5 5', '5 5']],
  // The answer comes in by a zone of its own, and begins anew there.
  ['ct zone set iifname map { "eth0" : 3, "cni0" : 4 }', ['3 3', '4 4', '3 3']],
  // The first rule decides.
  ['ct reply zone set 5; ct zone set 9', ['0 5', '0 5', '0 5']],
])('%s: zones of both directions', (set, expected) => {
  const seen = ['0 0', '5 0', '0 5', '5 5', '3 3', '4 4'];
  const ask = 'udp 203.0.113.9:4000 -> 10.180.0.5:5000 from external';
  const met = seen.map((zones) => {
    const [original, reply] = zones.split(' ');
    const text = `table ip t {
	chain raw {
		type filter hook prerouting priority raw; policy accept;
		${set.replaceAll('; ', '\n\t\t')}
	}
	chain forward {
		type filter hook forward priority filter; policy accept;
		ct original zone ${original} ct reply zone ${reply} reject
	}
}
`;
    const { ruleset, problems } = readNft({ name: 'rules', text });
    expect(problems).toEqual([]);
    // What is rejected keeps no entry: later packets are asked of rules that let the first ones pass.
    const before = readNft({ name: 'rules', text: text.replace(/\n.*reject/, '') }).ruleset;
    return [ask, 'udp 10.180.0.5:5000 -> 203.0.113.9:4000 from pod', ask].map((packet, index, all) => {
      const sequence = new Sequence(new NftProgram(before, 'ipv4'), host);
      const send = (one: string) => sequence.next(parsePacket({ name: 'packet', text: one }), 0).outcomes;
      for (const earlier of all.slice(0, index)) send(earlier);
      sequence.changeRules(new NftProgram(ruleset, 'ipv4'), () => false);
      return send(packet).every(({ verdict }) => verdict === 'reject');
    });
  });
  expect(expected.map((_, index) => seen.filter((_zones, at) => met[at]?.[index]))).toEqual(
    expected.map((zones) => [zones]),
  );
});

// Linux 6.18 drops UDP, and gives TCP and SCTP a port of 1 to 511, as their own is below 512.
test.each([
  ['tcp', 'accept'],
  ['sctp', 'accept'],
  ['udp', 'drop'],
])('%s that is the other end of a flow with answers in another zone: %s', (protocol, verdict) => {
  const text = `table ip t {
	chain zones { type filter hook prerouting priority raw; ct reply zone set 3; }
	chain output { type nat hook output priority -100; }
	chain postrouting { type nat hook postrouting priority 100; }
}
`;
  const { ruleset, problems } = readNft({ name: 'rules', text });
  expect(problems).toEqual([]);
  const sequence = new Sequence(new NftProgram(ruleset, 'ipv4'), host);
  const send = (packet: string) => sequence.next(parsePacket({ name: 'packet', text: packet }), 0).outcomes;
  expect(send(`${protocol} 10.180.0.5:500 -> 192.168.0.2:80 from pod`)).toMatchObject([
    { verdict: 'accept' },
  ]);
  const [outcome, ...others] = send(`${protocol} 192.168.0.2:80 -> 10.180.0.5:500 from host`);
  expect(others).toEqual([]);
  expect(outcome).toMatchObject({ verdict, ...(verdict === 'accept' && { src: '192.168.0.2' }) });
});

// Linux 6.18 lets the first two pass, and drops the third one: nf_nat_used_tuple_new finds the node's own flow, which is its other end, and lets
// it keep the source that the first one was given.
test('a flow that keeps its ends since the node has begun it, in another zone, is dropped where another one has them', () => {
  const text = `table ip t {
	chain zones { type filter hook prerouting priority raw; ct reply zone set 3; }
	chain hidden { type nat hook input priority 100; snat to 203.0.113.77; }
}
`;
  const { ruleset, problems } = readNft({ name: 'rules', text });
  expect(problems).toEqual([]);
  const sequence = new Sequence(new NftProgram(ruleset, 'ipv4'), host);
  const send = (packet: string) => sequence.next(parsePacket({ name: 'packet', text: packet }), 0).outcomes;
  expect(send('udp 203.0.113.9:1000 -> 192.168.0.2:8080 from external')).toMatchObject([
    { verdict: 'accept', src: '203.0.113.77' },
  ]);
  expect(send('udp 192.168.0.2:8080 -> 203.0.113.77:1000 from host')).toMatchObject([{ verdict: 'accept' }]);
  expect(send('udp 203.0.113.77:1000 -> 192.168.0.2:8080 from external')).toMatchObject([
    { verdict: 'drop', reason: { code: 'flow-clash' } },
  ]);
});
