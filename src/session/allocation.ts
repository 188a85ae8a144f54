import { familyOf } from '../address/address.ts';
import { isPort, type PortRange } from '../address/port.ts';
import { parsePrefix, type Subnet } from '../address/subnet.ts';
import type { BuildOptions } from '../kube/cluster/build.ts';
import { want } from '../text/expected.ts';
import type { SessionDetail } from './detail.ts';
import { refuse } from './refuse.ts';

/** Where what manifests leave open comes from, as users spell it. */
export interface Allocation {
  readonly serviceCidr?: string;
  readonly nodePortRange?: string;
  readonly loadBalancerCidr?: string;
  /** That of objects which name none. */
  readonly namespace?: string;
  /** The release whose API server judges the manifests. */
  readonly kubeVersion?: string;
}

/** Throws an InputError where something is misspelt. */
export function buildOptions({ serviceCidr, nodePortRange, loadBalancerCidr }: Allocation): BuildOptions {
  return {
    ...(serviceCidr === undefined ? {} : { serviceCidrs: prefixes('--service-cidr', serviceCidr) }),
    ...(nodePortRange === undefined ? {} : { nodePorts: portRange(nodePortRange) }),
    ...(loadBalancerCidr === undefined
      ? {}
      : { loadBalancerCidrs: prefixes('--load-balancer-cidr', loadBalancerCidr) }),
  };
}

function prefixes(flag: string, text: string): readonly Subnet[] {
  const expected = want.suchAs('10.96.0.0/12', want.thing('prefixes'));
  const subnets = text
    .split(',')
    .map((part) => parsePrefix(part) ?? refuse<SessionDetail>({ code: 'flag-unfit', flag, text }, expected));
  const families = new Set(subnets.map(({ address }) => familyOf(address)));
  if (families.size < subnets.length)
    refuse<SessionDetail>({ code: 'flag-unfit', flag, text }, want.thing('prefix-or-one-of-each'));
  return subnets;
}

function portRange(text: string): PortRange {
  const [, first, last] = (/^(\d+)-(\d+)$/.exec(text) ?? []).map(Number);
  if (isPort(first) && isPort(last) && first <= last) return { first, last };
  return refuse<SessionDetail>(
    { code: 'flag-unfit', flag: '--node-port-range', text },
    want.suchAs('30000-32767', want.thing('two-ports')),
  );
}
