import { describe, expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const rules = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -m set --match-set blocked src -j DROP
COMMIT
`;
// As ipset 7.17 saves it; what it calls sizes is its own.
const saved = (entry: string, size = 1024) =>
  `create blocked hash:ip family inet hashsize ${size} maxelem 65536 bucketsize 12 initval 0x96de1945\nadd blocked ${entry}\n`;
const files = {
  'host.json': JSON.stringify({ addresses: ['192.168.10.11/24'], podCIDR: '10.244.1.0/24' }),
  'node.save': rules,
  'sets.txt': saved('198.51.100.7'),
  'a/node.save': rules,
  'a/sets.save': saved('198.51.100.7'),
  'b/node.save': rules,
  'b/sets.save': saved('198.51.100.8'),
  'c/node.save': rules,
  'c/sets.save': saved('198.51.100.7', 2048),
};

/** What a node's own programs printed, in one text. */
const collected = (sets: string) => `# kubenat collect: 1 node-1
# kubenat section: iptables-save
${rules}
# kubenat status: 0
# kubenat section: ipset save
${sets}
# kubenat status: 0
# kubenat end
`;

/** With the folders that names of files tell of. */
function inFolders(
  words: readonly string[],
  all: Readonly<Record<string, string>>,
  world: Parameters<typeof kubenat>[2] = {},
) {
  const list = (path: string) => {
    const inside = Object.keys(all).filter((name) => name.startsWith(`${path}/`));
    return inside.length === 0
      ? null
      : { files: inside.map((name) => name.slice(path.length + 1)), folders: [] };
  };
  return kubenat(words, all, { list, ...world });
}

describe('what ipset save printed, beside the rules that ask it', () => {
  test.each([
    ['198.51.100.7', 'drop'],
    ['198.51.100.8', 'accept'],
  ])('trace: a packet of %s', async (source, verdict) => {
    const packet = `tcp ${source}:40000 -> 10.244.1.9:80 from external`;
    for (const order of [
      ['node.save', 'sets.txt'],
      ['sets.txt', 'node.save'],
    ]) {
      const flags = order.flatMap((name) => ['--rules', name]);
      const { out } = await kubenat(
        ['trace', ...flags, '--host', 'host.json', '--packet', packet, '--format', 'json'],
        files,
      );
      const [result] = JSON.parse(out).results;
      expect(result.outcomes.map((one: { verdict: string }) => one.verdict)).toEqual([verdict]);
    }
  });

  test('check takes it with the rules of one node, and refuses it where it is not clear whose it is', async () => {
    expect((await kubenat(['check', 'node.save', 'sets.txt'], files)).status).toBe(0);
    expect((await kubenat(['check', '--rules', 'node.save', '--rules', 'sets.txt'], files)).status).toBe(0);
    const { status, err } = await kubenat(['check', 'node.save', 'a/node.save', 'sets.txt'], files);
    expect([status, err]).toEqual([2, expect.stringContaining('sets.txt tells of one node')]);
  });

  test('diff does not take sets of one name for the same where they hold others', async () => {
    const of = async (before: string, after: string) => {
      const { status, out } = await inFolders(['diff', before, after], {
        ...files,
        'a.txt': collected(saved('198.51.100.7')),
        'b.txt': collected(saved('198.51.100.8')),
      });
      expect(out.includes('source 198.51.100.8; ')).toBe(status === 1);
      return [status, out.includes('(proved)')];
    };
    expect(await of('a', 'a')).toEqual([0, true]);
    expect(await of('a', 'c')).toEqual([0, true]);
    expect(await of('a', 'b')).toEqual([1, false]);
    expect(await of('a.txt', 'a.txt')).toEqual([0, true]);
    expect(await of('a.txt', 'b.txt')).toEqual([1, false]);
    // Where one side does not say, it is taken to be as it was, and said.
    expect(await of('a', 'node.save')).toEqual([0, true]);
    const assumed = async (before: string, after: string) =>
      (await inFolders(['diff', '--verbose', before, after], files)).out.includes(
        'sets hold the same on both sides: blocked',
      );
    expect(await assumed('a', 'node.save')).toBe(true);
    expect(await assumed('node.save', 'node.save')).toBe(true);
    expect(await assumed('a', 'c')).toBe(false);
  });

  test('diff asks a set for what it holds, where the other side has that written out', async () => {
    const written = (address: string) => rules.replace('-m set --match-set blocked src', `-s ${address}/32`);
    const both = { ...files, 'd/node.save': written('198.51.100.7'), 'e/node.save': written('198.51.100.8') };
    const of = async (before: string, after: string) => {
      const { status, out } = await inFolders(['diff', '--verbose', before, after], both);
      return [status, out.includes('sets go on to hold what they held when they were saved: blocked')];
    };
    expect(await of('a', 'd')).toEqual([0, true]);
    expect(await of('e', 'b')).toEqual([0, true]);
    expect(await of('a', 'e')).toEqual([1, true]);
  });

  test('nor beside rules of nft', async () => {
    const table =
      'table inet mine {\n\tchain c {\n\t\ttype filter hook input priority 0; policy accept;\n\t}\n}\n';
    const both = { ...files, 'a/mine.nft': table, 'b/mine.nft': table, 'c/mine.nft': table };
    expect((await inFolders(['diff', 'a', 'c'], both)).status).toBe(0);
    const { status, err } = await inFolders(['diff', 'a', 'b'], both);
    expect([status, err]).toEqual([2, expect.stringContaining('ipset blocked: other entries')]);
  });

  test('a certificate is of what sets held', async () => {
    const written: Record<string, string> = {};
    const commented = rules.replace('-A FORWARD', '-A FORWARD -m comment --comment blocked');
    const both = { ...files, 'b/node.save': commented, 'b/sets.save': saved('198.51.100.7') };
    const write = (path: string, text: string) => {
      written[path] = text;
    };
    const proof = await inFolders(['diff', '--certificate', 'proof.json', 'a', 'b'], both, { write });
    expect(proof.status).toBe(0);
    const known = { ...both, ...written };
    expect((await inFolders(['verify', 'proof.json', 'a', 'b'], known)).status).toBe(0);
    const changed = { ...known, 'b/sets.save': saved('198.51.100.8') };
    const { status, err } = await inFolders(['verify', 'proof.json', 'a', 'b'], changed);
    expect([status, err]).toEqual([2, expect.stringContaining('is of other inputs: sets after was')]);
  });
});

describe('diff of rules that ask a set of which it is not known what it holds', () => {
  const dump = (...lines: string[]) =>
    rules.replace('-A FORWARD -m set --match-set blocked src -j DROP', lines.join('\n'));
  const asks = '-A FORWARD -m set --match-set blocked src -j DROP';
  const writes = '-A FORWARD -s 198.51.100.7/32 -j DROP';
  const elsewhere = '-A INPUT -m set --match-set blocked src -j DROP';
  const accepts = '-A FORWARD -m set --match-set blocked src -j ACCEPT';
  const doubt = 'only one side asks the set blocked, and what it holds is not told, or not evaluated';
  const fails = 'only where -m set --match-set blocked src does not hold, which is not evaluated';
  const holds = 'only where -m set --match-set blocked src holds, which is not evaluated';
  // What ipset 7.17 lists of an entry that does not expire in a set whose entries do; and addresses with an interface.
  const unevaluated = [
    'create blocked hash:ip family inet hashsize 1024 maxelem 65536 timeout 60 bucketsize 12 initval 0x96de1945\nadd blocked 198.51.100.7 timeout 0\n',
    'create blocked hash:net,iface family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x96de1945\nadd blocked 198.51.100.7,eth0\n',
  ];
  const of = async (before: string, after: string, sets?: string, format = 'text') => {
    const beside = sets === undefined ? {} : { 'a/sets.save': sets };
    const { status, out } = await inFolders(['diff', '--format', format, '--host', 'host.json', 'a', 'b'], {
      'host.json': files['host.json'],
      'a/node.save': before,
      'b/node.save': after,
      ...beside,
    });
    return { status, out };
  };

  test.each([undefined, ...unevaluated])('written out, it may be the same: %j', async (sets) => {
    for (const further of ['', `\n${elsewhere}`]) {
      const asked = sets?.includes('iface') ? asks.replace('src', 'src,src') : asks;
      const { status, out } = await of(dump(asked + further), dump(writes + further), sets);
      expect(status).toBe(1);
      expect(out).toContain(doubt);
      expect(out).not.toContain('now ');
    }
  });

  test.each([
    ['which forbids some more', dump(), dump(asks, writes), ['now dropped', fails, 'also tcp', holds]],
    ['which forbids others, too', dump(asks), dump(asks, writes), ['now dropped', fails]],
    [
      'which allows some, before all is forbidden',
      dump(),
      dump(accepts, '-A FORWARD -j DROP'),
      ['now dropped', fails],
    ],
  ])('a rule %s', async (_, before, after, said) => {
    const { status, out } = await of(before, after);
    expect(status).toBe(1);
    expect(out).not.toContain(doubt);
    for (const text of said) expect(out).toContain(text);
    for (const format of ['markdown', 'github', 'sarif'])
      expect((await of(before, after, undefined, format)).out).toContain(fails);
  });
});
