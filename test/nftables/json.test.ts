import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadNft } from '../../src/nftables/check/load.ts';
import { printJson } from '../../src/nftables/json/print.ts';
import { printRuleset } from '../../src/nftables/print/tables.ts';
import { fixtures } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

// What `nft -j list ruleset` (1.0.6) printed: of kube-proxy's tables, and of the texts in `loaded` once they were loaded.

const recorded = join(fixtures, 'nftables/json');
const names = readdirSync(recorded).sort();
const load = (name: string, text: string) => loadNft({ name, text });
const withoutHandles = (text: string) => text.replace(/, "handle": \d+/g, '');

describe('what nft -j printed is read, and printed as it was', () => {
  test.each(names)('%s', (name) => {
    const text = readFileSync(join(recorded, name), 'utf8');
    const { ruleset, problems } = load(name, text);
    expect(problems).toEqual([]);
    expect(printJson(ruleset)).toBe(text);
  });
});

const listed = join(fixtures, 'nftables/loaded');
const texts = readdirSync(listed).filter((name) => name.endsWith('.json'));

describe('texts are printed as nft -j prints them', () => {
  test.each(texts)('%s', (name) => {
    const text = readFileSync(join(listed, name.replace('.json', '.nft')), 'utf8');
    const expected = readFileSync(join(listed, name), 'utf8');
    expect(withoutHandles(printJson(load(name, text).ruleset))).toBe(withoutHandles(expected));
  });
});

test('the JSON of a ruleset and its text say the same', () => {
  const json = readFileSync(join(recorded, 'cluster-ip.json'), 'utf8');
  const text = readFileSync(join(fixtures, 'conformance/nftables/1.36.3/cluster-ip.nft'), 'utf8');
  // The JSON has no comments of tables and chains.
  const expected = text
    .replace(/^\tcomment ".*"\n/gm, '')
    .replace(/(^\tchain .*\n)\t\tcomment ".*"\n/gm, '$1');
  expect(printRuleset(load('json', json).ruleset)).toBe(expected);
});

test('kubenat fmt --json', async () => {
  const rules = 'table ip t {\n\tchain c {\n\t\ttcp dport { 443, 80 } accept\n\t}\n}\n';
  const { status, out } = await kubenat(['fmt', '--format', 'json', 'rules'], { rules });
  expect(await kubenat(['fmt', '--json', 'rules'], { rules })).toMatchObject({ status, out });
  expect(status).toBe(0);
  expect(JSON.parse(out).nftables.at(-1).rule.expr[0].match.right).toEqual({ set: [80, 443] });
  const dump = await kubenat(['fmt', '--json', 'dump'], { dump: '*filter\nCOMMIT\n' });
  expect(dump.status).toBe(2);
  const broken = await kubenat(['fmt', 'json'], { json: '{"nftables": [{"table": {"family": "ip"' });
  expect(broken).toMatchObject({ status: 2, out: '' });
});

test('--nft-version: what is known of another version', async () => {
  const rules =
    'table ip t {\n\tcomment "mine"\n\tct timeout x {\n\t\tprotocol tcp\n\t\tl3proto ip\n\t\tpolicy = { established : 100 }\n\t}\n}\n';
  const of = async (...flags: string[]) => (await kubenat(['fmt', ...flags, 'rules'], { rules })).out;
  expect(await of()).toContain('established : 100 }');
  expect(await of('--nft-version', '1.1.3')).toContain('established : 1m40s }');
  expect(await of('--json')).not.toContain('mine');
  expect(await of('--json', '--nft-version', '1.1.3')).toContain('"comment": "mine"');
});

test('operators of several operands, masks of several flags, and maps to several fields, as versions of nft print them', () => {
  const of = (rule: object, ...more: object[]) =>
    JSON.stringify({
      nftables: [
        { table: { family: 'ip', name: 't' } },
        { chain: { family: 'ip', table: 't', name: 'c' } },
        ...more,
        { rule: { family: 'ip', table: 't', chain: 'c', expr: [rule] } },
      ],
    });
  const flags = { payload: { protocol: 'tcp', field: 'flags' } };
  const masked = (mask: unknown) => ({ match: { op: '==', left: { '&': [flags, mask] }, right: 'syn' } });
  const text = (json: string) => {
    const { ruleset, problems } = load('json', json);
    expect(problems).toEqual([]);
    return printRuleset(ruleset);
  };
  const expected = 'tcp flags syn / fin,syn,rst,ack';
  // 1.0.6 to 1.0.9, and 1.1.3.
  expect(text(of(masked(['fin', 'syn', 'rst', 'ack'])))).toContain(expected);
  expect(text(of(masked({ '|': ['fin', 'syn', 'rst', 'ack'] })))).toContain(expected);
  const mark = { meta: { key: 'mark' } };
  const value = { '|': [{ '&': [mark, 4278190591] }, 256] };
  expect(text(of({ mangle: { key: mark, value } }))).toContain(
    'meta mark set meta mark & 0xff0001ff | 0x00000100',
  );
  const map = {
    family: 'ip',
    table: 't',
    name: 'm',
    type: 'inet_service',
    map: ['ipv4_addr', 'inet_service'],
  };
  expect(text(of({ counter: null }, { map }))).toContain('type inet_service : ipv4_addr . inet_service');
});
