import { describe, expect, test } from 'vitest';
import { tableNames } from '../../src/iptables/rule/ruleset.ts';
import { cases, readCase } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

const some = cases.find(({ id }) => id === 'named/node-port-local-no-local');
if (!some) throw new Error('the case is not there');
const whole = readCase(some, 'iptables.save');
const tables: Readonly<Record<string, string>> = Object.fromEntries(
  whole.split(/(?<=^COMMIT\n)/m).flatMap((text) => {
    const [, name] = /^\*(\w+)/m.exec(text) ?? [];
    return name === undefined ? [] : [[name, text]];
  }),
);
const nat = tables.nat as string;
const filter = tables.filter as string;
/** As `iptables -t nat -S` prints a table. */
const typed = (table: string, text: string) =>
  `$ sudo iptables -t ${table} -S\n${text
    .split('\n')
    .flatMap((line) => {
      const [, chain, policy] = /^:(\S+) (\S+) /.exec(line) ?? [];
      if (chain) return [policy === '-' ? `-N ${chain}` : `-P ${chain} ${policy}`];
      return line.startsWith('-A') ? [line] : [];
    })
    .join('\n')}\n`;
const packet = 'tcp 192.168.7.9:40000 -> 192.0.2.10:30080 from external';
const host = { addresses: ['192.0.2.10/24'], podCIDR: '10.244.2.0/24' };
const files = {
  'host.yaml': JSON.stringify(host),
  'all.save': whole,
  'nat.save': nat,
  'filter.save': filter,
};
const both = ['--rules', 'nat.save', '--rules', 'filter.save'];
const onHost = ['--host', 'host.yaml', '--packet', packet];
const byPacket = [...onHost, '--format', 'json'];

test('the tables are those of one dump', () => {
  expect(Object.keys(tables).filter((name) => (tableNames as readonly string[]).includes(name))).toEqual(
    Object.keys(tables),
  );
  expect(Object.keys(tables).sort()).toEqual(['filter', 'nat']);
});

describe('rules of one node that are given table by table are one dump', () => {
  const ways: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['what iptables-save -t printed, each in a file', {}],
    ['what iptables -S printed', { 'nat.save': typed('nat', nat), 'filter.save': typed('filter', filter) }],
    [
      'in a quotation and in the lines of a log',
      { 'nat.save': nat.replace(/^/gm, '> '), 'filter.save': typed('filter', filter) },
    ],
    [
      'one below the other, below the commands',
      {
        'nat.save': `$ sudo iptables-save -t nat\n${nat}# iptables-save -t filter\n${filter}`,
        'filter.save': '',
      },
    ],
  ];
  test.each(ways)('%s', async (_, spelled) => {
    const other = { ...files, ...spelled };
    const once = await kubenat(['trace', '--rules', 'all.save', ...byPacket], other);
    expect(once.out).toContain('"drop"');
    for (const order of [both, ['--rules', 'filter.save', '--rules', 'nat.save']]) {
      const twice = await kubenat(['trace', ...order, ...byPacket], other);
      expect(outcomesIn(twice.out)).toEqual(outcomesIn(once.out));
    }
    const { out, status } = await kubenat(['check', ...both], other);
    expect(out.split('\n')[0]).toBe('nat.save, filter.save: no findings; chains: 14 of kube-proxy');
    expect(status).toBe(0);
    expect(out).not.toMatch(/the table (?:nat|filter)/);
  });

  test('lines are those of the files', async () => {
    const { out } = await kubenat(['trace', ...both, ...onHost], files);
    const line = 1 + filter.split('\n').findIndex((one) => one.includes('has no local endpoints'));
    expect(out).toContain(`(filter.save line ${line})`);
    const wrong = { ...files, 'filter.save': filter.replace('--dport 30080', '--dport 300800') };
    const refused = await kubenat(['trace', ...both, ...onHost], wrong);
    expect(refused.err).toContain(`filter.save:${line}:`);
  });

  test('in expectations, of which coverage tells by file', async () => {
    const text = JSON.stringify({
      rules: ['nat.save', 'filter.save'],
      host,
      expectations: [{ packet, verdict: 'drop' }],
    });
    const { out, status } = await kubenat(['test', '--coverage', 'lcov', 'some.json'], {
      ...files,
      'some.json': text,
    });
    expect(status).toBe(0);
    expect([...out.matchAll(/^SF:(.*)$/gm)].map(([, file]) => file)).toEqual(['nat.save', 'filter.save']);
    const number = 1 + filter.split('\n').findIndex((one) => one.includes('has no local endpoints'));
    expect(out.split('SF:filter.save')[1]).toContain(`DA:${number},1\n`);
  });

  test('in a directory of either side', async () => {
    const world = {
      list: (path: string) =>
        path === 'node' ? { files: ['filter.save', 'nat.save', 'notes.md'], folders: [] } : null,
    };
    const stored = { 'node/filter.save': filter, 'node/nat.save': nat, 'all.save': whole };
    const { out, status } = await kubenat(['diff', 'node', 'all.save'], stored, world);
    expect(out).toContain('no packet changes fate (proved); the rules are the same text');
    expect(status).toBe(0);
  });
});

