import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examples } from '../../src/cli/examples.ts';
import { subcommands } from '../../src/cli/subcommands.ts';
import { usualFlags } from '../../src/cli/usual-flags.ts';
import { pathOf, readPage, runLine } from '../pages.ts';
import { kubenat } from './harness.ts';

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'kubenat-examples-'));
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args]);

/** What the examples' names stand for: the cluster of the page about expectations, and a node that has its rules. */
beforeAll(async () => {
  process.chdir(folder);
  for (const step of readPage(pathOf('docs/expectations.md')))
    if (step.kind === 'file' && /^(?:manifests\/)?web\./.test(step.name)) {
      mkdirSync('manifests', { recursive: true });
      writeFileSync(step.name, step.text);
    }
  const manifest = readFileSync('manifests/web.yaml', 'utf8');
  const other = manifest.split('---')[0]?.replaceAll('node-1', 'node-2').replace('.1.0/24', '.2.0/24');
  writeFileSync('manifests/web.yaml', `${manifest}---\n${other?.replace('0.11', '0.12')}`);
  writeFileSync('host.yaml', 'addresses: [192.168.0.11/24]\npodCIDR: 10.244.1.0/24\n');
  writeFileSync(
    'kernel.log',
    'udp 17 25 src=10.244.1.9 dst=10.96.0.80 sport=4000 dport=53 [UNREPLIED] src=10.96.0.80 dst=10.244.1.9 sport=53 dport=4000 use=1\n',
  );
  const { out } = await kubenat(['compile', '--node', 'node-1', 'manifests']);
  writeFileSync('node-1.save', out);
  for (const part of [1, 2, 3]) {
    const line = ['migrate', '--to', 'iptables', '--format', 'json', '--shard', `${part}/3`, 'manifests'];
    writeFileSync(`part-${part}.json`, (await kubenat(line)).out);
  }
  writeFileSync('node-1.new.save', `# the same\n${out}`);
  await kubenat(['diff', '--certificate', 'proof.json', 'node-1.save', 'node-1.new.save']);
  writeFileSync('node-1.old.save', out.replaceAll('10.244.1.6', '10.244.1.7'));
  mkdirSync('cases/web', { recursive: true });
  writeFileSync('cases/web/web.yaml', readFileSync('manifests/web.yaml'));
  git('init', '-q', '-b', 'main');
  git('add', 'manifests');
  git('commit', '-q', '-m', 'all');
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

test('every command has examples, and each is of its command', () => {
  expect(Object.keys(examples)).toEqual(subcommands.map(({ name }) => name));
  for (const [name, own] of Object.entries(examples)) {
    expect(own.length).toBeGreaterThanOrEqual(2);
    for (const { line } of own) expect(line).toContain(`kubenat ${name}`);
  }
});

/** Ends what waits for Ctrl-C as soon as it says so. */
async function interrupted(line: string): Promise<number> {
  let said = '';
  const { status } = await kubenat(
    line.split(' ').slice(1),
    {},
    {
      err: (text) => {
        said += text;
        if (said.includes('Ctrl-C')) setTimeout(() => process.emit('SIGINT'), 200);
      },
    },
  );
  expect(said).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
  return status;
}

describe.each(Object.entries(examples))('the help of %s', (name, own) => {
  test.each(own)('$line', { timeout: 30_000 }, async ({ line }) => {
    if (name === 'serve') expect(await interrupted(line)).toBe(0);
    else if (name === 'completion') {
      const words = line.replace(/^source <\((.*)\)$/, '$1');
      expect(await runLine(words, 0)).toMatchObject({ status: 0 });
    } else {
      const { status, out } = await runLine(line, 0);
      // Two versions that differ are told apart, and so are two modes; releases that make the same rules of this are not.
      expect({ line, status }).toEqual({ line, status: /old\.save|--to nftables/.test(line) ? 1 : 0 });
      expect(out !== '' || / > | -o |--check|--update/.test(line)).toBe(true);
    }
  });

  test('shows them', async () => {
    const { out } = await kubenat([name, '--help', '--verbose']);
    for (const { line, what } of own) expect(out).toContain(`  # ${what}\n  ${line}\n`);
  });
});

describe.each(Object.entries(usualFlags))('the short help of %j', (name, flags) => {
  const words = name === '' ? [] : [name];

  test('fits a screen and says where the rest is', async () => {
    const { out } = await kubenat(['help', ...words]);
    expect(out.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    expect(out).toContain(['kubenat help', ...words, '--verbose'].join(' '));
    expect(await kubenat(name === '' ? ['--help'] : [name, '--help'])).toMatchObject({ out });
  });

  test('shows flags that there are', async () => {
    const short = (await kubenat(['help', ...words])).out;
    const whole = (await kubenat(['help', ...words, '--verbose'])).out;
    for (const flag of flags) {
      expect(short).toMatch(new RegExp(`^ .*${flag}\\b`, 'm'));
      expect(whole).toMatch(new RegExp(`^ .*${flag}\\b`, 'm'));
    }
    expect(whole.length).toBeGreaterThan(short.length);
  });
});

test('the help of no command names the nearest', async () => {
  expect(await kubenat(['help', 'trcae'])).toMatchObject({
    status: 2,
    out: '',
    err: "error: unknown command 'trcae'\n(Did you mean trace?)\n",
  });
});

test('every command has a short help', () => {
  expect(Object.keys(usualFlags)).toEqual(['', ...subcommands.map(({ name }) => name)]);
});
