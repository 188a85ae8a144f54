import type { Address } from '../../address/address.ts';
import type { Path } from '../../documents/path.ts';
import type { Service } from '../../kube/cluster/model.ts';
import { ofKind } from '../../kube/manifest/kinds.ts';
import type { FrontName, TextFinding } from '../finding.ts';
import { at, type Described, type ManifestScene } from './scene.ts';

/** A front, and the field that asks for it. */
interface Asked {
  readonly front: FrontName;
  readonly path: Path;
}

/** Fronts that several Services ask for: of them one gets the packets. Cluster addresses and node ports the API server gives once. */
export function findSharedFronts({ services }: ManifestScene): TextFinding[] {
  const first = new Map<string, Described>();
  return services.flatMap((one) =>
    frontsOf(one.service).flatMap(({ front, path }): TextFinding[] => {
      const key = [front.address, front.port, front.protocol].join(' ');
      const known = first.get(key);
      if (!known) first.set(key, one);
      if (!known || known === one) return [];
      return [{ code: 'front-shared', service: one.key, span: at(one, ...path), front, other: known.key }];
    }),
  );
}

function frontsOf({ ports, clusterAddresses, externalAddresses, loadBalancer }: Service): Asked[] {
  const balancers = loadBalancer.flatMap(({ address }) => (address === null ? [] : [address]));
  return ports.flatMap(({ port, protocol }) => {
    const of = (kind: FrontName['kind'], address: Address, ...path: Path): Asked => ({
      front: { kind, address, port, protocol },
      path,
    });
    return [
      ...clusterAddresses.map((address) => of('cluster IP', address, 'spec', 'clusterIP')),
      ...externalAddresses.map((address) => of('external IP', address, 'spec', 'externalIPs')),
      ...balancers.map((address) => of('load balancer', address, 'status', 'loadBalancer', 'ingress')),
    ];
  });
}

/** Affinity goes by the address of who connects, and behind a proxy that is the proxy's. */
export function findBrokenAffinity({ services, objects }: ManifestScene): TextFinding[] {
  const ingresses = ofKind(objects, 'Ingress');
  return services.flatMap((one): TextFinding[] => {
    const { service, key } = one;
    if (service.affinitySeconds === null) return [];
    const span = at(one, 'spec', 'sessionAffinity');
    const proxies = [
      ...ingresses
        .filter(
          ({ namespace, value }) => namespace === service.namespace && namesService(value, service.name),
        )
        .map(({ namespace, name }) => `Ingress ${namespace}/${name}`),
      ...(service.loadBalancer.some(({ mode }) => mode === 'Proxy')
        ? ['its load balancer (ipMode Proxy)']
        : []),
    ];
    return proxies.map((proxy) => ({ code: 'affinity-behind-proxy', service: key, span, proxy }));
  });
}

type IngressValue = ReturnType<typeof ofKind<'Ingress'>>[number]['value'];

function namesService({ spec }: IngressValue, name: string): boolean {
  const paths = (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  const backends = [spec?.defaultBackend, spec?.backend, ...paths.map(({ backend }) => backend)];
  return backends.some((one) => one?.service?.name === name || one?.serviceName === name);
}
