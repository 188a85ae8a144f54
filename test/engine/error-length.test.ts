import { expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';

const answers = '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT';
const packet = 'tcp 198.51.100.7:4000 -> 10.244.1.5:80 from external';

/** An error has 56 to 576 bytes: what a rule makes of some of them is not told of all. */
test.each([
  ['--length 100:200 -j DROP', /ICMP +too big.*unknown: the length of the packet is not known/],
  ['! --length 100:200 -j DROP', /ICMP +too big.*unknown: the length of the packet is not known/],
  ['--length 0:2000 -j DROP', /the ICMP error \(too big\) .* is dropped/],
  ['--length 577:2000 -j DROP', /ICMP errors about them \(path MTU\) come back/],
])('of ICMP errors that a rule drops by %s', async (rule, said) => {
  const { out } = await kubenat(['trace', '--rules', 'a.save', '--host', 'h.json', '--packet', packet], {
    'a.save': `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A FORWARD -p icmp -m length ${rule}\n${answers}\nCOMMIT\n`,
    'h.json': JSON.stringify({ addresses: ['192.0.2.10/24'], podCIDR: '10.244.1.0/24' }),
  });
  expect(out).toMatch(said);
});
