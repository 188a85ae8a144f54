import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { languages } from '../../src/report/words/language.ts';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

const cluster = ['fixtures/service-test', 'fixtures/service-test/svc.txt'];
const packet = ['--packet', 'tcp 198.51.100.7:40000 -> 10.100.0.3:32213 from external'];
const logged = ['--rules', 'fixtures/logs/node.save', '--host', 'fixtures/logs/host.yaml'];
const rulesets = 'fixtures/conformance/nftables/1.37.2';

/** What people ask every day. A word of an output that changes is seen here, in each language. */
const usual: Readonly<Record<string, readonly string[]>> = {
  trace: ['trace', '--node', 'node-2', ...packet, ...cluster],
  'trace-first': ['trace', '--first', '--node', 'node-2', ...packet, ...cluster],
  'trace-why-not': ['trace', '--node', 'node-2', ...packet, '--why-not', 'nat/KUBE-SERVICES/1', ...cluster],
  'trace-nodes': ['trace', '--nodes', 'all', '--connection', packet[1] as string, ...cluster],
  'trace-url': ['trace', '--url', 'https://testhost.com/', '--client', '198.51.100.7', ...cluster],
  'trace-log': ['trace', '--log', 'fixtures/logs/xtables-monitor.txt', ...logged],
  'trace-conntrack': ['trace', '--log', 'fixtures/logs/conntrack.txt', ...logged],
  explain: ['explain', ...cluster],
  'explain-without-node': ['explain', '--without-node', 'node-3', ...cluster],
  'explain-nft': ['explain', `${rulesets}/node-port.nft`],
  diff: ['diff', 'fixtures/diff/before', 'fixtures/diff/policy-local'],
  'diff-scale-to-zero': ['diff', 'fixtures/diff/before', 'fixtures/diff/scale-to-zero'],
  'diff-nodes': ['diff', '--nodes', 'all', 'fixtures/diff/before', 'fixtures/diff/policy-local'],
  'diff-markdown': [
    'diff',
    '--format',
    'markdown',
    'fixtures/diff/before',
    'fixtures/diff/cluster-ip-to-load-balancer',
  ],
  'check-rules': ['check', 'fixtures/check/lost-prerouting-jump.save'],
  'check-manifests': ['check', 'fixtures/diff/scale-to-zero'],
  drift: [
    'drift',
    '--node',
    'node-1',
    'fixtures/service-test/expected/node-1.save',
    'fixtures/service-test/nodes.yaml',
    'fixtures/service-test/service.yaml',
    'fixtures/service-test/pods.yaml',
    'fixtures/service-test/svc.txt',
  ],
  test: ['test', 'fixtures/expect'],
  'trace-mistyped': [
    'trace',
    '--node',
    'node-2',
    '--packet',
    'tcp 198.51.100.7:http -> 10.100.0.3',
    ...cluster,
  ],
  migrate: ['migrate', '--node', 'node-2', ...cluster],
};

/** Lines of a terminal. */
const screen = 40;

describe.each(Object.keys(usual))('%s', (name) => {
  test.each(languages)('in %s fits a screen, and says what it said', async (language) => {
    const { out, err } = await kubenat(usual[name] as string[], {}, { language });
    await expect(out + (err === '' ? '' : `\n--- beside it:\n${err}`)).toMatchFileSnapshot(
      join(fixtures, 'usual', `${name}.${language}.txt`),
    );
    expect(out.split('\n').length).toBeLessThanOrEqual(screen);
  });
});
