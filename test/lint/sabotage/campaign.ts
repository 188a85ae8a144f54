import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { traceConnection } from '../../../src/engine/connect.ts';
import { readFlows } from '../../../src/engine/flows.ts';
import type { IrProgram } from '../../../src/engine/ir.ts';
import type { Packet } from '../../../src/engine/packet.ts';
import { buildHost } from '../../../src/host/build.ts';
import type { Host } from '../../../src/host/model.ts';
import { type RuleFinding, severities } from '../../../src/lint/finding.ts';
import { identityOf, serviceOf } from '../../../src/lint/identity.ts';
import { checkTexts } from '../../../src/session/check/check.ts';
import { openNode } from '../../../src/session/check/rules.ts';
import { defaultSettings } from '../../../src/session/check/settings.ts';
import { InputError } from '../../../src/text/problem.ts';
import { cases, fixtures, readCase } from '../../cases.ts';
import { altersOf } from './alter.ts';
import { flowsOf, type HealthyNode } from './nodes.ts';

// Breaks every recorded node in one line, in so many ways, and holds what `check` says against what becomes of packets:
// KUBENAT_ALTERS=40 KUBENAT_SEED=1 KUBENAT_SHOW=FILE npx vitest run --config test/lint/sabotage/campaign.config.ts

const each = Number(process.env.KUBENAT_ALTERS ?? 20);
const mode = process.env.KUBENAT_MODE ?? 'both';
const only = process.env.KUBENAT_ONLY ?? '';
let state = Number(process.env.KUBENAT_SEED ?? 1);
function draw(most: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * most);
}

const bare = (id: string) => id.slice(id.indexOf('/') + 1);
const releases = ['1.37.2', '1.36.3', '1.35.4', '1.33.5'];

function nodesOf(): HealthyNode[] {
  return cases.flatMap((one): HealthyNode[] => {
    const text = readCase(one, 'iptables.save');
    if (text.length > 60_000) return [];
    const common = { case: one.id, family: one.family };
    const iptables: HealthyNode = { ...common, id: one.id, mode: 'iptables', texts: [text] };
    const file = releases
      .map((release) => join(fixtures, 'conformance/nftables', release, `${bare(one.id)}.nft`))
      .find((path) => existsSync(path));
    const hasFlows = existsSync(join(fixtures, 'conformance/nftables/flows', `${bare(one.id)}.json`));
    const own = file && hasFlows ? readFileSync(file, 'utf8') : '';
    const start = own.indexOf(one.family === 'ipv4' ? 'table ip kube-proxy {\n' : 'table ip6 kube-proxy {\n');
    const table = start === -1 ? '' : own.slice(start, own.indexOf('\n}\n', start) + 3);
    const nft: HealthyNode = { ...common, id: `${bare(one.id)} nft`, mode: 'nftables', texts: [table] };
    return [
      ...(mode !== 'nftables' ? [iptables] : []),
      ...(mode !== 'iptables' && table !== '' ? [nft] : []),
    ];
  });
}

function open(node: HealthyNode, text: string) {
  const host = { name: 'host', text: JSON.stringify(flowsOf(node).host) };
  return openNode([{ name: 'rules', text }], {
    family: node.family,
    host: node.mode === 'nftables' ? [host] : [],
  });
}

interface Fate {
  readonly id: string;
  readonly to: string;
  readonly fates: string;
  readonly led: boolean;
  readonly arrives: boolean;
}

function fatesOf(program: IrProgram, host: Host, packets: readonly { id: string; packet: Packet }[]): Fate[] {
  return packets.map(({ id, packet }) => {
    const { outcomes } = traceConnection(program, host, packet, { limit: 60 });
    const fates = outcomes.map((one) => {
      const first = one.steps[0]?.outcome;
      return `${one.verdict} ${first?.verdict} ${first?.dnat} ${first?.src} ${first?.delivered} ${one.weight}`;
    });
    return {
      id,
      to: `${packet.from} ${formatAddress(packet.source)} ${formatAddress(packet.destination)} ${packet.destinationPort}`,
      fates: [...new Set(fates)].sort().join(' | '),
      led: outcomes.some((one) => one.steps[0]?.outcome?.dnat),
      arrives: outcomes.every((one) => one.verdict === 'established'),
    };
  });
}

const told = (finding: RuleFinding) => `${finding.code} ${identityOf(finding)}`;
const isLoud = ({ code }: RuleFinding) => severities[code] !== 'note';

