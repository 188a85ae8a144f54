import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';
import { isRequired } from './iptables.ts';
import {
  anyScenario,
  cluster,
  inFamily,
  nodeAddresses,
  outside,
  rulesOf,
  type Setting,
  scenarios,
  servers,
  settings,
  type Told,
} from './three-nodes.ts';
import { LiveCluster, type TestNode } from './topology.ts';

function whyNot(): string | null {
  if (isRequired) return null;
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'only root on Linux may make namespaces';
  const missing = ['ip', 'iptables-restore', 'python3', 'sysctl'].filter(
    (tool) => spawnSync('which', [tool]).status !== 0,
  );
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return spawnSync('unshare', ['-n', 'true']).status === 0 ? null : 'network namespaces cannot be made here';
}

interface Outcome {
  readonly verdict: string;
  readonly server: string | null;
  readonly seen: string | null;
}

const pod = '10.0.2.9';
const iptables: Setting = { family: 'ipv4', mode: 'iptables' };
const callsOfIPv4 = [
  {
    packet: `tcp ${outside.client} -> 10.100.0.3:32213 from external`,
    from: outside.client,
    to: '10.100.0.3',
    port: 32213,
  },
  {
    packet: `tcp ${outside.client} -> 10.100.0.4:32213 from external`,
    from: outside.client,
    to: '10.100.0.4',
    port: 32213,
  },
  {
    packet: `tcp ${outside.client} -> 10.96.0.10:80 from external`,
    from: outside.client,
    to: '10.96.0.10',
    port: 80,
  },
  { packet: `tcp ${pod} -> 10.96.0.10:80`, from: pod, to: '10.96.0.10', port: 80 },
  { packet: `tcp ${pod} -> 10.0.3.2:8080`, from: pod, to: '10.0.3.2', port: 8080 },
];

const alone = scenarios
  .filter(({ isLimited }) => !isLimited)
  .map((scenario) => ({ ...scenario, setting: iptables }));

// Of five connections each; more are asked for by KERNEL_SCENARIOS. On a busy machine an answer takes its time: KERNEL_PATIENCE.
const generated = fc
  .sample(anyScenario, {
    numRuns: Number(process.env.KERNEL_SCENARIOS ?? 3),
    seed: Number(process.env.KERNEL_SEED ?? 21),
  })
  .map((scenario, index): Told & { setting: Setting } => {
    const setting = settings[index % settings.length] as Setting;
    return { name: `generated ${index}, ${Object.values(setting).join(' ')}`, ...scenario, setting };
  });
const patience = Number(process.env.KERNEL_PATIENCE ?? 0.2);
// On one machine an ICMP error may come while connect() still holds its socket, and then counts from the next SYN on, a second later.
const untilRefused = 2.5;

/** What a client notices. */
function noticed({ verdict, server, seen }: Outcome): string {
  if (verdict === 'established') return `${server} ${seen}`;
  return ['refused', 'reset', 'unknown'].includes(verdict) ? verdict : 'timeout';
}

describe.skipIf(whyNot() !== null)(
  `connections on the live kernel${whyNot() ? ` (${whyNot()})` : ''}`,
  () => {
    const all: readonly (Told & { setting: Setting })[] = [
      ...(isRequired ? alone : alone.slice(0, 1)),
      ...generated,
    ];
    describe.each(all)('$name', ({ setting, ...scenario }) => {
      const { config, serviceRoute } = scenario;
      const { family, mode } = setting;
      const told = (text: string) => inFamily(text, family);
      const calls = callsOfIPv4.map((call) => ({
        packet: told(call.packet),
        from: told(call.from),
        to: told(call.to),
        port: call.port,
      }));
      const files: Record<string, string> = {
        'cluster.yaml': told(cluster),
        'kube-proxy.yaml': `${told(config)}mode: ${mode}\n`,
      };
      const flags = ['--config', 'kube-proxy.yaml', '--family', family, 'cluster.yaml'];
      const restore = family === 'ipv4' ? 'iptables-restore' : 'ip6tables-restore';
      const load = mode === 'nftables' ? ['nft', '-f', '-'] : [restore];
      let live: LiveCluster;

      beforeAll(async () => {
        const nodes = await Promise.all(
          Object.entries(nodeAddresses).map(async ([name, address], index): Promise<TestNode> => {
            const { out } = await kubenat(['compile', '--node', name, ...flags], files);
            const rules = rulesOf(out, name, scenario, setting);
            files[`${name}.save`] = rules;
            const podGateway = told(`10.0.${index + 1}.1`);
            return { name, address: told(address), podGateway, rules, load };
          }),
        );
        live = new LiveCluster({
          nodes,
          pods: [...servers, { node: 'node-2', address: pod }].map((one) => ({
            ...one,
            address: told(one.address),
          })),
          gateway: told(outside.gateway),
          client: told(outside.client),
        });
        await live.start();
        if (serviceRoute !== undefined)
          live.routeTo(told('10.96.0.10'), told(nodeAddresses[serviceRoute] as string));
      }, 60_000);

      afterAll(() => live?.stop());

      test('real connections fare as foretold', { timeout: 180_000 }, async () => {
        const route = serviceRoute === undefined ? [] : ['--service-route', serviceRoute];
        const args = [
          'trace',
          '--nodes',
          'all',
          '--format',
          'json',
          ...Object.keys(nodeAddresses).flatMap((name) => ['--node-rules', `${name}=${name}.save`]),
          ...route,
          ...flags,
        ];
        const foretold = await Promise.all(
          calls.map(async ({ packet }) => {
            const { out, err } = await kubenat([...args, '--connection', packet], files);
            expect(out, err).not.toBe('');
            return (JSON.parse(out).results[0].outcomes as Outcome[]).map(noticed);
          }),
        );
        const found = await live.call(
          calls.map(({ from, to, port }, index) => ({
            from,
            address: to,
            port,
            times: 16,
            patience: foretold[index]?.includes('refused') ? Math.max(patience, untilRefused) : patience,
          })),
        );
        const failed = (one: string) => ['unreachable', 'timeout', 'refused', 'reset'].includes(one);
        const met = found.map((answers, index) =>
          answers.map((one) => {
            const seen = one === 'unreachable' ? 'timeout' : one;
            const told = foretold[index] as readonly string[];
            return told.includes('unknown') && failed(one) && !told.includes(seen) ? 'unknown' : seen;
          }),
        );
        const made = JSON.stringify({ setting, ...scenario });
        expect(met.map(listed), made).toEqual(foretold.map(listed));
      });
    });
  },
);

function listed(answers: readonly string[]): string {
  return [...new Set(answers)].sort().join(', ');
}
