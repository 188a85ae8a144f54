import { keyTypes } from '../key-types.ts';
import type {
  Flowtable,
  NftChain,
  NftFamily,
  NftObject,
  NftRule,
  NftRuleset,
  NftSet,
  NftTable,
  SetData,
} from '../model.ts';
import { spellHeld } from '../print/tables.ts';
import type { Reject, Statement } from '../statement.ts';
import type { NftVersion } from '../version.ts';
import { elementJson } from './expressions.ts';
import { inUnits, statefulJson } from './stateful.ts';
import { statementJson } from './statements.ts';
import { type Json, object, oneOrList, spellJson } from './text.ts';

const metainfo: Json = {
  metainfo: { version: '1.0.6', release_name: 'Lester Gooch #5', json_schema_version: 1 },
};

/**
 * What `nft -j list ruleset` (1.0.6) prints. It tells no comments of tables and chains, and neither the flag `dynamic` nor `auto-merge`.
 * Where the ruleset has no handles, they are counted in the order of the listing.
 */
export function printJson({ tables }: NftRuleset, version?: NftVersion): string {
  const isCommented = version?.jsonComments === true;
  const items = tables.flatMap((table, at) => tableItems(table, at + 1, isCommented));
  return `${spellJson({ nftables: [metainfo, ...items] })}\n`;
}

function tableItems(table: NftTable, number: number, isCommented: boolean): readonly Json[] {
  const { family, name, flags, comment } = table;
  const next = handles();
  const head = { family, table: name };
  const told = table.chains.filter(({ isHeld }) => !isHeld);
  const chains = told.map((chain) => ({ chain, handle: next(chain) }));
  const objects = table.objects.map((one) => objectJson(one, table, next(one)));
  const sets = table.sets.map((set) => setJson(set, table, next(set)));
  const flowtables = table.flowtables.map((one) => flowtableJson(one, table, next(one)));
  return [
    {
      table: object({
        family,
        name,
        handle: table.handle ?? number,
        comment: isCommented ? comment : undefined,
        flags: oneOrList(flags),
      }),
    },
    ...objects,
    ...sets,
    ...flowtables,
    ...chains.map(({ chain, handle }) => ({ chain: { ...head, ...chainJson(chain, handle, isCommented) } })),
    ...told.flatMap((chain) =>
      chain.rules.map((rule) => ({
        rule: { ...head, chain: chain.name, ...ruleJson(rule, family, next(rule, madeBefore(rule))) },
      })),
    ),
  ];
}

type Next = (one: { readonly handle?: number }, before?: number) => number;

/** Handles that are told, or numbers in order; what a rule holds has its own before it. */
function handles(): Next {
  let last = 0;
  return ({ handle }, before = 0) => {
    last += before + 1;
    return handle ?? last;
  };
}

/** The sets that a rule holds, and the chain with its rules. */
function madeBefore({ statements }: NftRule): number {
  let count = statements.reduce((sum, one) => sum + ('rules' in one ? 1 + one.rules.length : 0), 0);
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    if (
      (value as { kind?: unknown }).kind === 'set' &&
      Array.isArray((value as { elements?: unknown }).elements)
    )
      count += 1;
    for (const own of Object.values(value)) visit(own);
  };
  visit(statements);
  return count;
}

function chainJson(
  { name, base, comment }: NftChain,
  handle: number,
  isCommented: boolean,
): { readonly [key: string]: Json } {
  return object({
    name,
    handle,
    comment: isCommented ? comment : undefined,
    type: base?.type,
    hook: base?.hook,
    prio: base?.priority,
    policy: base && (base.policy ?? 'accept'),
    dev: isCommented && base?.devices.length === 1 ? base.devices[0] : undefined,
  });
}

function ruleJson(
  { statements, comment }: NftRule,
  family: NftFamily,
  handle: number,
): { readonly [key: string]: Json } {
  return object({
    handle,
    comment,
    expr: statements.map((one) => ('rules' in one ? spellHeld(one) : statementJson(withAnswer(one, family)))),
  });
}

