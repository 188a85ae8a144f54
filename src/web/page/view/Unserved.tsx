import type { Service } from '../../../kube/cluster/model.ts';
import type { Version } from '../../../session/version.ts';
import { words } from '../words.ts';
import { NoServices } from './NoServices.tsx';

/** What stands where nothing of a service goes through rules, or there is none. */
export function Unserved({
  version,
  service,
}: {
  readonly version: Version;
  readonly service: Service | undefined;
}) {
  const w = words.value;
  if (!service) return <NoServices version={version} />;
  return <p class="empty">{w.unproxied[service.unproxied ?? 'headless']}</p>;
}
