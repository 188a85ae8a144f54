import { expect, test } from 'vitest';
import { maskingOf } from '../../src/engine/masking.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { hostOf } from '../kernel/node.ts';

const packet = parsePacket({ name: 'packet', text: 'tcp 203.0.113.9:1 -> 10.180.0.5:80 from external' });

/** By which rules the source was replaced. */
function masking(...rules: string[]) {
  const declared = [...new Set(rules.map((rule) => rule.split(' ')[1]))].filter((name) =>
    /^[A-Z]$/.test(name ?? ''),
  );
  const chains = declared.map((name) => `:${name} - [0:0]\n`).join('');
  const text = `*nat\n${chains}${rules.map((rule) => `${rule}\n`).join('')}COMMIT\n`;
  const program = buildProgram(readDump({ name: 'rules', text }).ruleset);
  const [outcome] = tracePacket(program, hostOf('ipv4'), packet, { trace: true }).outcomes;
  const found = maskingOf(
    outcome?.matched ?? [],
    (table, chain) => program.chains.get(`${table}/${chain}`)?.rules.map(({ rule }) => rule) ?? [],
  );
  const print = ({ place }: { place: { chain: string; number: number } }) => `${place.chain}/${place.number}`;
  return found && [print(found.replacing), ...found.marking.map(print)].join(' ');
}

const last = '-A POSTROUTING -m mark --mark 0x1/0x1 -j MASQUERADE';

test.each<[rules: string[], answer: string | null]>([
  [[], null],
  [['-A PREROUTING -j MARK --set-xmark 0x1/0x1'], null],
  [['-A POSTROUTING -j MASQUERADE'], 'POSTROUTING/1'],
  [['-A POSTROUTING -j SNAT --to-source 192.168.0.3'], 'POSTROUTING/1'],
  [['-A POSTROUTING -j NETMAP --to 192.168.0.0/24'], 'POSTROUTING/1'],
  [['-A PREROUTING -p tcp -j MARK --set-xmark 0x1/0x1', last], 'POSTROUTING/1 PREROUTING/1'],
  // The rule that leads to the marking chain comes first, if it leads there at once.
  [['-A PREROUTING -j M', '-A M -j MARK --set-xmark 0x1/0x1', last], 'POSTROUTING/1 PREROUTING/1 M/1'],
  [['-A PREROUTING -j M', '-A M -j LOG', '-A M -j MARK --set-xmark 0x1/0x1', last], 'POSTROUTING/1 M/2'],
  [
    ['-A PREROUTING -j M', '-A PREROUTING -j MARK --set-xmark 0x1/0x1', '-A M -p udp -j ACCEPT', last],
    'POSTROUTING/1 PREROUTING/2',
  ],
  // Who asks for no mark was led by none.
  [
    [
      '-A PREROUTING -j MARK --set-xmark 0x1/0x1',
      '-A PREROUTING -j MARK --set-xmark 0x3/0x3',
      '-A POSTROUTING -j MARK --set-xmark 0x0/0xff',
      '-A POSTROUTING -j MASQUERADE',
    ],
    'POSTROUTING/2',
  ],
  // Whoever else marks the packet, and whoever takes the mark away: the one that gave the bits that are asked for.
  [
    [
      '-A PREROUTING -j M',
      '-A M -j MARK --set-xmark 0x4000/0x4000',
      '-A PREROUTING -j MARK --set-xmark 0x20000/0x20000',
      '-A POSTROUTING -j P',
      '-A P -m mark ! --mark 0x4000/0x4000 -j RETURN',
      '-A P -j MARK --set-xmark 0x4000/0x0',
      '-A P -j MASQUERADE',
    ],
    'P/3 PREROUTING/1 M/1',
  ],
])('%j', (rules, answer) => {
  expect(masking(...rules)).toBe(answer);
});
