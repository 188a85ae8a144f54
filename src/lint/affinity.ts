import { instructionsIn } from '../engine/instructions.ts';
import type { IrChain, IrProgram, IrRule, StateUse } from '../engine/ir.ts';
import type { ProgramChain } from '../engine/program.ts';
import type { NftTable } from '../nftables/model.ts';
import { serviceIn } from '../proof/classes/entry.ts';
import { commentOf } from '../proof/rules/keys.ts';
import { nameOfTable, serviceOfName, setNamed } from '../proxy/nftables/listed.ts';
import { chainPlace, type FindingOf } from './finding.ts';
import { endpointIn } from './reach/iptables-endpoints.ts';
import { endpointOfName } from './reach/nftables.ts';

type Lost = FindingOf<'affinity-lost'>;

/** Of a service's chain of iptables. */
export function findForgotten(chain: ProgramChain): Lost[] {
  if (!/^KUBE-(?:SV[CL]|XLB)-/.test(chain.name)) return [];
  const endpoints = forgottenIn(chain, {
    isEndpoint: ({ name }) => name.startsWith('KUBE-SEP-'),
    hasList: () => false,
  });
  if (endpoints.length === 0) return [];
  const service =
    chain.rules.map(({ rule }) => serviceIn(commentOf(rule))).find((name) => name !== null) ?? null;
  const place = chainPlace(chain.table, chain.name);
  return [{ code: 'affinity-lost', place, service, endpoints: endpoints.map(endpointIn) }];
}

/** Of the services in kube-proxy's table of nft, where one of them has affinity. */
export function findForgottenInTable(table: NftTable, { chains }: IrProgram): Lost[] {
  if (!table.sets.some(({ name }) => name.startsWith('affinity-'))) return [];
  const ofTable = nameOfTable(table);
  const ofEndpoints: Endpoints = {
    isEndpoint: ({ name }) => name.startsWith('endpoint-'),
    hasList: ({ name }) => setNamed(table, name.replace('endpoint-', 'affinity-')) !== undefined,
  };
  return table.chains.flatMap(({ name }): Lost[] => {
    const chain = /^(?:service|local)-.*\//.test(name) ? chains.get(`${ofTable}/${name}`) : undefined;
    const found = chain ? forgottenIn(chain, ofEndpoints) : [];
    if (found.length === 0) return [];
    const endpoints = found.map((one) => endpointOfName(ofTable, one.name) ?? one.name);
    const service = serviceOfName(table, name);
    return [{ code: 'affinity-lost', place: chainPlace(ofTable, name), service, endpoints }];
  });
}

/**
 * Chains of a service's endpoints to whose clients one of the two rules of session affinity is missing: the endpoint's chain puts a client
 * on a list, and before chance decides the service's chain leads those of the list to that endpoint.
 */
function forgottenIn<Chain extends IrChain>(chain: Chain, { isEndpoint, hasList }: Endpoints): Chain[] {
  const asked = new Map<IrChain, string[]>();
  let isDrawn = false;
  for (const rule of chain.rules) {
    const own = listsIn(rule, 'asks');
    const led = chainsIn(rule).filter(isEndpoint);
    for (const endpoint of led) {
      const lists = asked.get(endpoint) ?? [];
      asked.set(endpoint, lists);
      // Behind the first draw, chance has decided.
      if (!isDrawn) lists.push(...own);
    }
    isDrawn ||= led.length > 0 && own.length === 0;
  }
  const isForgotten = ([endpoint, lists]: readonly [IrChain, readonly string[]]) => {
    const kept = endpoint.rules.flatMap((rule) => listsIn(rule, 'puts'));
    const isKept = lists.length + kept.length > 0 || hasList(endpoint);
    return isKept && !kept.some((list) => lists.includes(list));
  };
  return [...asked].filter(isForgotten).map(([endpoint]) => endpoint as Chain);
}

interface Endpoints {
  isEndpoint(chain: IrChain): boolean;
  /** Whether there is a list for its clients, though no rule may name it. */
  hasList(chain: IrChain): boolean;
}

function chainsIn({ code }: IrRule): IrChain[] {
  return [...instructionsIn(code)].flatMap((one) =>
    one.do === 'jump' || one.do === 'goto' ? [one.chain] : [],
  );
}

/** The lists of clients that a rule asks, or puts them on. */
function listsIn({ code }: IrRule, does: List['does']): string[] {
  return [...instructionsIn(code)].flatMap((one) => {
    if (one.do !== 'recall' && one.do !== 'remember') return [];
    const list = one.do === 'recall' && one.negated ? null : listOf(one.state);
    return list?.does === does ? [list.key] : [];
  });
}

interface List {
  /** Of the list, and by what packets are on it. */
  readonly key: string;
  readonly does: 'asks' | 'puts';
}

function listOf(state: StateUse): List | null {
  if (state.kind === 'recent') {
    if (state.negated || state.action === 'remove') return null;
    return { key: `${state.list} ${state.side}`, does: state.action === 'set' ? 'puts' : 'asks' };
  }
  if (state.kind !== 'dynamic' || state.action === 'delete') return null;
  const fields = state.fields.map(({ field }) => field).join(' ');
  return { key: `${state.set} ${fields}`, does: state.action === 'test' ? 'asks' : 'puts' };
}
