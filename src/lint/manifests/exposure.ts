import { familyOf } from '../../address/address.ts';
import { contains, formatSubnet, isEverything, parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { TextFinding } from '../finding.ts';
import { at, type Described, type ManifestScene } from './scene.ts';

/** To whom services are open, and whether that is what is written. */
export function findExposure(scene: ManifestScene): TextFinding[] {
  return [
    ...scene.services.flatMap((one) => [...nodePorts(scene, one), ...ranges(one), ...externalAddresses(one)]),
    ...manyBalancers(scene),
  ];
}

function nodePorts({ restrictsNodePorts }: ManifestScene, one: Described): TextFinding[] {
  const { service, key } = one;
  const ports = service.ports.flatMap(({ nodePort }) => nodePort ?? []);
  if (ports.length === 0 || restrictsNodePorts) return [];
  const balancer = service.type === 'LoadBalancer';
  return [{ code: 'node-ports-open', service: key, span: at(one, 'spec', 'type'), ports, balancer }];
}

/** Addresses that no client outside has: of this network, loopback, multicast, reserved, unspecified. */
const nobody = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '::/127', 'ff00::/8'].map(
  (text) => parsePrefix(text) as Subnet,
);

function ranges(one: Described): TextFinding[] {
  const { service, key, manifest } = one;
  if (service.type !== 'LoadBalancer' || service.sourceRanges.length === 0) return [];
  const field = manifest.value.spec?.loadBalancerSourceRanges?.length
    ? ['spec', 'loadBalancerSourceRanges']
    : ['metadata', 'annotations', 'service.beta.kubernetes.io/load-balancer-source-ranges'];
  const span = at(one, ...field);
  const families = [...new Set(service.clusterAddresses.map(familyOf))];
  return families.flatMap((family): TextFinding[] => {
    const own = service.sourceRanges.filter(({ address }) => familyOf(address) === family);
    if (own.length === 0) return [{ code: 'ranges-one-family', service: key, span, open: family }];
    const told = { service: key, span, family } as const;
    const all = own.filter(isEverything);
    if (all.length > 0) return [{ ...told, code: 'ranges-everybody', ranges: all.map(formatSubnet) }];
    if (own.every(isNobody)) return [{ ...told, code: 'ranges-nobody', ranges: own.map(formatSubnet) }];
    return [];
  });
}

function isNobody({ address, mask }: Subnet): boolean {
  return nobody.some(
    (outer) =>
      typeof outer.address === typeof address &&
      contains(outer, address) &&
      (outer.mask as number | bigint) <= (mask as number | bigint),
  );
}

function externalAddresses(one: Described): TextFinding[] {
  const { service, key } = one;
  if (service.externalAddresses.length === 0) return [];
  const span = at(one, 'spec', 'externalIPs');
  return [{ code: 'external-ips', service: key, span, addresses: service.externalAddresses }];
}

/** So many, that one in front of an Ingress or a Gateway would serve them all. */
const many = 3;

function manyBalancers({ services }: ManifestScene): TextFinding[] {
  const own = services.filter(({ service }) => service.type === 'LoadBalancer');
  const [first] = own;
  if (!first || own.length < many) return [];
  const span = at(first, 'spec', 'type');
  return [{ code: 'balancers-many', span, services: own.map(({ key }) => key) }];
}