/** What goes without saying in the text is told. */
function withAnswer(statement: Statement, family: NftFamily): Statement {
  if (statement.kind !== 'reject' || statement.with || statement.isUntold) return statement;
  const answers: Readonly<Record<string, Reject['with']>> = {
    ip: { type: 'icmp', code: 3 },
    ip6: { type: 'icmpv6', code: 4 },
  };
  return { kind: 'reject', with: answers[family] ?? { type: 'icmpx', code: 1 } };
}

function setJson(set: NftSet, { family, name: table }: NftTable, handle: number): Json {
  const types = keyTypes(set, family) ?? [];
  const isConstant = set.flags.includes('constant');
  const flags = (['constant', 'interval', 'timeout'] as const).filter(
    (flag) => set.flags.includes(flag) || (flag === 'timeout' && set.timeout !== undefined),
  );
  const own = object({
    family,
    name: set.name,
    table,
    type: oneOrList(types) ?? '',
    handle,
    comment: set.comment,
    map: set.data && dataJson(set.data, family),
    policy: isConstant ? undefined : set.policy,
    size: isConstant ? undefined : set.size,
    flags: flags.length === 0 ? undefined : flags,
    timeout: seconds(set.timeout),
    'gc-interval': seconds(set.gcInterval),
    elem: set.elements.length === 0 ? undefined : set.elements.map(elementJson),
    stmt: set.statements.length === 0 ? undefined : set.statements.map((one) => statefulJson(one, true)),
  });
  return { [set.data ? 'map' : 'set']: own };
}

const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : Math.floor(milliseconds / 1000);

function dataJson(data: SetData, family: NftFamily): string {
  if (data.by === 'verdict') return 'verdict';
  if (data.by === 'object') return data.object;
  return (keyTypes({ key: data }, family) ?? []).join(' . ');
}

function flowtableJson(
  { name, hook, priority, devices }: Flowtable,
  { family, name: table }: NftTable,
  handle: number,
): Json {
  return {
    flowtable: object({ family, name, table, handle, hook, prio: priority, dev: oneOrList(devices) }),
  };
}

function objectJson(one: NftObject, { family, name: table }: NftTable, handle: number): Json {
  return {
    [one.kind]: {
      ...object({ family, name: one.name, table, handle, comment: one.comment }),
      ...bodyJson(one),
    },
  };
}

function bodyJson(one: NftObject): { readonly [key: string]: Json } {
  switch (one.kind) {
    case 'counter':
      return { packets: one.packets, bytes: one.bytes };
    case 'quota':
      return { bytes: one.bytes, used: one.used, inv: one.over };
    case 'limit': {
      const isBytes = one.of === 'bytes';
      const [rate, rateUnit] = isBytes ? inUnits(one.rate) : [one.rate, undefined];
      const [burst, burstUnit] = isBytes ? inUnits(one.burst) : [one.burst, undefined];
      return object({
        rate,
        per: one.unit,
        inv: one.over || undefined,
        rate_unit: rateUnit,
        burst: burst === 0 ? undefined : burst,
        burst_unit: burst === 0 ? undefined : burstUnit,
      });
    }
    case 'ct helper':
      return object({ type: one.helper, protocol: one.protocol, l3proto: one.l3proto });
    case 'ct timeout':
      return object({
        protocol: one.protocol,
        l3proto: one.l3proto,
        policy: one.states.length === 0 ? null : Object.fromEntries(one.states),
      });
    case 'ct expectation':
      return object({
        protocol: one.protocol,
        dport: one.port,
        timeout: one.timeout,
        size: one.size,
        l3proto: one.l3proto,
      });
    case 'secmark':
      return { context: one.context };
    case 'synproxy': {
      const flags = [...(one.timestamp ? ['timestamp'] : []), ...(one.sackPerm ? ['sack-perm'] : [])];
      return object({
        mss: one.mss ?? 0,
        wscale: one.wscale ?? 0,
        flags: flags.length === 0 ? undefined : flags,
      });
    }
  }
}
