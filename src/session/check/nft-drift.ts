import type { IrProgram } from '../../engine/ir.ts';
import { NftProgram } from '../../engine/lower/nftables/program.ts';
import type { Outcome } from '../../engine/outcome.ts';
import { tracePacket } from '../../engine/trace.ts';
import type { DriftEffect, Place, RuleFinding } from '../../lint/finding.ts';
import { driftOfTables, type LonelyPart, type Reordered } from '../../lint/nft-drift.ts';
import type { NftRuleset } from '../../nftables/model.ts';
import { compareAlike } from '../../proof/alike/programs.ts';
import { assumeHost } from '../../proof/assume-host.ts';
import type { EffectKind } from '../../proof/classes/effect.ts';
import { packetsBetween } from '../../proof/second/second.ts';
import { serviceOfName } from '../../proxy/nftables/listed.ts';
import { driftTables } from '../nft-drift.ts';
import type { DriftRequest, FoundDrift } from './drift.ts';
import type { CheckedRules } from './rules.ts';

/** What of a node's tables kube-proxy would have made otherwise, in nftables mode. Throws an InputError. */
export function findNftDriftOf(
  name: string,
  rules: readonly CheckedRules[],
  { drift, config, ...request }: DriftRequest,
): FoundDrift {
  const texts = { name: 'manifests', sources: drift, cluster: [], config };
  const tables = [...new Set(rules.flatMap(({ nft }) => nft.flatMap((ruleset) => ruleset.tables)))];
  const { found, wanted, families, problems } = driftTables(name, unique(tables), texts, request);
  const { missing, extra, reordered } = driftOfTables(wanted, found);
  if (missing.length + extra.length + reordered.length === 0) return { findings: [], problems };
  const tries = families.map((family) => tried(wanted, found, family));
  const services = new Set(
    wanted.tables.flatMap((table) => table.chains.map((chain) => serviceOfName(table, chain.name))),
  );
  const node = new Map(rules.flatMap(({ program }) => [...program.chains]));
  const findings = [
    ...missing.map(
      (one): RuleFinding => ({
        code: 'drift-missing',
        place: { table: one.table, chain: one.chain, rule: null, number: null },
        service: one.service,
        wanted: one.text,
        rules: one.size,
        effect: effectOf(one, tries, 'before'),
      }),
    ),
    ...extra.map(
      (one): RuleFinding => ({
        code: isStale(one, services, wanted) ? 'drift-stale' : 'drift-foreign',
        place: placeIn(node, one),
        service: one.service,
        ...(one.chain.startsWith('@') && one.text !== null && { element: one.text }),
        effect: effectOf(one, tries, 'after'),
      }),
    ),
    ...reordered.map(
      (one): RuleFinding => ({
        code: 'drift-order',
        place: { table: one.table, chain: one.chain, rule: null, number: null },
        service: one.service,
        effect: effectOf(one, tries, 'after'),
      }),
    ),
  ];
  return { findings, problems };
}

/** A table of both families is among the rules of each. */
function unique(tables: NftRuleset['tables']): NftRuleset['tables'] {
  const told = new Set<string>();
  return tables.filter(({ family, name }) => {
    const key = `${family} ${name}`;
    if (told.has(key)) return false;
    told.add(key);
    return true;
  });
}

/** What belongs to a service that there should not be. */
function isStale(
  { service, chain, text }: LonelyPart,
  services: ReadonlySet<string>,
  wanted: NftRuleset,
): boolean {
  if (service !== null) return !services.has(service);
  return (
    text === null &&
    chain.includes('/') &&
    wanted.tables.every((table) => table.chains.every(({ name }) => name !== chain))
  );
}

function placeIn(node: IrProgram['chains'], { table, chain, text, repeat }: LonelyPart): Place {
  const rules = node.get(`${table}/${chain}`)?.rules.filter((rule) => rule.text === text) ?? [];
  const rule = text === null ? undefined : rules[repeat];
  return rule
    ? { table, chain, rule: rule.rule, number: rule.number }
    : { table, chain, rule: null, number: null };
}

/** Packets that were walked through the tables as they should be, and as they are. */
interface Tried {
  /** Nothing changes fate: proved, rule by rule. */
  readonly same: boolean;
  readonly changed: readonly Changed[];
}

