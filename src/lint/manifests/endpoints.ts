import { familyOf } from '../../address/address.ts';
import { type Endpoint, portKey } from '../../kube/cluster/model.ts';
import type { TextFinding } from '../finding.ts';
import { at, type Described, type ManifestScene, selectedBy, selectorOf, type Template } from './scene.ts';

/** Services that lead nowhere, or not everywhere that somebody may expect. */
export function findEndpointTrouble(scene: ManifestScene): TextFinding[] {
  return scene.services.flatMap((one) => [
    ...noEndpoints(scene, one),
    ...undeclaredPorts(scene, one),
    ...localGaps(scene, one),
    ...familyGaps(scene, one),
  ]);
}

function endpointsOf({ cluster }: ManifestScene, { key, service }: Described): readonly Endpoint[] {
  const own = cluster.endpoints.get(key);
  return service.ports.flatMap((port) => own?.get(portKey(port)) ?? []);
}

/** Whatever could hold endpoints must be among what was given: a chart of Services alone says nothing of pods. */
function saysOfEndpoints({ objects, templates }: ManifestScene): boolean {
  return templates.length > 0 || objects.some(({ kind }) => kind === 'EndpointSlice' || kind === 'Endpoints');
}

function noEndpoints(scene: ManifestScene, one: Described): TextFinding[] {
  const { key, service, manifest } = one;
  if (service.endpointsUnknown || !saysOfEndpoints(scene)) return [];
  const all = endpointsOf(scene, one);
  if (all.some(({ ready, serving }) => ready || serving)) return [];
  const selector = selectorOf(manifest);
  if (all.length > 0)
    return [{ code: 'no-endpoints', service: key, span: at(one, 'metadata', 'name'), why: 'none-ready' }];
  if (selector === null)
    return [{ code: 'no-endpoints', service: key, span: at(one, 'spec'), why: 'nothing-named' }];
  const span = at(one, 'spec', 'selector');
  const selected = selectedBy(scene, one);
  if (selected.length > 0) {
    // A port by a name that no pod has is told by itself.
    const named = service.ports.every(({ targetPort }) => typeof targetPort === 'string');
    return named ? [] : [{ code: 'no-endpoints', service: key, span, why: 'no-pods' }];
  }
  const near = nearestTemplate(scene, service.namespace, selector);
  return [{ code: 'selector-matches-nothing', service: key, span, selector, near }];
}

/** The pods that share most labels with a selector, and at least one. */
function nearestTemplate(
  { templates }: ManifestScene,
  namespace: string,
  selector: Readonly<Record<string, string>>,
): { readonly owner: string; readonly labels: Readonly<Record<string, string | null>> } | null {
  const differing = ({ labels }: Template) =>
    Object.entries(selector).filter(([key, value]) => labels[key] !== value);
  const [best] = templates
    .filter((template) => template.namespace === namespace)
    .filter(
      (template) =>
        differing(template).length < Object.keys(selector).length ||
        Object.keys(selector).some((key) => Object.hasOwn(template.labels, key)),
    )
    .toSorted((left, right) => differing(left).length - differing(right).length);
  if (!best) return null;
  return {
    owner: best.owner,
    labels: Object.fromEntries(differing(best).map(([key]) => [key, best.labels[key] ?? null])),
  };
}

/** Containers need not declare their ports; where they declare some, one that is not among them is mostly a slip. */
function undeclaredPorts(scene: ManifestScene, one: Described): TextFinding[] {
  const selected = selectedBy(scene, one);
  return one.service.ports.flatMap(({ targetPort, protocol, name }, index): TextFinding[] => {
    if (typeof targetPort !== 'number' || selected.length === 0) return [];
    const declared = selected.map((template) => portsOf(template, protocol));
    if (declared.some((ports) => ports.length === 0 || ports.includes(targetPort))) return [];
    const service = name === '' ? one.key : `${one.key}:${name}`;
    const all = [...new Set(declared.flat())].sort((left, right) => left - right);
    const span = at(one, 'spec', 'ports', index, targetField(one, index));
    return [{ code: 'port-undeclared', service, span, port: targetPort, declared: all }];
  });
}

function targetField({ manifest }: Described, index: number): string {
  return manifest.value.spec?.ports?.[index]?.targetPort ? 'targetPort' : 'port';
}

function portsOf({ spec }: Template, protocol: string): number[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...(spec.containers ?? []), ...sidecars].flatMap(({ ports }) =>
    (ports ?? []).flatMap((port) =>
      (port.protocol || 'TCP') === protocol ? (port.containerPort ?? []) : [],
    ),
  );
}

/** With a policy Local, a node without an endpoint drops what comes to it. */
function localGaps(scene: ManifestScene, one: Described): TextFinding[] {
  const { service, key } = one;
  const endpoints = endpointsOf(scene, one).filter(({ ready }) => ready);
  if (endpoints.length === 0 || endpoints.some(({ node }) => node === null)) return [];
  const served = new Set(endpoints.map(({ node }) => node));
  const nodes = scene.nodes.filter((name) => !served.has(name));
  if (nodes.length === 0) return [];
  const found: TextFinding[] = [];
  if (service.internalTrafficPolicy === 'Local') {
    const span = at(one, 'spec', 'internalTrafficPolicy');
    found.push({ code: 'local-without-endpoint', service: key, span, policy: 'internal', nodes });
  }
  if (service.externalTrafficPolicy === 'Local' && service.type !== 'ClusterIP') {
    const span = at(one, 'spec', 'externalTrafficPolicy');
    if (service.type === 'LoadBalancer')
      found.push({ code: 'local-relies-on-health-check', service: key, span, nodes });
    else found.push({ code: 'local-without-endpoint', service: key, span, policy: 'external', nodes });
  }
  return found;
}

/** Addresses of a family that leads nowhere while the other one does. */
function familyGaps(scene: ManifestScene, one: Described): TextFinding[] {
  const { service, key } = one;
  const families = new Set(service.clusterAddresses.map(familyOf));
  const served = new Set(endpointsOf(scene, one).map(({ address }) => familyOf(address)));
  const known = scene.nodes.length > 0 || scene.objects.some(({ kind }) => kind === 'EndpointSlice');
  const endpoints = [...families]
    .filter((family) => known && served.size > 0 && !served.has(family))
    .map((family): TextFinding => {
      const span = at(one, 'spec', 'ipFamilies');
      return { code: 'families-differ', service: key, span, what: 'endpoints', family };
    });
  const balancers = service.loadBalancer
    .flatMap(({ address }) => (address === null ? [] : [familyOf(address)]))
    .filter((family) => !families.has(family));
  const lost = [...new Set(balancers)].map((family): TextFinding => {
    const span = at(one, 'status', 'loadBalancer', 'ingress');
    return { code: 'families-differ', service: key, span, what: 'balancer', family };
  });
  return [...endpoints, ...lost];
}
