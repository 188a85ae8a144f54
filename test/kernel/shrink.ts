import type { TestCase, TestPacket } from './generate.ts';

/** Makes a failing case small: fewer packets, then fewer rules, as long as it fails. */
export async function shrink(
  start: TestCase,
  fails: (candidate: TestCase) => Promise<boolean>,
): Promise<TestCase> {
  let smallest = await fewerPackets(start, fails);
  for (let before = ''; before !== smallest.rules; ) {
    before = smallest.rules;
    smallest = await fewerRules(smallest, fails);
  }
  return withoutEmptyChains(smallest, fails);
}

type Fails = (candidate: TestCase) => Promise<boolean>;

async function fewerPackets(start: TestCase, fails: Fails): Promise<TestCase> {
  const alone = start.packets.map((packet): TestCase => ({ ...start, packets: [packet] }));
  for (const candidate of alone) if (await fails(candidate)) return candidate;
  let smallest = start;
  for (const packet of [...start.packets].reverse()) {
    const packets: TestPacket[] = smallest.packets.filter((kept) => kept !== packet);
    if (packets.length > 0 && (await fails({ ...smallest, packets }))) smallest = { ...smallest, packets };
  }
  return smallest;
}

/** Takes rules away in blocks that get smaller. */
async function fewerRules(start: TestCase, fails: Fails): Promise<TestCase> {
  let smallest = start;
  for (let size = 32; size >= 1; size /= 2) {
    for (let end = smallest.rules.split('\n').length; end > 0; end -= size) {
      const lines = smallest.rules.split('\n');
      const first = Math.max(0, end - size);
      const kept = lines.filter((line, index) => index < first || index >= end || !line.startsWith('-A'));
      const candidate = { ...smallest, rules: kept.join('\n') };
      if (kept.length < lines.length && (await fails(candidate))) smallest = candidate;
    }
  }
  return smallest;
}

async function withoutEmptyChains(start: TestCase, fails: Fails): Promise<TestCase> {
  const used = (name: string) => new RegExp(`^-A .*-[jg] ${name}$|^-A ${name} `, 'm').test(start.rules);
  const lines = start.rules.split('\n').filter((line) => {
    const declared = /^:(\S+) (?:-|ACCEPT)/.exec(line)?.[1];
    return declared === undefined || used(declared);
  });
  const candidate = { ...start, rules: lines.join('\n') };
  return (await fails(candidate)) ? candidate : start;
}
