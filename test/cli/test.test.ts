import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Io, processIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import { subcommands } from '../../src/cli/subcommands.ts';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'tests-'));
const home = process.cwd();
beforeAll(() => {
  cpSync(fixtures, folder, { recursive: true, filter: (path) => !/conformance|spellings/.test(path) });
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const example = 'expect/service-test.kubenat.yaml';
const about = 'manifests: [service-test, service-test/svc.txt]\nnode: node-2\nexpectations:\n';
const nodePort = "packet: 'tcp 198.51.100.7:40000 -> 10.100.0.3:32213 from external'";
const anybody = 'packets: {from: 0.0.0.0/0, dst: service default/service-test, via: node-port}';
const ask = (one: string, ...flags: string[]) =>
  kubenat(['test', ...flags, 'a.kubenat.yaml'], { 'a.kubenat.yaml': `${about}  - {${one}}\n` });

/** What a claim gets on the worked example: nothing where it holds, else what is said to happen. */
const claims: readonly (readonly [string, RegExp | null])[] = [
  [`${nodePort}, verdict: accept`, null],
  [`${nodePort}, verdict: drop`, /expected: verdict drop/],
  [`${nodePort}, source: 10.100.0.3`, null],
  [`${nodePort}, source: preserved`, /the server sees 10\.100\.0\.3/],
  [`${nodePort}, endpoints: {10.0.3.2:8080: 1/2, 10.0.1.2:8080: 1/2}`, null],
  [`${nodePort}, endpoints: {10.0.3.2:8080: 1/3, 10.0.1.2:8080: 2/3}`, /50\.00 %/],
  [`${nodePort}, to: 10.0.3.2:8080`, /10\.0\.1\.2:8080/],
  [`${nodePort}, never: pod default/service-test-pod-1`, /10\.0\.1\.2:8080/],
  [`${nodePort}, endpoints: service default/service-test, never: 10.0.2.2`, null],
  [
    `${nodePort}, to: service default/service-test, never: pod default/service-test-pod-1`,
    /10\.0\.1\.2:8080/,
  ],
  [`${nodePort}, by: nat/KUBE-POSTROUTING/3`, null],
  // The connection: the endpoints are on two other nodes, and answers come back by node-2.
  [`${nodePort}, reaches: service default/service-test`, null],
  [`${nodePort}, reaches: 10.0.3.2:8080`, /it is established with 10\.0\.1\.2:8080 in 50\.00 %/],
  [
    "packet: 'tcp 198.51.100.7:40000 -> 10.100.0.3:22 from external', reaches: service default/service-test",
    /10\.100\.0\.3:22/,
  ],
  [
    'packet: from pod default/service-test-pod-1 to service default/service-test, reaches: service default/service-test',
    null,
  ],
  ['packet: from external to node node-2:32213, reaches: service default/service-test', null],
  ['packet: from external to node node-2:32213, never: service default/service-test', /10\.0\.[13]\.2:8080/],
  [`${nodePort}, by: service default/service-test`, null],
  [`${anybody}, to: service default/service-test`, null],
  [`${anybody}, never: 10.0.3.2`, /10\.0\.3\.2:8080/],
  [`${anybody}, source: masked`, /packet: /],
  [
    'packets: {from: external, proto: tcp, dst: node node-2, dport: 1-32212}, never: service default/service-test',
    null,
  ],
  [
    'packets: {from: external, proto: tcp, dst: node node-2, dport: 30000-32767}, never: service default/service-test',
    /-> 10\.100\.0\.3:32213/,
  ],
];

/** A node whose answers are dropped: the question comes to the endpoint, and the connection does not. */
const deaf = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -s 10.0.2.9/32 -m conntrack --ctstate ESTABLISHED -j DROP
-A FORWARD -m statistic --mode random --probability 0.5 -m set --match-set guests dst -j DROP
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.2.9:8080
COMMIT
`;
const ofDump = (one: string) =>
  kubenat(['test', 'a.kubenat.yaml', '--format', 'json'], {
    'a.kubenat.yaml': `rules: node.save\nhost: {addresses: [10.100.0.3/24], podCIDR: 10.0.2.0/24}\nexpectations:\n  - {${one}}\n`,
    'node.save': deaf,
  });
const call = "packet: 'tcp 198.51.100.7:40000 -> 10.96.0.1:80 from external'";

test.each([
  ['what is not known fails', `${call}, to: 10.0.2.9:8080`, 1, 'unknown'],
  ['unless the test says that it may be', `${call}, to: 10.0.2.9:8080, mayBeUnknown: true`, 0, undefined],
  ['what is wrong fails all the same', `${call}, to: 10.0.2.8:8080, mayBeUnknown: true`, 1, 'mismatch'],
  [
    'a connection whose answers are dropped',
    `${call}, reaches: 10.0.2.9:8080, mayBeUnknown: true`,
    1,
    'mismatch',
  ],
])('%s', async (_, one, status, kind) => {
  const { status: told, out } = await ofDump(one);
  const [result] = JSON.parse(out).results;
  expect([told, result.findings[0]?.kind]).toEqual([status, kind]);
  expect(result.assumed).toContain('the uplink is eth0');
});

test('names that mean nothing, and reaches of a set, are refused', async () => {
  const nobody = await ask(
    'packet: from pod default/nobody to service default/service-test, verdict: accept',
  );
  expect([nobody.status, nobody.err]).toEqual([2, expect.stringContaining('there is no pod default/nobody')]);
  const set = await ask(`${anybody}, reaches: service default/service-test`);
  expect([set.status, set.err]).toEqual([2, expect.stringContaining('reaches is about a connection')]);
});

test.each(claims)('%s', async (one, says) => {
  const { status, out } = await ask(one);
  expect(status).toBe(says ? 1 : 0);
  if (says) expect(out).toMatch(says);
  expect(out).toContain(says ? '0 passed, 1 failed' : '1 passed');
});

test('what cannot be proved does not pass', async () => {
  const dump = readFileSync('service-test/expected/node-2.save', 'utf8').replace(
    /^(?=-A PREROUTING)/m,
    '-A PREROUTING -m limit --limit 1/sec -j ACCEPT\n',
  );
  const file = `rules: d.save\ncluster: service-test/nodes.yaml\nnode: node-2\nexpectations:\n  - {${nodePort}, to: [10.0.3.2, 10.0.1.2]}\n`;
  writeFileSync('d.save', dump);
  const { status, out } = await kubenat(['test', 'a.kubenat.yaml'], { 'a.kubenat.yaml': file });
  expect(status).toBe(1);
  expect(out).toMatch(/not known|unknown/);
});

/** Input that is wrong: 2, nothing on standard output, and what is meant. */
const wrong: readonly (readonly [string, string, RegExp])[] = [
  ['an unknown service', `${nodePort}, to: service default/servicetest`, /default\/service-test/],
  ['an unknown pod', `${nodePort}, never: pod default/nobody`, /nobody/],
  ['an unknown rule', `${nodePort}, by: nat/KUBE-POSTROUTING/30`, /KUBE-POSTROUTING/],
  ['an unknown chain', `${nodePort}, by: nat/KUBE-POSTROUTNG`, /KUBE-POSTROUTING/],
  ['a packet that is none', "packet: 'tcp 1.2.3.4', to: 10.0.0.1", /1:|packet/],
  [
    'dropped, and yet there',
    `${nodePort}, verdict: drop, to: 10.0.3.2:8080`,
    /to 10\.0\.3\.2:8080, and verdict drop/,
  ],
  ['rejected, and yet seen', `${nodePort}, verdict: reject, source: masked`, /no packet can satisfy both/],
  [
    'there, and never there',
    `${nodePort}, to: 10.0.3.2:8080, never: 10.0.0.0/8`,
    /no packet can satisfy both/,
  ],
  [
    'one of them never',
    `${nodePort}, endpoints: [10.0.3.2:8080, 10.0.1.2:8080], never: 10.0.1.2`,
    /never 10\.0\.1\.2/,
  ],
  [
    'a set without packets',
    'packets: {from: pod, src: 127.0.0.0/8}, to: 10.0.0.1',
    /there are no such packets/,
  ],
  ['a family of the other kind', `${nodePort}, source: 'fd00::1'`, /fd00::1/],
];

test.each(wrong)('%s is refused', async (_, one, says) => {
  const { status, out, err } = await ask(one);
  expect([status, out]).toEqual([2, '']);
  expect(err).toMatch(/a\.kubenat\.yaml:4:\d+: error/);
  expect(err).toMatch(says);
});

test.each([
  ['a file that is not there', ['test', 'nothing.kubenat.yaml'], /nothing\.kubenat\.yaml/],
  ['a directory without files', ['test', 'path'], /no expectation file below path/],
  ['a filter that fits none', ['test', '--filter', 'zzz', example], /zzz/],
  ['a threshold that is none', ['test', '--coverage-threshold', 'many', example], /many/],
])('%s: nothing ran, which is an error', async (_, args, says) => {
  const { status, out, err } = await kubenat(args);
  expect([status, out]).toEqual([2, '']);
  expect(err).toMatch(says);
});

/** The elements that are written, with the attributes that junit-10.xsd of Jenkins' xUnit plugin lets them have. */
const junit: Readonly<Record<string, readonly string[]>> = {
  testsuites: ['name', 'time', 'tests', 'failures', 'errors'],
  testsuite: [
    'name',
    'tests',
    'failures',
    'errors',
    'group',
    'time',
    'skipped',
    'timestamp',
    'hostname',
    'id',
    'file',
  ],
  testcase: ['name', 'time', 'classname', 'group'],
  failure: ['type', 'message'],
};

describe('the example', () => {
  test('is found below the directory, and passes', async () => {
    const { status, out } = await kubenat(['test']);
    expect(status).toBe(0);
    expect(out).toContain('4 passed, in 1 file');
  });

  test('as TAP', async () => {
    const { out } = await kubenat(['test', '--format', 'tap', example]);
    expect(out).toMatch(/^TAP version 14\n1\.\.4\nok 1 - .*\nok 2 - .*\nok 3 - .*\nok 4 - .*\n$/);
  });

  test('a failure as TAP and JUnit tells what happened', async () => {
    const tap = await ask(`name: 'a <b> & "c"', ${nodePort}, source: preserved`, '--format', 'tap');
    expect(tap.out).toMatch(/^not ok 1 - a\.kubenat\.yaml: a <b> & "c"\n {2}---\n[\s\S]*\n {2}\.\.\.\n$/m);
    const junit = await ask(`name: 'a <b> & "c"', ${nodePort}, source: preserved`, '--format', 'junit');
    expect(junit.status).toBe(1);
    expect(junit.out).toContain('tests="1" failures="1"');
    expect(junit.out).toContain(
      'name="a &lt;b> &amp; &quot;c&quot;"'.replace('>', junit.out.includes('b&gt;') ? '&gt;' : '>'),
    );
    expect(junit.out).toMatch(/<failure[\s\S]*the server sees 10\.100\.0\.3[\s\S]*<\/failure>/);
  });

  test('as JUnit: with nothing that the schema of its readers refuses', async () => {
    const { out } = await ask(`${nodePort}, source: preserved`, '--format', 'junit');
    const tags = [...out.matchAll(/<([a-z]+)((?: [a-z]+="[^"]*")*)\/?>/g)];
    expect(tags.map(([, name]) => name)).toEqual(['testsuites', 'testsuite', 'testcase', 'failure']);
    for (const [, name = '', attributes = ''] of tags)
      for (const [, attribute] of attributes.matchAll(/ ([a-z]+)=/g))
        expect(junit[name]).toContain(attribute);
    expect(out).toMatch(/<failure [^>]*>a\.kubenat\.yaml:4:5\n/);
  });

  test('filtered', async () => {
    const { out } = await kubenat(['test', '--filter', 'SSH', example]);
    expect(out).toContain('1 passed, in 1 file');
  });
});

describe('coverage', () => {
  const uncovered = 'default/service-test loadbalancer IP';

  test('tells the rules that no expectation meets', async () => {
    const { status, out } = await kubenat(['test', '--coverage', 'text', example]);
    expect(status).toBe(0);
    expect(out).toContain(uncovered);
    expect(out).toMatch(/30 of 34 rules \(88\.24 %\) in all/);
  });

  test('fails below a threshold', async () => {
    expect((await kubenat(['test', '--coverage-threshold', '88', example])).status).toBe(0);
    const low = await kubenat(['test', '--coverage-threshold', '89', example]);
    expect(low.status).toBe(1);
    expect(low.err).toContain('coverage-low');
  });

  test('as lcov, beside the dump that was compiled', async () => {
    const { status } = await kubenat(['test', '--coverage', 'lcov', '--coverage-dir', 'cov', example]);
    expect(status).toBe(0);
    const lcov = readFileSync('cov/lcov.info', 'utf8');
    const [, file = ''] = /^SF:(.*)$/m.exec(lcov) ?? [];
    expect(existsSync(file)).toBe(true);
    const lines = readFileSync(file, 'utf8').split('\n');
    const counts = [...lcov.matchAll(/^DA:(\d+),(\d+)$/gm)].map(([, line, count]) => [
      Number(line),
      Number(count),
    ]);
    expect(counts.length).toBe(34);
    for (const [line = 0] of counts) expect(lines[line - 1]).toMatch(/^-A /);
    const missed = counts.filter(([, count]) => count === 0).map(([line = 0]) => lines[line - 1]);
    expect(missed.length).toBe(4);
    expect(missed.join('\n')).toContain(uncovered);
    expect(lcov).toMatch(/^LF:34$/m);
    expect(lcov).toMatch(/^LH:30$/m);
  });

  test('as JSON', async () => {
    const { out } = await kubenat(['test', '--coverage', 'json', '--format', 'json', example]);
    expect(JSON.parse(out)).toMatchObject({ passed: 4, failed: 0, coverage: expect.anything() });
  });
});

test('--watch runs again when a file that was read changes', async () => {
  writeFileSync('w.kubenat.yaml', `${about}  - {${nodePort}, to: service default/service-test}\n`);
  let out = '';
  const io: Io = {
    ...processIo,
    out: (text) => {
      out += text;
    },
    err: () => {},
    color: false,
  };
  const seen = async (text: string, meanwhile = () => {}) => {
    while (!out.includes(text)) {
      meanwhile();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const ended = run(['test', '--watch', 'w.kubenat.yaml'], io, subcommands);
  await seen('1 passed');
  const service = readFileSync('service-test/svc.txt', 'utf8');
  // Nobody says when the watcher watches: the file changes now and then until it does.
  let tries = 0;
  await seen('1 failed', () => {
    tries += 1;
    const changed = `${service.replace('32213', '32214')}${'\n'.repeat(tries)}`;
    if (tries % 25 === 1) writeFileSync('service-test/svc.txt', changed);
  });
  process.emit('SIGINT');
  expect(await ended).toBe(1);
  writeFileSync('service-test/svc.txt', service);
});