test.each([
  ['trace', ['--packet', packet]],
  ['check', []],
] as const)('a table that two files have is refused by %s, with the names of both', async (command, more) => {
  const { err, status } = await kubenat(
    [command, '--rules', 'nat.save', '--rules', 'all.save', ...more],
    files,
  );
  expect(status).toBe(2);
  expect(err).toContain('table nat is in nat.save and in all.save');
});

describe('a table that is not shown is an assumption, as data', () => {
  const missing = { code: 'table-not-shown', table: 'filter' };
  const said = 'the table filter, which is not shown, has no rules';
  const question = [
    { packet, verdict: 'accept' },
    { packets: { from: 'pod', dst: '10.96.0.10', dport: 80, proto: 'tcp' }, verdict: 'accept' },
  ];
  const parts = {
    ...files,
    'some.json': JSON.stringify({ rules: 'nat.save', host, expectations: question }),
  };
  const commands: readonly (readonly string[])[] = [
    ['trace', '--rules', 'nat.save', ...onHost, '--first', '--format', 'json'],
    ['trace', '--rules', 'nat.save', '--host', 'host.yaml', '--connection', packet, '--format', 'json'],
    ['check', 'nat.save', '--format', 'json'],
    ['diff', 'nat.save', 'nat.save', '--format', 'json'],
    ['test', 'some.json', '--format', 'json'],
  ];
  test.each(commands)('%s', async (...words) => {
    const { out } = await kubenat(words, parts);
    expect(out).toContain(said);
    expect(out.replace(/\s/g, '')).toContain(JSON.stringify(missing));
  });

  test('and in a certificate', async () => {
    let written = '';
    const write = (_: string, text: string | Uint8Array) => {
      written = String(text);
    };
    await kubenat(['diff', '--certificate', 'c.json', 'nat.save', 'nat.save'], parts, { write });
    expect(written.replace(/\s/g, '')).toContain(JSON.stringify(missing));
  });

  test('but where the other side shows it, nothing is known of it', async () => {
    const { out, status } = await kubenat(['diff', 'nat.save', 'all.save'], parts);
    expect(out).toContain('it could not be proved');
    expect(out).toContain('the rules that follow are not shown (in filter/FORWARD)');
    expect(out).not.toContain('change fate (');
    expect(status).toBe(1);
  });

  test('what it may drop on purpose is not told as cut off', async () => {
    const { out, status } = await kubenat(['check', 'nat.save'], parts);
    // What was not read is not without fault.
    expect(out).toMatch(/^nat.save: nothing found in the part of the rules that is shown; /);
    const { findings, partial } = JSON.parse(
      (await kubenat(['check', '--format', 'json', 'nat.save'], parts)).out,
    );
    expect([findings, partial]).toEqual([[], ['nat.save']]);
    expect(status).toBe(0);
    const broken = {
      'nat.save': nat.replace(/^-A KUBE-SEP\S* .* -j DNAT .*\n/gm, ''),
      'filter.save': filter,
    };
    const whole = await kubenat(['check', '--rules', 'nat.save', '--rules', 'filter.save'], broken);
    expect(whole.out).toContain('cut-off');
  });
});

const outcomesIn = (text: string) => JSON.parse(text).results[0].outcomes;

test('an empty file holds nothing to check, and beside another it is no part of its own', async () => {
  const empty = { ...files, 'empty.save': '' };
  const alone = await kubenat(['check', '--rules', 'empty.save'], empty);
  expect(alone.out).not.toContain('no findings');
  expect(alone.err).toContain('empty.save is empty: there is nothing to check');
  const beside = await kubenat(['check', '--rules', 'nat.save', '--rules', 'empty.save'], empty);
  expect(beside.err).toContain('nat.save and empty.save are a part of the rules of a node');
});

test.each(['', '\n'])(
  'two texts in one file are read, of which the first breaks off: %j',
  async (between) => {
    const cut = filter.slice(0, filter.indexOf('-A KUBE-FORWARD') + 9);
    const { out, status } = await kubenat(['check', 'two.save'], { 'two.save': `${cut}${between}${nat}` });
    expect(status).toBe(1);
    expect(out).toContain('commit-missing');
    expect(out).toContain('undecided');
    expect(out).not.toContain('error[');
  },
);
