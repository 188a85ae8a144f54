import { describe, expect, test } from 'vitest';
import { parseSubnet, type Subnet } from '../../src/address/subnet.ts';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { parseInterfaceAddress } from '../../src/host/interface-address.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import { because } from '../said.ts';

const host = buildHost('ipv4', [
  {
    addresses: ['192.0.2.10/24'].flatMap((text) => parseInterfaceAddress(text) ?? []),
    podCIDR: parseSubnet('10.244.1.0/24') as Subnet,
  },
]);
const inward = 'tcp 198.51.100.7:40000 -> 10.244.1.5:80 from external';
const outward = 'tcp 10.244.1.5:40000 -> 198.51.100.7:80 from pod';

function program(text: string) {
  const { ruleset, problems } = readNft({ name: 'rules.nft', text });
  expect(problems).toEqual([]);
  return new NftProgram(ruleset, 'ipv4');
}

const chain = (family: string, hook: string, rule: string) =>
  `table ${family} n {\n\tchain i {\n\t\ttype filter hook ${hook} priority 0; policy accept;\n\t\t${rule}\n\t}\n}\n`;
const drops = 'ip daddr 10.244.1.5 drop';

/** What becomes of a packet, with the reason. */
function judge(rules: string, text: string) {
  const [first] = tracePacket(program(rules), host, parsePacket({ name: 'packet', text })).outcomes;
  return `${first?.verdict} ${because(first) ?? ''}`.trim();
}

describe('chains that are not walked', () => {
  // The kernel dropped what came in, and let out what the pod sent.
  test.each([
    ['netdev', 'ingress device "eth0"'],
    ['inet', 'ingress device "eth0"'],
    ['netdev', 'ingress device "eth0.100"'],
  ])('%s %s: only what comes in there is open', (family, hook) => {
    const open = `unknown the packet meets the chain i of table ${family} n, which is not walked`;
    expect(judge(chain(family, hook, drops), inward)).toBe(open);
    expect(judge(chain('netdev', 'ingress device "lo"', drops), inward)).toBe('accept');
    expect(judge(chain(family, 'ingress device "eth0"', drops), outward)).toBe('accept');
  });

  test('what leaves by a device with an egress chain', () => {
    const rules = chain('netdev', 'egress device "eth0"', 'drop');
    expect(judge(rules, outward)).toContain('unknown');
    expect(judge(rules, inward)).toBe('accept');
  });

  test('one that only counts is passed', () => {
    expect(judge(chain('netdev', 'ingress device "eth0"', 'ip daddr 10.244.1.5 counter'), inward)).toBe(
      'accept',
    );
  });

  test('what is dropped in any case is known to be dropped', () => {
    const rules = `${chain('netdev', 'ingress device "eth0"', drops)}${chain('ip', 'forward', 'drop')}`;
    expect(judge(rules, inward)).toBe('drop');
  });
});
