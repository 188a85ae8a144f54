import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parsePrefix, type Subnet } from '../../src/address/subnet.ts';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import type { Cluster, Service } from '../../src/kube/cluster/model.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import type { Problem } from '../../src/text/problem.ts';

/** A line of verdicts.jsonl: see fixtures/api/README.md. */
interface Verdict {
  readonly id: string;
  readonly api: 'single' | 'dual' | 'dual6';
  readonly manifest: string;
  /** Of the API server that said it, where that is not the newest. */
  readonly release?: string;
  readonly verdict: 'accepted' | 'refused';
  readonly field?: string | null;
  /** Of all causes, where there are several. */
  readonly fields?: readonly string[];
  readonly unknown?: readonly string[];
  readonly spec?: Spec;
}

interface Spec {
  readonly type: string;
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
  readonly externalTrafficPolicy?: string;
  readonly internalTrafficPolicy?: string;
  readonly sessionAffinity: string;
  readonly sessionAffinityConfig?: { readonly clientIP: { readonly timeoutSeconds: number } };
  readonly healthCheckNodePort?: number;
  readonly trafficDistribution?: string;
  readonly ports?: readonly {
    readonly name?: string;
    readonly protocol: string;
    readonly port: number;
    readonly targetPort: number | string;
    readonly nodePort?: number;
  }[];
}

function recorded<Line>(name: string): readonly Line[] {
  const text = readFileSync(join(import.meta.dirname, '../../fixtures/api', name), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const combined = recorded<Verdict>('verdicts.jsonl');
const verdicts = [...combined, ...recorded<Verdict>('drawn.jsonl')];

/** Where kubenat and the server disagree, and why. */
const argued: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:slicePort|esp\/port)\/-?(?!0$)\d+$/,
    'the server looks at no number of a port in a slice; iptables-restore refuses such rules, and all others with them',
  ],
  [/^ese\/topology\//, 'a field of versions before v1, which is still read there'],
];

const isArgued = ({ id }: Verdict) => argued.some(([form]) => form.test(id));

const ranges = {
  single: ['10.96.0.0/16'],
  dual: ['10.96.0.0/16', 'fd00:10:96::/112'],
  dual6: ['fd00:10:96::/112', '10.96.0.0/16'],
};

interface Read {
  readonly cluster: Cluster;
  readonly problems: readonly Problem[];
}

const known = new Map<Verdict, Read>();

function read(one: Verdict): Read {
  const before = known.get(one);
  if (before) return before;
  const manifests = readManifests([{ name: one.id, text: one.manifest }], { kubeVersion: one.release });
  const serviceCidrs = ranges[one.api].map((text) => parsePrefix(text) as Subnet);
  const { cluster, problems } = buildCluster(manifests.objects, { serviceCidrs });
  const result = { cluster, problems: [...manifests.problems, ...problems] };
  known.set(one, result);
  return result;
}

const errorsOf = (one: Verdict) => read(one).problems.filter(({ severity }) => severity === 'error');

const topics = [...new Set(verdicts.map(({ id }) => id.split('/')[0] as string))];
const ofTopic = (topic: string, isMeant: (one: Verdict) => boolean = () => true) =>
  verdicts.filter((one) => one.id.startsWith(`${topic}/`) && isMeant(one));

test('there are many, each once, and of every kind', () => {
  expect(new Set(verdicts.map(({ id, api, release }) => `${api} ${id} ${release}`)).size).toBe(
    verdicts.length,
  );
  expect(verdicts.length).toBeGreaterThan(3000);
  for (const kind of ['Service', 'EndpointSlice', 'Endpoints', 'Node', 'ServiceCIDR'])
    for (const verdict of ['accepted', 'refused'])
      expect(
        verdicts.filter((one) => one.verdict === verdict && one.manifest.includes(kind)).length,
        `${kind} ${verdict}`,
      ).toBeGreaterThan(kind === 'ServiceCIDR' ? 10 : 50);
});

const hasVerdict = (one: Verdict) => errorsOf(one).length > 0 === (one.verdict === 'refused');
const told = (one: Verdict) => [
  one.id,
  one.api,
  one.verdict,
  one.field,
  errorsOf(one).map(({ message }) => message),
];

test.each(topics)('%s: the verdict', (topic) => {
  const wrong = ofTopic(topic, (one) => !isArgued(one) && !hasVerdict(one));
  expect(wrong.map(told)).toEqual([]);
});

/** As the server should name them: source ranges have a capital there, and taints stand under the metadata. */
const named = (field: string) =>
  field
    .replace('LoadBalancerSourceRanges', 'loadBalancerSourceRanges')
    .replace(/^metadata\.taints/, 'spec.taints');
const plain = (path: string) => path.replace(/\[\d+\]/g, '');
/** The server writes a key that is no word after a dot, too. */
const dotted = (path: string) => path.replace(/\[([^\]]*\D[^\]]*)\]/g, '.$1');