function driftIn(node: HealthyNode, text: string): readonly string[] {
  const one = cases.find(({ id }) => id === node.case) as (typeof cases)[number];
  const source = (name: string) => ({ name, text: readCase(one, name) });
  const { report } = checkTexts([{ name: 'rules', text }], {
    drift: [source('cluster.yaml')],
    config: source('kube-proxy.yaml'),
    node: one.node,
    family: node.family,
    rules: [],
    host: [],
    settings: { ...defaultSettings },
    shard: null,
    nodeOf: () => one.node,
    baseline: [],
    ...(node.mode === 'iptables' ? { kubeVersion: '1.30' } : {}),
  } as Parameters<typeof checkTexts>[1]);
  return report.inputs.flatMap(({ judged }) =>
    judged.flatMap(({ finding }) =>
      finding.code.startsWith('drift')
        ? [told(finding as RuleFinding) + ('effect' in finding ? ` <${finding.effect.kind}>` : '')]
        : [],
    ),
  );
}

test('nodes that are broken in one line', () => {
  const counts = new Map<string, number>();
  const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  const show = (entry: object) => {
    if (process.env.KUBENAT_SHOW) appendFileSync(process.env.KUBENAT_SHOW, `${JSON.stringify(entry)}\n`);
  };
  for (const node of nodesOf().filter(({ id }) => id.includes(only))) {
    const text = node.texts[0] as string;
    const alters = altersOf(text, node.mode);
    const flows = readFlows({ name: 'flows', text: JSON.stringify(flowsOf(node)) }, node.family);
    const host = buildHost(node.family, [flows.host]);
    const whole = open(node, text);
    const known = new Set(
      whole
        .flatMap(({ findings }) => findings)
        .filter(isLoud)
        .map(told),
    );
    const before = fatesOf(whole[0]?.rules[0]?.program as IrProgram, host, flows.packets);
    const drifted = process.env.KUBENAT_DRIFT ? new Set(driftIn(node, text)) : null;
    if (drifted && drifted.size > 0) show({ node: node.id, healthy: [...drifted] });
    for (let left = Math.min(each, alters.length); left > 0; left -= 1) {
      const [make] = alters.splice(draw(alters.length), 1);
      const broken = (make as (typeof alters)[number])();
      const base = { node: node.id, kind: broken.kind, chain: broken.chain, line: broken.line };
      try {
        const opened = open(node, broken.text);
        const findings = opened
          .flatMap((one) => one.findings)
          .filter(isLoud)
          .filter((one) => !known.has(told(one)));
        const after = fatesOf(opened[0]?.rules[0]?.program as IrProgram, host, flows.packets);
        const changed = before.filter((one, at) => one.fates !== after[at]?.fates);
        const lost = before.filter(
          (one, at) => one.led && one.arrives && !(after[at]?.led && after[at]?.arrives),
        );
        const key = lost.length > 0 ? 'lost' : changed.length > 0 ? 'changed' : 'same';
        const found = findings.length > 0 ? 'found' : 'silent';
        add(`${node.mode} ${key} ${found}`);
        add(`${node.mode} ${broken.kind}: ${key} ${found}`);
        const drift = process.env.KUBENAT_DRIFT
          ? driftIn(node, broken.text).filter((one) => !drifted?.has(one))
          : [];
        const isIn = drift.length > 0;
        if (process.env.KUBENAT_DRIFT) add(`${node.mode} drift ${key} ${isIn ? 'found' : 'silent'}`);
        show({
          ...base,
          key,
          found,
          drift,
          lost: lost
            .slice(0, 3)
            .map((one) => `${one.to}: ${one.fates} => ${after.find(({ id }) => id === one.id)?.fates}`),
          changed: changed
            .slice(0, 3)
            .map((one) => `${one.to}: ${one.fates} => ${after.find(({ id }) => id === one.id)?.fates}`),
          findings: findings
            .slice(0, 8)
            .map(
              (one) =>
                `${told(one)} @${one.place.table} ${one.place.chain} ${one.place.number} ${serviceOf(one)}`,
            ),
        });
      } catch (error) {
        const kind = error instanceof InputError ? 'refused' : 'THROWN';
        add(`${node.mode} ${kind}`);
        show({
          ...base,
          key: kind,
          found: String(error).slice(0, 300),
          stack: error instanceof InputError ? undefined : (error as Error).stack,
        });
      }
    }
  }
  console.log(
    [...counts]
      .sort()
      .map(([key, count]) => `${key}: ${count}`)
      .join('\n'),
  );
});
