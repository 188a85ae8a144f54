import { familyOf } from '../../address/address.ts';
import { parseSloppyAddress } from '../../address/sloppy.ts';
import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import type { ManifestDetail } from '../manifest/detail.ts';
import type { ServiceManifest } from '../manifest/kinds.ts';
import { problemAt } from '../manifest/problem-at.ts';
import { familyPolicyOf, isChecked, replacedSpec } from '../manifest/replaced-service.ts';
import {
  clusterAddressesOf,
  placeOfClusterAddress,
  type ServiceSpec,
  typeOf,
} from '../manifest/service-rule.ts';
import type { Log } from './draft.ts';
import type { ClusterFamilies } from './families.ts';

/**
 * A Service that replaces another of its name, as the API server keeps it; what may not change is an error. `old` is what an earlier
 * one left of this kind.
 */
export function updatedService(
  old: ServiceManifest,
  next: ServiceManifest,
  families: ClusterFamilies,
  log: Log,
): ServiceManifest {
  const before = old.value.spec ?? {};
  const spec = replacedSpec(before, next.value.spec ?? {});
  refuseChanges(before, spec, next, families, log);
  return { ...next, value: { ...next.value, spec } };
}

/** `after` is what the API server made of `next`. */
function refuseChanges(
  before: ServiceSpec,
  after: ServiceSpec,
  next: ServiceManifest,
  families: ClusterFamilies,
  log: Log,
): void {
  const written = next.value.spec ?? {};
  const refuse = (path: (string | number)[], place: (string | number)[], was: string) => {
    const name = path
      .map(String)
      .join('.')
      .replace(/\.(\d)/, '[$1]');
    const said = told<ManifestDetail>({ code: 'in-field', path: name, of: { code: 'fixed' } });
    log.problems.push(problemAt(next.origin, place, 'field-conflict', said, want.written(was)));
  };
  const both = (type: string) => typeOf(before) === type && typeOf(after) === type;
  const isName = typeOf(before) === 'ExternalName' || typeOf(after) === 'ExternalName';
  const index = isName ? -1 : changedAddress(before, after, families);
  // What was left open was given an address that nobody would name by chance.
  if (index !== -1)
    refuse(
      ['spec', 'clusterIPs', index],
      [...placeOfClusterAddress(written, index)],
      clusterAddressesOf(before)[index] || 'the address that it was given',
    );
  if (index === 0 && isOfOtherFamily(clusterAddressesOf(before)[0], clusterAddressesOf(after)[0]))
    refuse(
      ['spec', 'ipFamilies', 0],
      [...placeOfClusterAddress(written, 0)],
      'the family of the address that it was given',
    );
  if (!isName && changesFamily(before, after, families))
    refuse(
      ['spec', 'clusterIPs', 0],
      ['spec', 'ipFamilies', 0],
      'the family of the address that it was given',
    );
  if (!isName && releasesFamily(before, after, written, families))
    refuse(
      ['spec', 'ipFamilyPolicy'],
      written.ipFamilyPolicy ? ['spec', 'ipFamilyPolicy'] : [...placeOfClusterAddress(written, 0)],
      'SingleStack, to release the second family',
    );
  const { healthCheckNodePort: check } = after;
  if (isChecked(before) && isChecked(after) && check && check !== before.healthCheckNodePort)
    refuse(['spec', 'healthCheckNodePort'], ['spec', 'healthCheckNodePort'], 'the port that it was given');
  const { loadBalancerClass: was } = before;
  if (both('LoadBalancer') && was !== after.loadBalancerClass && (was || after.loadBalancerClass))
    refuse(['spec', 'loadBalancerClass'], ['spec', 'loadBalancerClass'], was || 'no class');
}

/** Which of the addresses that it was given is another now; -1 where none is. A second one may be added and released. */
function changedAddress(before: ServiceSpec, after: ServiceSpec, families: ClusterFamilies): number {
  const [was, is] = [clusterAddressesOf(before), clusterAddressesOf(after)];
  const count = was[0] === 'None' ? 1 : hasTwo(before, families) ? 2 : 1;
  return is.findIndex((address, index) => index < count && address !== was[index]);
}

function isOfOtherFamily(was: string | undefined, is: string | undefined): boolean {
  const [old, next] = [was, is].map((text) => parseSloppyAddress(text ?? ''));
  return old !== undefined && next !== undefined && familyOf(old) !== familyOf(next);
}

/** The first family stays that of the address that was given. */
function changesFamily(before: ServiceSpec, after: ServiceSpec, families: ClusterFamilies): boolean {
  const [wanted] = after.ipFamilies ?? [];
  // Of an address that is known the rules for one Service tell.
  if (wanted === undefined || after.clusterIP) return false;
  const address = parseSloppyAddress(before.clusterIP ?? '');
  const given = address === undefined ? families[0] : familyOf(address);
  const was = before.ipFamilies?.[0] ?? (given && (given === 'ipv4' ? 'IPv4' : 'IPv6'));
  return was !== undefined && was !== wanted;
}

/** It has two families; without a selector and an address even where the cluster has one. */
function hasTwo(spec: ServiceSpec, families: ClusterFamilies): boolean {
  if (spec.ipFamilies?.length === 2 || spec.clusterIPs?.length === 2) return true;
  const policy = familyPolicyOf(spec);
  return policy === 'RequireDualStack' || (policy === 'PreferDualStack' && families.length > 1);
}

/** Of two addresses or families one may only go where the policy says so. `written` tells what was left open. */
function releasesFamily(
  before: ServiceSpec,
  after: ServiceSpec,
  written: ServiceSpec,
  families: ClusterFamilies,
): boolean {
  if (after.ipFamilyPolicy === 'SingleStack' || !hasTwo(before, families)) return false;
  const isAlone = (list: readonly unknown[] | null | undefined) => list?.length === 1;
  // One that is as it was stands for all that were given; another one stands alone.
  const isAnother = after.clusterIP !== before.clusterIP && isAlone(clusterAddressesOf(after));
  const isReduced = isAnother || isAlone(written.clusterIPs);
  return isAlone(written.ipFamilies) || (before.clusterIP !== 'None' && isReduced);
}
