import type { HostDoubt } from '../host/doubt.ts';
import type { Host } from '../host/model.ts';
import { addressType, isDoubt, lookUp } from '../host/route.ts';
import type { Branch } from './branch.ts';
import { keyBack } from './routing.ts';

/** Whether an answer to the packet's source would leave by the interface that it came in by. */
export function reversePath(
  options: { readonly loose: boolean; readonly acceptLocal: boolean; readonly validMark: boolean },
  branch: Branch,
  host: Host,
): boolean | HostDoubt {
  if (branch.in === 'lo') return true;
  const type = addressType(host, branch.source);
  if (!isDoubt(type) && type !== 'UNICAST' && !(type === 'LOCAL' && options.acceptLocal)) return false;
  const routing = lookUp(host, branch.source, keyBack(branch, options.validMark));
  if (isDoubt(routing)) return routing;
  if (routing.type === 'unicast')
    return options.loose || routing.hops.some((hop) => hop.interface === branch.in);
  return (
    'interface' in routing && (options.loose || routing.interface === branch.in || routing.type === 'local')
  );
}