interface Changed {
  readonly before: readonly Outcome[];
  readonly after: readonly Outcome[];
  readonly effects: readonly EffectKind[];
}

const mostTried = 4000;

function tried(wanted: NftRuleset, found: NftRuleset, family: IrProgram['family']): Tried {
  const [before, after] = [new NftProgram(wanted, family), new NftProgram(found, family)];
  if (compareAlike(before, after).same) return { same: true, changed: [] };
  const { host } = assumeHost(family, [{ routesLoopback: false }], [], [before, after]);
  const changed = packetsBetween(before, after, host, mostTried).packets.flatMap((packet): Changed[] => {
    const [old, now] = [before, after].map(
      (program) => tracePacket(program, host, packet, { trace: true }).outcomes,
    ) as [readonly Outcome[], readonly Outcome[]];
    const effects = effectsOf(old, now);
    return effects.length === 0 ? [] : [{ before: old, after: now, effects }];
  });
  return { same: false, changed };
}

const listOf = (outcomes: readonly Outcome[], say: (one: Outcome) => unknown) =>
  [...new Set(outcomes.map((one) => String(say(one))))].sort().join(' ');

/** In what respect outcomes differ; nothing where one of them is not known. */
function effectsOf(before: readonly Outcome[], after: readonly Outcome[]): readonly EffectKind[] {
  if ([...before, ...after].some(({ verdict }) => verdict === 'unknown')) return [];
  const differs = (say: (one: Outcome) => unknown) => listOf(before, say) !== listOf(after, say);
  const arrives = (outcomes: readonly Outcome[]) => outcomes.some(({ verdict }) => verdict === 'accept');
  const isLed = (outcomes: readonly Outcome[]) => outcomes.some(({ dnat }) => dnat !== null);
  if (isLed(before) !== isLed(after)) return [isLed(before) ? 'loss' : 'exposure'];
  if (arrives(before) && !arrives(after)) return ['loss'];
  if (!arrives(before) && arrives(after)) return ['exposure'];
  if (differs(({ verdict }) => verdict)) return arrives(before) ? ['loss'] : ['delivery'];
  return [
    ...(differs(({ dnat }) => dnat) ? (['endpoints'] as const) : []),
    ...(differs(({ src }) => src) ? (['source-ip'] as const) : []),
    ...(!differs(({ dnat }) => dnat) && differs(({ dnat, weight }) => [dnat, weight])
      ? (['shares'] as const)
      : []),
    ...(differs(({ rejectWith }) => rejectWith) ? (['delivery'] as const) : []),
  ];
}

/** Of the packets that changed fate, those that met the part on its side. */
function effectOf(
  part: LonelyPart | Reordered,
  tries: readonly Tried[],
  side: 'before' | 'after',
): DriftEffect {
  const met = tries
    .flatMap(({ changed }) => changed)
    .filter((one) => one[side].some((outcome) => isMet(outcome, part)));
  if (met.length > 0)
    return {
      kind: 'changes',
      effects: [...new Set(met.flatMap(({ effects }) => effects))],
      services: part.service === null ? [] : [part.service],
    };
  return { kind: tries.every(({ same }) => same) ? 'none' : 'unknown' };
}

function isMet({ matched }: Outcome, part: LonelyPart | Reordered): boolean {
  return matched.some(({ place }) => {
    if (place.table !== part.table) return false;
    if (part.chain.startsWith('@'))
      return place.text?.split(/\s+/).includes(part.chain) === true && isOfPart(matched, part);
    if (place.chain !== part.chain) return false;
    return !('text' in part) || part.text === null || place.text === part.text;
  });
}

/** Of elements of a map: whether the packet went on to the chain of the same service, where it is of one. */
function isOfPart(matched: Outcome['matched'], { service, table }: LonelyPart | Reordered): boolean {
  if (service === null) return true;
  const [family = 'ip', name = ''] = table.split(' ');
  const shell = { family, name } as Parameters<typeof serviceOfName>[0];
  const services = matched
    .map(({ place }) => serviceOfName(shell, place.chain))
    .filter((one) => one.includes('/'));
  return services.length === 0 || services.includes(service);
}