function namesField(one: Verdict): boolean {
  if (one.verdict !== 'refused' || !one.field) return true;
  return (one.fields ?? [one.field]).map(named).every((field) =>
    errorsOf(one).some(({ message }) => {
      const path = message.slice(0, message.indexOf(': '));
      return [path, plain(path), dotted(path)].some((one) => one.startsWith(field));
    }),
  );
}

test.each(topics)('%s: the field', (topic) => {
  const wrong = ofTopic(topic, (one) => !isArgued(one) && !namesField(one));
  expect(wrong.map(told)).toEqual([]);
});

const warned = (one: Verdict) => read(one).problems.some(({ code }) => code === 'field-unknown');

test('unknown fields', () => {
  const own = verdicts.filter((one) => one.verdict === 'accepted' && !isArgued(one));
  // What stands below a field that nobody looks at is not looked at.
  const isDeep = ({ unknown }: Verdict) => unknown?.every((path) => /configSource/.test(path));
  expect(own.filter((one) => one.unknown && !isDeep(one) && !warned(one)).map(({ id }) => id)).toEqual([]);
  expect(own.filter((one) => !one.unknown && warned(one)).map(({ id }) => id)).toEqual([]);
  expect(own.filter(({ unknown }) => unknown).length).toBeGreaterThan(50);
});

/** What of a Service decides rules, as the server keeps it; what was allocated differs in every run. */
function kept(spec: Spec): object {
  const isName = spec.type === 'ExternalName';
  const isClient = spec.sessionAffinity === 'ClientIP';
  return {
    type: spec.type,
    addresses: spec.clusterIP === 'None' || isName ? 0 : (spec.clusterIPs ?? []).length,
    families: spec.ipFamilies ?? [],
    policy: spec.ipFamilyPolicy ?? null,
    external: spec.externalTrafficPolicy ?? 'Cluster',
    // The server drops that of a name.
    internal: isName ? null : (spec.internalTrafficPolicy ?? 'Cluster'),
    affinity: isClient ? (spec.sessionAffinityConfig?.clientIP.timeoutSeconds ?? null) : null,
    check: spec.healthCheckNodePort !== undefined,
    distribution: spec.trafficDistribution ?? null,
    ports: (spec.ports ?? []).map((port) => ({ ...shape(port), nodePort: Boolean(port.nodePort) })),
  };
}

const shape = ({
  name,
  protocol,
  port,
  targetPort,
}: Omit<NonNullable<Spec['ports']>[number], 'nodePort'>) => ({
  name: name ?? '',
  protocol,
  port,
  targetPort,
});

function understood(service: Service): object {
  return {
    type: service.type,
    addresses: service.clusterAddresses.length,
    families: service.families.map((family) => (family === 'ipv4' ? 'IPv4' : 'IPv6')),
    policy: service.familyPolicy,
    external: service.externalTrafficPolicy,
    internal: service.type === 'ExternalName' ? null : service.internalTrafficPolicy,
    affinity: service.affinitySeconds,
    check: service.healthCheckNodePort !== null,
    distribution: service.trafficDistribution,
    ports: service.ports.map((port) => ({ ...shape(port), nodePort: port.nodePort !== null })),
  };
}

/** Of what is accepted: the spec as it is understood, and as the server kept it, where they differ. */
function misunderstood(one: Verdict): unknown[] {
  if (one.spec === undefined || errorsOf(one).length > 0) return [];
  const [service] = read(one).cluster.services;
  const [own, server] = [service && understood(service), kept(one.spec)];
  return JSON.stringify(own) === JSON.stringify(server) ? [] : [[one.id, one.api, own, server]];
}

test.each(topics)('%s: the defaults', (topic) => {
  expect(ofTopic(topic).flatMap(misunderstood)).toEqual([]);
});

describe('1.30', () => {
  const key = ({ api, id }: Verdict) => `${api} ${id}`;
  const others = new Map(recorded<Verdict>('verdicts-1.30.jsonl').map((one) => [key(one), one]));
  // All others were asked, too, and it said the same: some of them stand for them, since each costs time.
  const old = combined
    .filter((one, index) => others.has(key(one)) || index % 9 === 0)
    .map((one): Verdict => ({ ...(others.get(key(one)) ?? one), manifest: one.manifest, release: '1.30' }));
  const differing = old.filter((one) => others.has(key(one)));

  test('it differs in questions that were asked', () => {
    expect(differing.length).toBe(others.size);
    expect(others.size).toBeGreaterThan(100);
  });

  test('the verdict, the field and the defaults', () => {
    const own = old.filter((one) => !isArgued(one));
    expect(own.filter((one) => !hasVerdict(one) || !namesField(one)).map(told)).toEqual([]);
    expect(old.flatMap(misunderstood)).toEqual([]);
  });

  test('fields that it does not know yet', () => {
    const unknown = differing.filter((one) => one.unknown);
    expect(unknown.length).toBeGreaterThan(10);
    expect(unknown.filter((one) => !warned(one)).map(({ id }) => id)).toEqual([]);
  });
});
