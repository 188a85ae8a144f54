import { describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';

const chain = (...lines: readonly string[]) =>
  `\tchain i {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
const table = (...parts: readonly string[]) => `table inet f {\n${parts.join('\n')}}\n`;
const hook = (policy: string) => `type filter hook input priority filter; policy ${policy};`;
const unsaid = 'type filter hook input priority 0;';
const flags = '\tflags dormant\n';

// What nft 1.0.6 lists after each text on Linux 6.18.
const named: readonly (readonly [string, string, string])[] = [
  [
    'a table loses flags that are not said again',
    table(flags, chain(hook('drop'))) + table(),
    table(chain(hook('drop'))),
  ],
  ['a table gets flags', table(chain(hook('drop'))) + table(flags), table(flags, chain(hook('drop')))],
  [
    'a rule that is added says nothing of flags',
    `${table(flags, chain(hook('accept')))}add rule inet f i accept\n`,
    table(flags, chain(hook('accept'), 'accept')),
  ],
  [
    'a chain keeps a policy that is not said again',
    table(chain(hook('drop')), chain(unsaid)),
    table(chain(hook('drop'))),
  ],
  [
    'a policy alone is that of the chain',
    table(chain(hook('accept')), chain('policy drop;', 'tcp dport 22 accept')),
    table(chain(hook('drop'), 'tcp dport 22 accept')),
  ],
  ['a policy before the hook', table(chain('policy drop;', unsaid)), table(chain(hook('drop')))],
];

const set = (...lines: readonly string[]) =>
  `\tset s {\n\t\ttype ipv4_addr\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;

/** The first set, the second, and what is listed; null: "File exists". */
const setsAgain: readonly (readonly [string[], string[], string[] | null])[] = [
  [['size 5'], [], ['size 5']],
  [['size 5'], ['size 6'], ['size 6']],
  [[], ['size 6'], ['size 6']],
  [['size 5', 'timeout 5s'], ['timeout 7s'], ['size 5', 'timeout 7s']],
  [['flags timeout'], ['timeout 5s'], ['timeout 5s']],
  [['timeout 5s'], ['flags timeout'], ['flags timeout']],
  [['flags timeout', 'gc-interval 3s'], ['flags timeout'], ['flags timeout']],
  [
    ['flags timeout', 'gc-interval 3s'],
    ['flags timeout', 'gc-interval 4s'],
    ['flags timeout', 'gc-interval 4s'],
  ],
  [['flags interval', 'auto-merge'], ['flags interval'], ['flags interval', 'auto-merge']],
  [['flags interval'], ['flags interval', 'auto-merge'], ['flags interval']],
  [['policy memory'], ['policy performance'], ['policy memory']],
  [['comment "a"'], ['comment "b"'], ['comment "a"']],
  [['counter'], ['counter'], ['counter']],
  [['size 5', 'timeout 5s'], ['size 7'], null],
  [['timeout 5s'], [], null],
  [['flags constant'], [], null],
  [['counter'], [], null],
  [[], ['flags interval'], null],
  [['flags dynamic'], [], null],
];

describe('a set that is named again', () => {
  test.each(setsAgain)('%j, then %j', async (first, second, listed) => {
    const text = table(set(...first)) + table(set(...second));
    const { status, out, err } = await kubenat(['fmt', 'a.nft'], { 'a.nft': text });
    expect({ status, out }).toEqual(
      listed ? { status: 0, out: table(set(...listed)) } : { status: 2, out: '' },
    );
    if (!listed) expect(err).toContain('s is there already, with other flags');
  });
});

test('of objects a quota alone is what it is named last', async () => {
  const objects = (quota: string, counted: string, rate: string) =>
    table(
      `\tquota q {\n\t\tover ${quota}\n\t}\n`,
      `\tcounter c {\n\t\tpackets ${counted} bytes ${counted}\n\t}\n`,
      `\tlimit l {\n\t\trate ${rate}\n\t}\n`,
    );
  const text = objects('5 mbytes', '5', '5/second') + objects('7 mbytes', '6', '6/second');
  const { out } = await kubenat(['fmt', 'a.nft'], { 'a.nft': text });
  expect(out).toBe(objects('7 mbytes', '5', '5/second'));
});

test('the devices of a chain are listed by their names', async () => {
  const devices = (names: string) =>
    `table netdev f {\n\tchain c {\n\t\ttype filter hook ingress devices = { ${names} } priority filter; policy accept;\n\t}\n}\n`;
  const { out } = await kubenat(['fmt', 'a.nft'], { 'a.nft': devices('lo, eth9, aaa') });
  expect(out).toBe(devices('aaa, eth9, lo'));
});

describe('what is named again', () => {
  test.each(named)('%s', async (_, text, listed) => {
    const { status, out } = await kubenat(['fmt', 'a.nft'], { 'a.nft': text });
    expect({ status, out }).toEqual({ status: 0, out: listed });
  });

  test.each([
    ['of a chain without a hook', table(chain(), chain('policy drop;'))],
    ['of a new one', table(chain('policy drop;'))],
  ])('a policy %s is refused', async (_, text) => {
    const { status, err } = await kubenat(['fmt', 'a.nft'], { 'a.nft': text });
    expect([status, err]).toEqual([2, expect.stringContaining('chain i is entered by no hook')]);
  });
});
