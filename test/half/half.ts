import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtures } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

/** A recorded dump of a node, and the objects that it was made of. */
export interface Recorded {
  readonly id: string;
  readonly text: string;
  readonly files: Readonly<Record<string, string>>;
  readonly node: string;
  readonly packets: readonly string[];
}

/** The dumps: `whole` and what is left of it, `half`. */
const [whole, half] = ['whole.save', 'half.save'] as const;

export function recorded(id: string): Recorded {
  const own = (file: string) => readFileSync(join(fixtures, 'conformance', id, file), 'utf8');
  const text = own('iptables.save');
  const host = JSON.stringify({ addresses: ['192.168.10.11/24'], podCIDR: '10.244.1.0/24' });
  const files = {
    [whole]: text,
    'host.yaml': host,
    'cluster.yaml': own('cluster.yaml'),
    'kube-proxy.yaml': own('kube-proxy.yaml'),
  };
  return { id, text, files, node: JSON.parse(own('case.json')).node, packets: packetsOf(text) };
}

/** To what the rules name, from inside and outside, and to what they do not. */
function packetsOf(text: string): readonly string[] {
  const fronts = [...text.matchAll(/-d (\d\S+)\/32 -p (tcp|udp) .*--dport (\d+)/g)];
  const nodePorts = [...text.matchAll(/-p (tcp|udp) .*--dport (3\d{4}) /g)];
  const to = new Set([
    ...fronts.map(([, address, protocol, port]) => `${protocol} FROM:40000 -> ${address}:${port}`),
    ...nodePorts.map(([, protocol, port]) => `${protocol} FROM:40000 -> 192.168.10.11:${port}`),
  ]);
  return [...to, 'tcp FROM:40000 -> 192.168.10.11:22']
    .slice(0, 4)
    .flatMap((packet) => [
      `${packet.replace('FROM', '10.244.1.9')} from pod`,
      `${packet.replace('FROM', '203.0.113.7')} from external`,
    ]);
}

/** What a command says as JSON; null: it refuses its input. */
async function said<T>(one: Recorded, cut: string, ...args: readonly string[]): Promise<T | null> {
  const { status, out, err } = await kubenat([...args, '--format', 'json'], { ...one.files, [half]: cut });
  // Of a few letters nobody can tell that they are rules.
  if (status === 2 && cut.length < 20) return null;
  if (out === '') throw new Error(`${args.join(' ')}: ${err}`);
  return JSON.parse(out);
}

/** Says what of the words of a command on a half dump the whole one contradicts. */
type Contradictions = (one: Recorded, cut: string) => Promise<readonly string[]>;

interface Found {
  readonly code: string;
  readonly table?: string;
  readonly chain?: string;
  readonly number?: number;
  readonly from?: string;
  readonly to?: string;
  readonly message: string;
}

/** What is said of the text, or of what is not known. */
const ofTheHalf = new Set(['commit-missing', 'undecided', 'rule-unread', 'ways-left']);

const findings =
  (...more: readonly string[]): Contradictions =>
  async (one, cut) => {
    const of = async (dump: string) => {
      const told = await said<{ findings: readonly Found[] }>(
        one,
        cut,
        'check',
        dump,
        ...more,
        ...(more.length > 0 ? ['--node', one.node] : []),
      );
      return told?.findings ?? null;
    };
    const own = await of(half);
    if (own === null) return [];
    if (own.length === 0) return ['nothing was found'];
    const known = new Set(
      ((await of(whole)) ?? []).map((found) => JSON.stringify(found).replaceAll(whole, half)),
    );
    return own
      .filter(({ code }) => !ofTheHalf.has(code))
      .map((found) => JSON.stringify(found))
      .filter((key) => !known.has(key));
  };

interface Traced {
  readonly results: readonly { readonly id: string; readonly outcomes: readonly Outcome[] }[];
}

interface Outcome {
  readonly verdict: string;
  readonly dnat: string | null;
  readonly src: string | null;
  readonly masqueraded: boolean;
  readonly delivered: string;
  readonly probability: number;
}

const keyOf = ({ verdict, dnat, src, masqueraded, delivered }: Outcome) =>
  `${verdict} ${dnat} ${src} ${masqueraded} ${delivered}`;

/** Of each fate a half dump knows no greater share than there is. */
const fates: Contradictions = async (one, cut) => {
  const of = (dump: string) =>
    said<Traced>(
      one,
      cut,
      'trace',
      '--rules',
      dump,
      '--host',
      'host.yaml',
      ...one.packets.flatMap((packet) => ['--packet', packet]),
    );
  const own = await of(half);
  const others = own && (await of(whole));
  return (own?.results ?? []).flatMap(({ id, outcomes }, at) => {
    const left = new Map<string, number>();
    const count = (outcome: Outcome, sign: 1 | -1) => {
      const share = (left.get(keyOf(outcome)) ?? 0) + sign * outcome.probability;
      left.set(keyOf(outcome), share);
      return share;
    };
    for (const outcome of others?.results[at]?.outcomes ?? []) count(outcome, 1);
    return outcomes
      .filter((outcome) => outcome.verdict !== 'unknown' && count(outcome, -1) < -1e-9)
      .map((outcome) => `${id}: ${keyOf(outcome)}`);
  });
};

interface Diffed {
  readonly classes: readonly unknown[];
  readonly services: readonly unknown[];
}

/** Between a dump and a part of it nothing is known to differ. */
const differences: Contradictions = async (one, cut) => {
  // A proof takes long: of one service and one client.
  const packets = one.packets.slice(0, 1).flatMap((packet) => ['--only', packet]);
  const sides = [
    [whole, half],
    [half, whole],
    ['cluster.yaml', half, '--node', one.node, '--config', 'kube-proxy.yaml'],
  ];
  const told = await Promise.all(sides.map((words) => said<Diffed>(one, cut, 'diff', ...words, ...packets)));
  return told.flatMap((diff) =>
    [...(diff?.classes ?? []), ...(diff?.services ?? [])].map((it) => JSON.stringify(it)),
  );
};

export const commands = {
  check: findings(),
  'check --drift': findings('--drift', 'cluster.yaml', '--config', 'kube-proxy.yaml'),
  trace: fates,
  diff: differences,
} as const satisfies Readonly<Record<string, Contradictions>>;
