import { describe, expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const dump = 'fixtures/conformance/named/cluster-ip-one-endpoint/iptables.save';
const other = 'fixtures/conformance/named/small-real-cluster/iptables.save';
const packet = ['--packet', 'tcp 10.244.1.9:4000 -> 10.96.0.10:80 from pod'];
const services = Array.from(
  { length: 9 },
  (_, number) =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: s${number}}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n`,
).join('---\n');

describe('how much is said', () => {
  test('--quiet: the status alone', async () => {
    expect(await kubenat(['diff', dump, other, '--quiet'])).toEqual({ status: 1, out: '', err: '' });
    expect(await kubenat(['explain', 's.yaml', '--quiet'], { 's.yaml': services })).toMatchObject({
      out: '',
      err: '',
    });
    const { err } = await kubenat(['diff', 'nothing.save', other, '--quiet']);
    expect(err).toContain('nothing.save');
  });

  test.each([
    [
      'diff',
      [dump, other],
      /^.* → .*: \d+ classes of packets of \d+ service ports change fate \(\d+ changes?\)\.\n$/,
    ],
    ['check', [other], /^.*: 1 finding.*\n$/],
    [
      'trace',
      ['--rules', dump, ...packet],
      /^tcp 10\.244\.1\.9:4000 -> 10\.96\.0\.10:80 from pod: 100 % .*\n$/,
    ],
    [
      'trace',
      ['--connection', 'tcp 10.244.1.9 -> 10.96.0.10:80 from pod', '--rules', dump],
      /^tcp 10\.244\.1\.9 -> 10\.96\.0\.10:80 from pod: .* (?:established|unknown), with \S+(?:, which sees \S+)?(?:; .*)?\n$/,
    ],
  ] as const)('--summary of %s: the verdict alone', async (command, args, wanted) => {
    const { out } = await kubenat([command, ...args, '--summary']);
    expect(out).toMatch(wanted);
  });

  test('--summary where there is no verdict, or another format, is refused', async () => {
    expect((await kubenat(['fmt', dump, '--summary'])).status).toBe(2);
    expect((await kubenat(['diff', dump, other, '--summary', '--format', 'json'])).err).toContain(
      '--format json',
    );
  });

  test('many notes of one kind are one, and all with --verbose', async () => {
    const files = { 's.yaml': services };
    const [few, all] = [
      await kubenat(['compile', 's.yaml'], files),
      await kubenat(['compile', 's.yaml', '--verbose'], files),
    ];
    expect(few.out).toBe(all.out);
    const lines = (text: string) => text.split('\n').length;
    expect(few.err).toMatch(/… and \d+ more notes of this kind/);
    expect(lines(few.err)).toBeLessThan(lines(all.err) / 2);
  });

  test('--color says whether there are colours, wherever the output goes', async () => {
    const sign = '\u001b[';
    expect((await kubenat(['diff', dump, other, '--color', 'always'])).out).toContain(sign);
    expect((await kubenat(['diff', dump, other, '--color', 'never'], {}, { color: true })).out).not.toContain(
      sign,
    );
    expect((await kubenat(['diff', dump, other, '--color', 'sometimes'])).status).toBe(2);
  });
});
