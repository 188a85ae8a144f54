import { addressType, isDoubt, lookUp } from '../host/route.ts';
import type { RpfilterMatch } from '../iptables/rule/match.ts';
import type { Branch } from './branch.ts';
import type { Surroundings } from './match.ts';
import { keyBack } from './routing.ts';
import { negateIf, type Question } from './truth.ts';

/** Whether an answer to the packet's source would leave by the interface that it came in by. */
export function matchesReversePath(
  match: RpfilterMatch,
  branch: Branch,
  { host }: Surroundings,
): boolean | Question {
  return negateIf(match.invert, isRightWay(match, branch, host));
}

function isRightWay(match: RpfilterMatch, branch: Branch, host: Surroundings['host']): boolean | Question {
  if (branch.in === 'lo') return true;
  const type = addressType(host, branch.source);
  if (!isDoubt(type) && type !== 'UNICAST' && !(type === 'LOCAL' && match.acceptLocal)) return false;
  const routing = lookUp(host, branch.source, keyBack(branch, match.validMark));
  if (isDoubt(routing)) return { key: `route ${branch.source}`, because: routing.because };
  if (routing.type === 'unicast')
    return match.loose || routing.hops.some((hop) => hop.interface === branch.in);
  return (
    'interface' in routing && (match.loose || routing.interface === branch.in || routing.type === 'local')
  );
}
