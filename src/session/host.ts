import type { Family } from '../address/address.ts';
import { hostFieldsOf } from '../host/build.ts';
import type { HostFields } from '../host/model.ts';
import { type AssumedHost, assumeHost } from '../proof/assume-host.ts';
import type { Side } from './side.ts';

/** The host for two sides: what `--host` says first, then the nodes of the manifests, the later side's first. */
export function hostFor(
  family: Family,
  given: readonly HostFields[],
  sides: readonly Side[],
  interfaces: readonly string[] | null = null,
): AssumedHost {
  const nodes = sides.flatMap(({ node }) => (node ? [hostFieldsOf(node, family)] : [])).reverse();
  return assumeHost(
    family,
    [...given, ...nodes],
    sides.map(({ ruleset }) => ruleset),
    [],
    interfaces,
  );
}
