import type { Path } from '../../documents/path.ts';
import type { KubeObject, Manifest } from '../manifest/kinds.ts';
import { problemAt } from '../manifest/problem-at.ts';
import { podPrefixesOf } from '../manifest/validate-node.ts';
import type { Log } from './draft.ts';

/** What of a Node and of a slice may not change where another of the name replaces it. A Service has rules of its own. */
export function refuseImmutable(before: KubeObject, next: KubeObject, log: Log): void {
  if (before.kind === 'Node' && next.kind === 'Node') refuseOfNode(before, next, log);
  if (before.kind !== 'EndpointSlice' || next.kind !== 'EndpointSlice') return;
  const { addressType: was = '' } = before.value;
  if (was !== next.value.addressType) refuse(next, ['addressType'], ['addressType'], was ?? '', log);
}

/** What was not set yet may be. */
function refuseOfNode(before: Manifest<'Node'>, next: Manifest<'Node'>, log: Log): void {
  const [was, is] = [before, next].map(({ value }) => podPrefixesOf(value).join(', '));
  const place = ['spec', next.value.spec?.podCIDR ? 'podCIDR' : 'podCIDRs'];
  if (was && was !== is) refuse(next, ['spec', 'podCIDRs'], place, was, log);
  const [id, other] = [before, next].map(({ value }) => value.spec?.providerID);
  if (id && id !== other) refuse(next, ['spec', 'providerID'], ['spec', 'providerID'], id, log);
}

function refuse(
  { origin }: Manifest<'Node'> | Manifest<'EndpointSlice'>,
  path: readonly string[],
  place: Path,
  was: string,
  log: Log,
): void {
  const message = `${path.join('.')}: it may not change once it is set`;
  log.problems.push(problemAt(origin, place, 'field-conflict', message, was));
}
