import { expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { InputError } from '../../src/text/problem.ts';

/** What iptables-legacy-restore 1.8.9 (Linux 6.1) said of each; iptables-nft-restore refused all of them. */
const dumps: readonly (readonly [string, boolean])[] = [
  [
    '*mangle\n:PREROUTING ACCEPT [0:0]\n:U - [0:0]\n-A PREROUTING -j ACCEPT\n-A PREROUTING -j U\n-A U -j CLASSIFY --set-class 1:1\nCOMMIT\n',
    true,
  ],
  [
    '*mangle\n:PREROUTING ACCEPT [0:0]\n:U - [0:0]\n-A PREROUTING -j U\n-A U -j CLASSIFY --set-class 1:1\nCOMMIT\n',
    false,
  ],
  [
    '*mangle\n:INPUT ACCEPT [0:0]\n:U - [0:0]\n-A INPUT -j U\n-A U -j RETURN\n-A U -j CLASSIFY --set-class 1:1\nCOMMIT\n',
    true,
  ],
  [
    '*mangle\n:INPUT ACCEPT [0:0]\n:U - [0:0]\n:V - [0:0]\n-A INPUT -g U\n-A U -j ACCEPT\n-A U -j CLASSIFY --set-class 1:1\nCOMMIT\n',
    true,
  ],
  [
    '*nat\n:PREROUTING ACCEPT [0:0]\n:U - [0:0]\n-A PREROUTING -j U\n-A U -j RETURN\n-A U -j MASQUERADE\nCOMMIT\n',
    true,
  ],
  [
    '*filter\n:FORWARD ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n-A FORWARD -j ACCEPT\n-A FORWARD -j A\n-A A -j B\n-A B -j A\nCOMMIT\n',
    true,
  ],
  [
    '*filter\n:FORWARD ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n-A FORWARD -j A\n-A A -j RETURN\n-A A -j B\n-A B -j A\nCOMMIT\n',
    true,
  ],
];

const loads = (text: string, backend: 'nft' | 'legacy') => {
  try {
    readDump({ name: 'dump', text }, { backend });
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
};

test.each(dumps)('behind a rule that decides on all packets legacy looks at none: %j', (text, isLoaded) => {
  expect(loads(text, 'legacy')).toBe(isLoaded);
  expect(loads(text, 'nft')).toBe(false);
});
