import type { ProgramRule } from '../engine/program.ts';
import { buildHost } from '../host/build.ts';
import { isKubeProxys, ownerOf } from '../iptables/owners.ts';
import type { Chain, Rule, Ruleset, TableName } from '../iptables/rule/ruleset.ts';
import { notShown } from '../iptables/rule/target.ts';
import { serviceIn } from '../proof/classes/entry.ts';
import { hostSets } from '../proof/explore/host-sets.ts';
import { type Fingerprint, fingerprint } from '../proof/rules/fingerprint.ts';
import { commentOf, ruleKey } from '../proof/rules/keys.ts';
import type { LazyChain } from '../proof/rules/program.ts';
import { universe } from '../sets/box.ts';
import { whyCutOff } from './forward.ts';
import { whyNotMasqueraded } from './masquerade.ts';
import { Shadows } from './shadow.ts';

/** What can be wrong with one rule set. The list is closed. */
export const findingKinds = {
  shadowed: 'a rule that no packet can match, since an earlier one leaves it nothing',
  unreachable: 'a chain that no built-in chain leads to',
  'stale-service': "a service's chain that nothing leads to any more",
  'empty-jump': 'a jump to a chain without rules',
  'service-rejects': 'a service whose packets are rejected or dropped',
  'masquerade-missing': 'packets are marked for masquerade, and nothing masquerades them',
  'too-many-rules': 'so many rules that they were not all held against each other',
  'forward-policy': "FORWARD drops by policy, and kube-proxy's chains do not let service packets through",
} as const;
export type FindingKind = keyof typeof findingKinds;

/** Something that is wrong with a rule set, and where. */
export interface Finding {
  readonly kind: FindingKind;
  /** One sentence without a full stop. */
  readonly message: string;
  readonly table: TableName;
  readonly chain: string;
  /** Null: the chain as a whole. */
  readonly rule: Rule | null;
  readonly number: number | null;
  /** Of a shadowed rule: the rules of its chain that leave it nothing. */
  readonly by?: readonly ProgramRule[];
}

/** Looks for what is wrong with a rule set by itself. */
export function checkRuleset(ruleset: Ruleset): readonly Finding[] {
  const print = fingerprint(ruleset);
  const found = [
    ...findServices(print),
    ...findMasquerade(print),
    ...findForward(print),
    ...findShadows(print),
    ...findChains(print),
    ...findEmptyJumps(print),
  ];
  return found.filter(({ kind, table }) => !ofAbsence.has(kind) || !hidesRules(ruleset, table));
}

/** What says that something is not there, which nobody can say of a table whose rules are not all shown. */
const ofAbsence: ReadonlySet<FindingKind> = new Set([
  'unreachable',
  'stale-service',
  'masquerade-missing',
  'forward-policy',
]);

function hidesRules({ tables }: Ruleset, name: TableName): boolean {
  const chains = tables.find((table) => table.name === name)?.chains ?? new Map<string, Chain>();
  return [...chains.values()].some(({ rules }) =>
    rules.some(({ target }) => target?.kind === 'other' && target.name === notShown),
  );
}

function at(kind: FindingKind, { table, chain, number, rule }: ProgramRule, message: string): Finding {
  return { kind, message, table: table as TableName, chain, rule, number };
}

function findServices({ chains }: Fingerprint): Finding[] {
  const found: Finding[] = [];
  for (const chain of chains.keys()) {
    for (const place of chain.rules) {
      const { target } = place.rule;
      const comment = commentOf(place.rule);
      const service = serviceIn(comment);
      const drops = target?.kind === 'verdict' && target.verdict === 'DROP';
      // What comes from outside of the source ranges is dropped on purpose.
      if (service === null || !(drops || target?.kind === 'reject') || comment?.includes('not accepted by'))
        continue;
      found.push(
        at('service-rejects', place, `${comment ?? service}: packets are ${drops ? 'dropped' : 'rejected'}`),
      );
    }
  }
  return found;
}

function findMasquerade(print: Fingerprint): Finding[] {
  const message = whyNotMasqueraded(print);
  if (message === null) return [];
  return [
    { kind: 'masquerade-missing', message, table: 'nat', chain: 'KUBE-MARK-MASQ', rule: null, number: null },
  ];
}

function findForward(print: Fingerprint): Finding[] {
  const message = whyCutOff(print);
  if (message === null) return [];
  return [{ kind: 'forward-policy', message, table: 'filter', chain: 'FORWARD', rule: null, number: null }];
}

function sayShadows(by: readonly ProgramRule[]): string {
  const numbers = by.map(({ number }) => number);
  const last = numbers.pop();
  const rules = numbers.length > 0 ? `rules ${numbers.join(', ')} and ${last} take` : `rule ${last} takes`;
  return `no packet comes to it: ${rules} all that it could match`;
}

function findShadows({ program, chains }: Fingerprint): Finding[] {
  const { family } = program.ruleset;
  const shadows = new Shadows({ ...hostSets(buildHost(family, [])), local: null }, universe(family, 3));
  const all = [...chains.keys()];
  const found = all.flatMap((chain) => shadowsIn(chain, shadows));
  if (!shadows.isSpent) return found;
  const [{ table, name }] = all as [LazyChain];
  const message = 'there are too many rules to find all that no packet can match';
  return [...found, { kind: 'too-many-rules', message, table, chain: name, rule: null, number: null }];
}

function shadowsIn(chain: LazyChain, shadows: Shadows): Finding[] {
  return (
    shadows
      .of(chain)
      // kube-proxy writes a health check's port once for each port of the service.
      .filter(
        ({ by: [shadow], rule }) =>
          !isKubeProxys(chain.name) || ruleKey((shadow as ProgramRule).rule) !== ruleKey(rule.rule),
      )
      .map(({ by, rule }) => ({ ...at('shadowed', rule, sayShadows(by)), by }))
  );
}

/** Chains that tell others something by being there, and those that kube-proxy keeps whether or not it needs them. */
const kept =
  /^KUBE-(?:PROXY-CANARY|KUBELET-CANARY|IPTABLES-HINT|MARK-MASQ|MARK-DROP|NODEPORTS|PROXY-FIREWALL|EXTERNAL-SERVICES|FIREWALL|FORWARD|POSTROUTING|SERVICES)$/;
const serviceChain = /^KUBE-(?:SVC|SVL|EXT|FW|SEP|XLB)-/;

function findChains({ program, chains }: Fingerprint): Finding[] {
  return [...program.chains.values()].flatMap((chain): Finding[] => {
    if (chain.policy !== null || chains.has(chain) || kept.test(chain.name)) return [];
    const stale = isKubeProxys(chain.name) && serviceChain.test(chain.name);
    const service = chain.source.rules
      .map((rule) => serviceIn(commentOf(rule)))
      .find((name) => name !== null);
    const whose = service ?? ownerOf(chain.name);
    const message = `nothing leads to ${chain.name}${whose ? ` (${whose})` : ''}`;
    const kind = stale ? 'stale-service' : 'unreachable';
    return [{ kind, message, table: chain.table, chain: chain.name, rule: null, number: null }];
  });
}

/** kube-proxy's own top chains may well be empty, and so may those of others who keep theirs ready (Calico, Docker). */
function findEmptyJumps({ chains }: Fingerprint): Finding[] {
  const isReady = (name: string) => ownerOf(name) !== null && !serviceChain.test(name);
  return [...chains.keys()].flatMap((chain) =>
    chain.rules
      .filter(({ jump }) => jump && jump.rules.length === 0 && !isReady(jump.name))
      .map((place) => at('empty-jump', place, `${place.jump?.name} has no rules`)),
  );
}
