import { expect, test } from 'vitest';
import { limitInput, readText } from '../../src/files/read-text.ts';
import { InputError } from '../../src/text/problem.ts';
import { pathOf } from '../pages.ts';
import { kubenat } from './harness.ts';

const manifests = pathOf('fixtures/collected/manifests.yaml');
const node = pathOf('fixtures/collected/node.txt');

const commands: Readonly<Record<string, readonly string[]>> = {
  compile: ['compile', '--node', 'n1', manifests],
  fmt: ['fmt', node],
  check: ['check', '--format', 'json', node],
  diff: ['diff', '--format', 'json', node, node],
  drift: ['drift', node, manifests],
  explain: ['explain', manifests],
  migrate: ['migrate', '--node', 'n1', manifests],
  graph: ['graph', '--format', 'dot', node],
  trace: ['trace', '--rules', node, '--packet', 'tcp 198.51.100.7:4000 -> 10.0.0.5:30080'],
  collect: ['collect'],
};

test.each(Object.entries(commands))('%s -o writes the same to a file, and nothing else', async (_, args) => {
  const written = new Map<string, string>();
  const write = (path: string, text: string | Uint8Array) => {
    written.set(path, typeof text === 'string' ? text : new TextDecoder().decode(text));
  };
  const plain = await kubenat(args);
  const filed = await kubenat([...args, '-o', 'out.txt'], {}, { write, color: true, terminal: true });
  expect(plain.status).not.toBe(2);
  expect(filed).toEqual({ ...plain, out: '' });
  expect([...written]).toEqual([['out.txt', plain.out]]);
});

test('a file that cannot be written is status 2, and nothing is printed', async () => {
  const write = () => {
    throw new InputError([{ code: 'file-unwritable', severity: 'error', message: 'out.txt: no space' }]);
  };
  const { status, out, err } = await kubenat(['check', node, '-o', 'out.txt'], {}, { write });
  expect([status, out]).toEqual([2, '']);
  expect(err).toContain('error[file-unwritable]: out.txt: no space');
});

test.each([
  ['2K', 2, 'is too large to be read\n  expected: 2048 bytes at most, as --max-input says'],
  // The node's route_localnet is 0, and its rules give node ports at 127.0.0.1 away: a finding.
  ['1G', 1, ''],
  ['lots', 2, 'It should be a number of bytes, or one with K, M or G.'],
  ['0', 2, 'It should be a number of bytes'],
])('--max-input %s', async (size, status, said) => {
  const ran = await kubenat(['check', '--max-input', size, node]);
  expect(ran.status).toBe(status);
  expect(ran.err).toContain(said);
  limitInput(undefined);
  expect(readText(node)).not.toBe('');
});

test.each([['fmt'], ['translate'], ['graph', '--format', 'dot']])(
  '%s says of rules of ipvs mode what they are',
  async (...command) => {
    const rules = pathOf('fixtures/ipvs/node.save');
    const { err } = await kubenat([...command, rules]);
    expect(err).toContain('note[proxy-mode]');
    expect(err).toContain("these are rules of kube-proxy's ipvs mode");
  },
);
