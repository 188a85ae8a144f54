import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { canonicalAddress, canonicalPrefix } from '../../src/address/sloppy.ts';
import { parsePrefix, type Subnet } from '../../src/address/subnet.ts';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import { showModel } from '../../src/kube/cluster/show.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import type { Problem } from '../../src/text/problem.ts';

/** A line of services.jsonl: see fixtures/api/README.md. */
interface Recorded {
  readonly name: string;
  readonly topic: string;
  readonly via: 'create' | 'status' | 'update';
  readonly api: 'single' | 'dual' | 'dual6';
  readonly manifest: string;
  readonly verdict: 'accepted' | 'refused';
  readonly causes: readonly { readonly field: string | null }[];
  readonly message: string | null;
  readonly stored: Stored | null;
  readonly warnings: readonly string[];
}

interface Stored {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: unknown;
}

const recorded: readonly Recorded[] = readFileSync(
  join(import.meta.dirname, '../../fixtures/api/services.jsonl'),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

const ranges = {
  single: ['10.96.0.0/16'],
  dual: ['10.96.0.0/16', 'fd00:10:96::/112'],
  dual6: ['fd00:10:96::/112', '10.96.0.0/16'],
};

function read({ manifest, api, name }: Recorded) {
  const manifests = readManifests([{ name, text: manifest }]);
  const serviceCidrs = ranges[api].map((text) => parsePrefix(text) as Subnet);
  const { cluster, problems } = buildCluster(manifests.objects, { serviceCidrs });
  return { cluster, objects: manifests.objects, problems: [...manifests.problems, ...problems] };
}

const errorsOf = (problems: readonly Problem[]) => problems.filter(({ severity }) => severity === 'error');

/** The field that the server names first, in the way in which fields are named here. */
function fieldOf({ causes, message }: Recorded): string | null {
  const field = causes[0]?.field ?? null;
  if (field) return field.replace('LoadBalancerSourceRanges', 'loadBalancerSourceRanges');
  const [, typed = null] = /Go struct field \w+\.(\S+) of type/.exec(message ?? '') ?? [];
  return typed;
}

const plain = (path: string) => path.replace(/\[\d+\]/g, '');

function names(problem: Problem, field: string): boolean {
  const named = problem.message.slice(0, problem.message.indexOf(': '));
  return named.startsWith(field) || plain(named).startsWith(field);
}

/** Where kubenat and the server disagree, and why. */
const argued: Readonly<Record<string, string>> = {
  'load-balancer/status-on-create-wrong':
    'the server drops the status of what is created; here it is read as of a live object, as in the cases by way of status',
  'names/empty': 'the server stumbles over the parent of an IPAddress; the field that is wrong is the name',
  'names/no-metadata': 'the same',
  'names/slash': 'the same',
  'names/same-as-api': 'what a cluster has is no clash with the cluster',
  'types/api-version-missing': 'kubectl refuses it; the server knew the version by the path of the request',
  'yaml/list': 'kubectl takes a List apart; the server was sent one as a Service',
};

const agreed = recorded.filter(({ name }) => !(name in argued));
const having = (isMeant: (one: Recorded) => boolean) =>
  agreed.filter(isMeant).map((one) => [one.name, one] as const);

test.each(having(() => true))('%s: the verdict', (_, one) => {
  const errors = errorsOf(read(one).problems);
  const said = errors.map(({ message }) => message).join('\n') || String(one.message);
  expect(errors.length > 0 ? 'refused' : 'accepted', said).toBe(one.verdict);
});

test.each(having((one) => one.verdict === 'refused' && fieldOf(one) !== null))('%s: the field', (_, one) => {
  const named = errorsOf(read(one).problems).filter((problem) => names(problem, fieldOf(one) as string));
  expect(named, `${fieldOf(one)}`).not.toEqual([]);
});

test.each(having(({ stored }) => stored !== null))('%s: the defaults', (_, one) => {
  const { objects, cluster } = read(one);
  const stored = one.stored as Stored;
  const given = objects.findLast((object) => object.kind === 'Service')?.value.spec ?? {};
  const shown = parseAllDocuments(showModel(cluster))
    .map((document) => document.toJS())
    .find(({ kind, metadata }) => kind === 'Service' && metadata.name === stored.metadata.name);
  expect(comparable(shown.spec, given)).toEqual(comparable(stored.spec, given));
});

test.each(having(({ warnings }) => warnings.some((text) => text.startsWith('unknown field'))))(
  '%s: the unknown field',
  (_, one) => {
    const [, unknown = ''] = /"(.*)"/.exec(one.warnings[0] as string) ?? [];
    const warned = read(one).problems.filter(({ code }) => code === 'field-unknown');
    expect(warned.filter((problem) => names(problem, unknown))).not.toEqual([]);
  },
);

test('what is argued about differs', () => {
  for (const name of Object.keys(argued)) {
    const one = recorded.find((candidate) => candidate.name === name) as Recorded;
    const errors = errorsOf(read(one).problems);
    const verdict = errors.length > 0 ? 'refused' : 'accepted';
    const field = fieldOf(one);
    expect(
      verdict === one.verdict && (field === null || errors.some((problem) => names(problem, field))),
    ).toBe(false);
  }
});

/** What was allocated differs in every run: that there is something, and of which family. What decides no rule is not kept. */
function comparable(spec: Readonly<Record<string, unknown>>, given: object): object {
  const {
    selector: _,
    loadBalancerIP: _ip,
    loadBalancerClass: _class,
    publishNotReadyAddresses: _not,
    ...rest
  } = spec;
  const isGiven = (field: string) => Boolean((given as Record<string, unknown>)[field]);
  const addresses = rest.clusterIPs as string[] | undefined;
  const givenPorts = (given as { ports?: { nodePort?: number }[] }).ports ?? [];
  return {
    ...rest,
    externalName: spec.type === 'ExternalName' ? spec.externalName : undefined,
    clusterIP: undefined,
    clusterIPs: isGiven('clusterIP') ? addresses?.map(canonicalAddress).slice(0, 1) : addresses?.length,
    externalIPs: [...new Set((rest.externalIPs as string[] | undefined)?.map(canonicalAddress))],
    loadBalancerSourceRanges: (rest.loadBalancerSourceRanges as string[] | undefined)?.map((text) =>
      canonicalPrefix(text.trim()),
    ),
    healthCheckNodePort: isGiven('healthCheckNodePort')
      ? rest.healthCheckNodePort
      : rest.healthCheckNodePort !== undefined,
    ports: ((rest.ports ?? []) as { nodePort?: number; appProtocol?: string }[]).map((port, index) => ({
      ...port,
      appProtocol: undefined,
      nodePort: givenPorts[index]?.nodePort ? port.nodePort : port.nodePort !== undefined,
    })),
  };
}
