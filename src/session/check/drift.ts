import { driftOf, findDrift } from '../../lint/drift.ts';
import type { RuleFinding } from '../../lint/finding.ts';
import { comparePackets } from '../../proof/compare.ts';
import { abilitiesOf } from '../../proxy/drift/abilities.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { hostFor } from '../host.ts';
import { openSide, type Side } from '../side.ts';
import type { ManifestRequest } from './manifests.ts';

export interface DriftRequest extends ManifestRequest {
  /** What kube-proxy should have been told; none: rules are looked at by themselves. */
  readonly drift: readonly Source[];
  readonly node?: string;
}

/** Where rules are not what kube-proxy would have written. */
export interface FoundDrift {
  readonly findings: readonly RuleFinding[];
  readonly problems: readonly Problem[];
}

/** What of a node's rules kube-proxy would have written otherwise. Throws an InputError. */
export function findDriftOf(found: Side, { drift, config, ...request }: DriftRequest): FoundDrift {
  const texts = { name: 'manifests', sources: drift, cluster: [], config };
  const { family } = found.ruleset;
  const side = openSide(texts, { ...request, abilities: abilitiesOf(found.source.text) });
  const wanted = side.on(request.node, family);
  const sides = { wanted: wanted.ruleset, found: found.ruleset };
  const lonely = driftOf(sides);
  if (lonely.missing.length + lonely.extra.length + lonely.reordered.length === 0)
    return { findings: [], problems: wanted.problems };
  const { host } = hostFor(family, [], [found, wanted]);
  const packets = comparePackets(wanted.ruleset, found.ruleset, host);
  return { findings: findDrift(lonely, sides, packets), problems: wanted.problems };
}
