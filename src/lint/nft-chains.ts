import { instructionsIn } from '../engine/instructions.ts';
import type { IrChain, IrProgram, IrRule } from '../engine/ir.ts';
import type { NftChain, NftTable } from '../nftables/model.ts';
import { guardedBy, listedIn, nameOfTable, serviceOfName } from '../proxy/nftables/listed.ts';
import { chainPlace, placeOf, type RuleFinding } from './finding.ts';
import { ownerOfPlace } from './reach/owners.ts';
import { usualChains } from './reach/usual.ts';

// What is wrong with chains of nft, each by itself and with what leads to it.

/** Chains of which no rule and no element of a map says that anything leads there. Those that are empty are on their way out. */
export function findUnreached(table: NftTable, { chains }: IrProgram): RuleFinding[] {
  if (!table.chains.some(({ base }) => base !== undefined)) return [];
  const name = nameOfTable(table);
  const led = ledTo(table, chains);
  return table.chains.flatMap((chain): RuleFinding[] => {
    if (chain.base || led.has(chain.name) || chain.rules.length === 0) return [];
    const place = chainPlace(name, chain.name);
    const owner = ownerOfPlace(place);
    if (owner === 'kube-proxy')
      return isOfService(chain) && !guardsService(table, chain)
        ? [{ code: 'stale-service', place, service: serviceOfName(table, chain.name) }]
        : [];
    return owner === null ? [{ code: 'unreachable', place, owner: null }] : [];
  });
}

/** The names of what belongs to a service have a slash in them, all others have none. */
const isOfService = ({ name }: NftChain): boolean => name.includes('/');

/** Of source ranges that nobody asks any more: that its service is open is told of the service. */
function guardsService(table: NftTable, { name }: NftChain): boolean {
  const guarded = guardedBy(name);
  return guarded !== null && listedIn(table, 'service-ips').some(({ chain }) => chain === guarded);
}

/** All chains that base chains lead to, and those that maps name which no rule asks: what they do when it does is not wrong. */
function ledTo(table: NftTable, chains: IrProgram['chains']): ReadonlySet<string> {
  const name = nameOfTable(table);
  const usual = usualChains(chains);
  const led = new Set<string>();
  const waiting = [
    ...table.chains.filter(({ base }) => base !== undefined).map((chain) => chain.name),
    ...table.sets.flatMap(({ elements }) =>
      elements.flatMap(({ data }) => (data?.kind === 'verdict' && 'chain' in data ? [data.chain] : [])),
    ),
  ];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (led.has(one)) continue;
    led.add(one);
    const chain = chains.get(`${name}/${one}`);
    if (chain && !usual.choice(chain)) waiting.push(...targetsOf(chain));
  }
  return led;
}

function targetsOf({ rules }: IrChain): string[] {
  const targets: string[] = [];
  for (const { code } of rules) {
    for (const instruction of instructionsIn(code)) {
      if (instruction.do === 'jump' || instruction.do === 'goto') targets.push(instruction.chain.name);
    }
  }
  return targets;
}

/** Jumps to chains without rules, but for those that programs keep ready. */
export function findEmptyJumps(chain: IrChain): RuleFinding[] {
  return chain.rules.flatMap((rule): RuleFinding[] => {
    const { jump } = rule;
    if (jump === null || jump.rules.length > 0) return [];
    return [{ code: 'empty-jump', place: placeOf(rule), jumpedTo: jump.name }];
  });
}

/** Rules that stand in one chain again, word for word, with nothing between that gives the second a meaning of its own. */
export function findRepeated({ rules }: IrChain): RuleFinding[] {
  if (rules.length < 2) return [];
  const first = new Map<string, IrRule>();
  return rules.flatMap((rule): RuleFinding[] => {
    if (!isSteady(rule)) {
      first.clear();
      return [];
    }
    if (isUntold(rule)) return [];
    const key = (rule.text ?? '').replace(/\bcounter packets \d+ bytes \d+/g, 'counter');
    const known = first.get(key);
    if (!known) first.set(key, rule);
    return known ? [{ code: 'repeated', place: placeOf(rule), first: known }] : [];
  });
}

/** nft tells that a rule of iptables-nft asks something, or does, and not what: one that reads the same may be another. */
function isUntold({ text = '' }: IrRule): boolean {
  return /(?:^| )xt (?:match|target|watcher) /.test(text);
}

/** Whether a rule asks and does the same each time: with all that it jumps to, it neither counts, chooses, nor changes what others ask. */
function isSteady({ code }: IrRule, seen: Set<IrChain> = new Set()): boolean {
  return [...instructionsIn(code)].every((instruction) => {
    if (changing.has(instruction.do)) return false;
    if (instruction.do !== 'jump' || seen.has(instruction.chain)) return true;
    seen.add(instruction.chain);
    return instruction.chain.rules.every((rule) => isSteady(rule, seen));
  });
}

const changing: ReadonlySet<string> = new Set(['choose', 'recall', 'remember', 'set', 'notrack', 'open']);
