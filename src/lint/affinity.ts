import type { ProgramChain, ProgramRule } from '../engine/program.ts';
import type { RecentMatch } from '../iptables/rule/match.ts';
import { serviceIn } from '../proof/classes/entry.ts';
import { commentOf } from '../proof/rules/keys.ts';
import { chainPlace, type FindingOf } from './finding.ts';
import { endpointIn } from './reach/iptables-endpoints.ts';

/**
 * Endpoints of a service to whose clients one of the two rules of session affinity is missing: the endpoint's chain puts a client on a
 * list, and before chance decides the service's chain leads those of the list to that endpoint.
 */
export function findForgotten(chain: ProgramChain): FindingOf<'affinity-lost'>[] {
  if (!/^KUBE-(?:SV[CL]|XLB)-/.test(chain.name)) return [];
  const asked = new Map<ProgramChain, RecentMatch[]>();
  let isDrawn = false;
  for (const { rule, jump } of chain.rules) {
    if (!jump?.name.startsWith('KUBE-SEP-')) continue;
    const lists = asked.get(jump) ?? [];
    asked.set(jump, lists);
    const own = rule.matches.filter(isAsking);
    // Behind the first draw, chance has decided.
    if (!isDrawn) lists.push(...own);
    isDrawn ||= own.length === 0;
  }
  const isForgotten = ([endpoint, lists]: readonly [ProgramChain, readonly RecentMatch[]]) => {
    const kept = endpoint.rules.flatMap(({ rule }) => rule.matches.filter(isSetting));
    const isLed = kept.some(({ name, side }) => lists.some((one) => one.name === name && one.side === side));
    return lists.length + kept.length > 0 && !isLed;
  };
  const endpoints = [...asked].filter(isForgotten).map(([endpoint]) => endpointIn(endpoint));
  if (endpoints.length === 0) return [];
  return [
    {
      code: 'affinity-lost',
      place: chainPlace(chain.table, chain.name),
      service: serviceOf(chain.rules),
      endpoints,
    },
  ];
}

type Part = ProgramRule['rule']['matches'][number];

const isSetting = (match: Part): match is RecentMatch => match.kind === 'recent' && match.action === 'set';

const isAsking = (match: Part): match is RecentMatch =>
  match.kind === 'recent' && !match.negated && (match.action === 'rcheck' || match.action === 'update');

function serviceOf(rules: readonly ProgramRule[]): string | null {
  return rules.map(({ rule }) => serviceIn(commentOf(rule))).find((name) => name !== null) ?? null;
}
