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
