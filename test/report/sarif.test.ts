import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cases, fixtures, readCase } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';
import { sarifErrors } from './sarif.ts';

const folder = join(fixtures, 'diff');
const diff = async (before: string, after: string, files = {}, ...flags: string[]) =>
  (await kubenat(['diff', '--format', 'sarif', ...flags, before, after], files)).out;

describe('SARIF is valid by its schema', () => {
  test('whose check tells what is not', () => {
    const run = (text: string) => sarifErrors(`{"version": "2.1.0", "runs": [${text}]}`);
    expect(run('{"tool": {"driver": {"name": "x"}}, "results": []}')).toEqual([]);
    expect(run('{"tool": {"driver": {}}, "results": []}')).not.toEqual([]);
    const at = (uri: string) =>
      run(
        `{"tool": {"driver": {"name": "x"}}, "results": [{"message": {"text": "m"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "${uri}"}}}]}]}`,
      );
    expect(at('a%20b.yaml')).toEqual([]);
    expect(at('a b.yaml')).not.toEqual([]);
  });

  const changes = readdirSync(folder).filter((name) => name !== 'before');
  test.each(changes)('%s', async (name) => {
    expect(sarifErrors(await diff(join(folder, 'before'), join(folder, name)))).toEqual([]);
  });

  test('where nothing changes, where nothing can be proved, and for names that a URI cannot hold', async () => {
    const [one] = cases.filter(({ family }) => family === 'ipv4');
    if (!one) throw new Error('there is no case');
    const text = readCase(one, 'iptables.save');
    const strange = 'C:\\rules [old] #1 ä%.save';
    const group = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -d 224.0.0.0/4 -j DROP\nCOMMIT\n';
    const files = { [strange]: text, b: text, group, empty: '' };
    for (const [before, after] of [
      [strange, 'b'],
      ['empty', 'group'],
      [strange, 'group'],
      ['group', strange],
    ] as const)
      expect(sarifErrors(await diff(before, after, files))).toEqual([]);
  });
});
