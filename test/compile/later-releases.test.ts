import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

// Releases after 1.30 are not recorded. The lines are what nodes that run them print, and what kube-proxy's own
// proxier_test.go of those releases expects; both counters came with 1.31, say the notes of that release.

const folder = join(fixtures, 'conformance/named/node-port');
const args = ['compile', '--config', join(folder, 'kube-proxy.yaml'), join(folder, 'cluster.yaml')];

const invalid =
  '-A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j DROP';
const localhost =
  '-A KUBE-NODEPORTS -d 127.0.0.0/8 -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -m nfacct --nfacct-name  localhost_nps_accepted_pkts -j KUBE-EXT-LOLE4ISW44XBNF3G';

describe('packets that are counted by nfacct objects', () => {
  test.each([
    ['1.30', []],
    ['1.31', [invalid, localhost]],
    ['1.32', [invalid, localhost]],
    ['1.36', [invalid, localhost]],
  ])('%s', async (release, lines) => {
    const { out } = await kubenat([...args, '--nfacct', '--kube-version', release]);
    expect(out.split('\n').filter((line) => line.includes('nfacct'))).toEqual(lines);
  });

  test('as kube-proxy sends it', async () => {
    const { out } = await kubenat([...args, '--nfacct', '--kube-version', '1.32', '--spelling', 'restore']);
    expect(out).toContain(
      '-A KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp -d 127.0.0.0/8 --dport 30080 -m nfacct --nfacct-name localhost_nps_accepted_pkts -j KUBE-EXT-LOLE4ISW44XBNF3G\n',
    );
  });

  test('not where the node has no such objects', async () => {
    const { out } = await kubenat([...args, '--kube-version', '1.32']);
    expect(out).not.toContain('nfacct');
  });
});
