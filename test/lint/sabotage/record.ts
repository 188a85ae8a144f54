import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  besides,
  breaksOf,
  brokenTexts,
  flowsOf,
  type HealthyNode,
  mixed,
  nftNodes,
  nodes,
  sabotage,
} from './nodes.ts';
import { type Done, outagesIn, type Sent } from './outage.ts';

// Breaks nodes, asks the kernel who is cut off, and keeps it for those who have no kernel to ask:
// KUBENAT_KERNEL='python3 PROGRAM --serve' npx vitest run --config test/lint/sabotage/record.config.ts
// where PROGRAM takes a request a line, {rules, family, node, packets}, and answers with the outcomes of each packet.

let child: ChildProcess;
const waiting: ((line: string) => void)[] = [];
beforeAll(() => {
  const [command = '', ...args] = (process.env.KUBENAT_KERNEL ?? '').split(' ');
  child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) =>
    waiting.shift()?.(line),
  );
});
afterAll(() => child.stdin?.end());

interface Answer {
  readonly error?: string;
  readonly results: readonly { readonly id: string; readonly outcomes: readonly Done[] }[];
  readonly saved?: string;
}

function ask(node: HealthyNode, rules: readonly string[], repeat: number): Promise<Answer> {
  const { host, packets } = flowsOf(node);
  const sent = packets.map(({ outcomes: _, ...packet }) => ({ ...packet, repeat }));
  const family = node.family === 'ipv4' ? 4 : 6;
  return new Promise((resolve) => {
    waiting.push((line) => resolve(JSON.parse(line)));
    const sysctl = host.sysctls ?? {};
    const asked = { rules, family, node: { ...host, sysctl }, packets: sent, save: node.mode === 'iptables' };
    child.stdin?.write(`${JSON.stringify(asked)}\n`);
  });
}

/** Without the ports of clients, which are chosen anew for each packet. */
function sentOf(node: HealthyNode, { results }: Answer): Sent[] {
  const bare = (end: string | null) => end?.replace(/:[^:]*$/, '').replace(/^\[|\]$/g, '') ?? null;
  return flowsOf(node).packets.map((packet) => {
    const outcomes = results.find(({ id }) => id === packet.id)?.outcomes ?? [];
    return { ...packet, outcomes: outcomes.map((done) => ({ ...done, src: bare(done.src) })) };
  });
}

test('nodes with others beside', async () => {
  for (const beside of besides) {
    const rules = readFileSync(join(sabotage, `${beside}.beside`), 'utf8');
    for (const node of nodes.filter(({ id }) => /^named\/(?:external-ips|internal-policy-local)$/.test(id))) {
      const { saved } = await ask(node, [rules, ...node.texts], 1);
      const text = (saved as string).replace(/^#.*\n/gm, '').replace(/\[\d+:\d+\]/g, '[0:0]');
      writeFileSync(join(sabotage, `${beside}-${node.id.slice('named/'.length)}.save`), text);
    }
  }
});

/**
 * Nodes that are recorded already are not asked again: take their lines away for that. But of breaks that are recorded of no node, all nodes
 * are asked.
 */
test('outages', async () => {
  const file = join(sabotage, 'outages.jsonl');
  const known = existsSync(file) ? readFileSync(file, 'utf8') : '';
  for (const node of [...mixed, ...nodes, ...nftNodes]) {
    const isKnown = known.includes(`"node":"${node.id}"`);
    const names = Object.keys(breaksOf(node)).filter(
      (name) => !isKnown || !known.includes(`"break":"${name}"`),
    );
    if (names.every((name) => brokenTexts(node, name) === null)) continue;
    const whole = await ask(node, node.texts, 12);
    expect(whole.error, node.id).toBeUndefined();
    const healthy = sentOf(node, whole);
    const lines: string[] = [];
    for (const name of names) {
      const texts = brokenTexts(node, name);
      if (texts === null) continue;
      const answer = await ask(node, texts, 12);
      // What the kernel does not load breaks no node.
      if (answer.error !== undefined) continue;
      const found = outagesIn(ownOf(node), endpointsOf(node), healthy, sentOf(node, answer));
      const outages = [...new Set(found.map(({ who, how }) => `${who}: ${how}`))];
      if (outages.length > 0) lines.push(`${JSON.stringify({ node: node.id, break: name, outages })}\n`);
    }
    appendFileSync(file, lines.join(''));
  }
});

function ownOf(node: HealthyNode): string[] {
  const { addresses, podGateway } = flowsOf(node).host;
  return [...addresses.map((one) => one.split('/')[0] as string), ...(podGateway ? [podGateway] : [])];
}

/** What kube-proxy translates to, in either language. */
function endpointsOf({ texts }: HealthyNode): ReadonlySet<string> {
  const text = texts.at(-1) as string;
  const found = [
    ...text.matchAll(/--to-destination (\S+)/g),
    ...text.matchAll(/dnat to (\S+)/g),
    ...text.matchAll(/dnat ip6? to .*\{ (.*) \}/g),
  ].flatMap(([, one = '']) => (one.includes(' : ') ? one.split(', ').map(joined) : [one]));
  return new Set(found);
}

/** `0 : 10.244.1.5 . 8080`. */
function joined(element: string): string {
  const [, address = '', port] = / : (\S+) \. (\d+)/.exec(element) ?? [];
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
