import type { Address } from '../address/address.ts';
import { type Branch, currentRule, type Template } from './branch.ts';
import { noZones } from './connection.ts';
import { bitsOf, type Content, changed, type Fixed } from './content.ts';
import { type FieldRef, fieldKey, fullSet, ofEntry, policy, policyOfEntry } from './fields.ts';
import type { Change, FieldSet, Operand } from './ir.ts';
import { headerFields } from './kept.ts';
import type { Surroundings } from './surroundings.ts';
import { isKept, withFlow } from './tracking.ts';
import { isUnknown, readField } from './values.ts';

/** Gives a field of a branch another value, as far as it is known. */
export function assign({ field, change }: FieldSet, branch: Branch, surroundings: Surroundings): void {
  if (field.field === 'ctMark' && typeof branch.tracking !== 'object') return;
  if (isOfEntry(field)) {
    giveEntry({ field, change }, branch);
    return;
  }
  if (beginning.has(field.field) && !mayBegin(branch)) return;
  if (field.field === 'ctZone') wantZone(field.of, change, branch);
  if (field.field === 'ctHelper') want({ helper: field.of }, branch);
  if (field.field === 'ctTimeout') want({ timeouts: 'unknown' }, branch);
  const fixed = fixedOf(change, branch, surroundings);
  if (fixed === 'nothing') return;
  if (fixed === null) put(field, unknownFrom(field, branch), branch);
  else apply(field, fixed, branch, surroundings);
}

/** What an entry to come has from the rule that decides of it (CT). */
const beginning: ReadonlySet<string> = new Set(['ctZone', 'ctHelper', 'ctTimeout']);

/** The change as one that is the same for all packets; null: it cannot be told. */
function fixedOf(change: Change, branch: Branch, surroundings: Surroundings): Fixed | 'nothing' | null {
  if (change.kind === 'unknown') return null;
  if (change.kind !== 'bits') return change;
  const flip = operandValue(change.flip, branch, surroundings);
  if (flip === 'nothing' || flip === null) return flip;
  return { kind: 'bits', clear: change.clear, flip };
}

/** What a new entry is to have, the first rule decides that wants something (xt_ct_target). */
function mayBegin(branch: Branch): boolean {
  if (branch.tracking !== 'none') return false;
  const by = currentRule(branch);
  branch.template ??= { by, zones: noZones };
  return branch.template.by === by;
}

const isOfEntry = ({ field, of }: FieldRef): boolean =>
  field === 'ctTimeout' ? !of?.startsWith(policy) : field === 'ctHelper' && of?.startsWith(ofEntry) === true;

/** What nft gives to an entry that is new, of the one protocol that the object is for (nft_ct_helper_obj_eval, nft_ct_timeout_obj_eval). */
function giveEntry(
  { field: { field, of = '' }, change }: Pick<FieldSet, 'field' | 'change'>,
  branch: Branch,
): void {
  const { tracking, protocol } = branch;
  const wanted = change.kind === 'bits' && change.flip.kind === 'constant' ? Number(change.flip.value) : null;
  if (typeof tracking !== 'object' || tracking.confirmed) return;
  if (of.startsWith(policyOfEntry)) branch.tracking = { ...tracking, timeouts: 'unknown' };
  else if (wanted !== protocol) return;
  else if (field === 'ctTimeout') branch.tracking = { ...tracking, timeouts: timeoutsOf(of) };
  else if (tracking.helper === undefined) branch.tracking = { ...tracking, helper: of.slice(ofEntry.length) };
}

/** Of `established 100, close 4`. */
function timeoutsOf(policy: string): Readonly<Record<string, number>> {
  const said = policy.split(', ').map((one) => one.split(' '));
  return Object.fromEntries(said.map(([state = '', seconds]) => [state, Number(seconds)]));
}

function want(wanted: Pick<Template, 'helper' | 'timeouts'>, branch: Branch): void {
  const { zones } = branch.template ?? { zones: noZones };
  branch.template = { ...branch.template, by: currentRule(branch), zones, ...wanted };
}

/** `zone`, or of one direction `zone-orig` or `zone-reply`; `of mark`: of which the packet's mark is the number. */
function wantZone(of: string | undefined, change: Change, branch: Branch): void {
  const given = change.kind === 'bits' && change.flip.kind === 'constant' ? Number(change.flip.value) : 0;
  const zone = (of?.endsWith(' of mark') ? branch.mark : given) & 0xffff;
  const [original, reply] = branch.template?.zones ?? noZones;
  const zones = of?.startsWith('zone-orig')
    ? ([zone, reply] as const)
    : of?.startsWith('zone-reply')
      ? ([original, zone] as const)
      : ([zone, zone] as const);
  branch.template = { ...branch.template, by: currentRule(branch), zones };
}

function operandValue(
  operand: Operand,
  branch: Branch,
  surroundings: Surroundings,
): Address | 'nothing' | null {
  if (operand.kind === 'constant') return operand.value;
  if (operand.field.field === 'ctMark' && typeof branch.tracking !== 'object') return 'nothing';
  const value = readField(operand.field, branch, surroundings);
  return isUnknown(value) ? null : bitsOf(value, operand.mask);
}

function apply(field: FieldRef, change: Fixed, branch: Branch, surroundings: Surroundings): void {
  const value = readField(field, branch, surroundings);
  const full = fullSet(field.field, surroundings.host.family);
  const most = full[1] as Address;
  if (!isUnknown(value)) {
    put(field, { value: changed(value, change, most) }, branch);
    return;
  }
  const replaced = change.kind === 'bits' && covers(change.clear, most);
  put(
    field,
    replaced ? { value: change.flip } : { base: value.key, changes: [...value.changes, change] },
    branch,
  );
}

function covers(mask: Address, most: Address): boolean {
  return bitsOf(mask, most) === most;
}

/** A value of its own, which nothing tells. */
function unknownFrom(field: FieldRef, branch: Branch): Content {
  const { table, chain, number } = currentRule(branch);
  return { base: `${fieldKey(field)} of ${table}/${chain}/${number} ${branch.epochs.packet}`, changes: [] };
}

function put(field: FieldRef, content: Content, branch: Branch): void {
  if (headerFields.has(field.field)) {
    branch.epochs = { ...branch.epochs, packet: branch.epochs.packet + 1 };
  }
  if ('value' in content && keep(field, content.value, branch)) return;
  branch.contents = new Map(branch.contents).set(fieldKey(field), content);
}

/** An entry that is kept already, or that must be there, has its mark at once, whatever becomes of the packet. */
function markFlow(branch: Branch, mark: number): void {
  if (typeof branch.tracking !== 'object') return;
  branch.tracking = { ...branch.tracking, mark };
  const { presumed } = branch.tracking;
  if (presumed || isKept(branch.memory, branch.tracking))
    branch.memory = withFlow(branch.memory, branch.tracking);
}

/** What a branch keeps itself. */
function keep({ field }: FieldRef, value: Address, branch: Branch): boolean {
  if (field === 'mark') branch.mark = Number(value);
  else if (field === 'ctMark' && typeof branch.tracking === 'object') markFlow(branch, Number(value));
  else return false;
  if (branch.contents.has(field)) {
    const left = new Map(branch.contents);
    left.delete(field);
    branch.contents = left;
  }
  return true;
}

/** What is carried on has one hop less to go. False: it has none left, and goes no further. */
export function spendHop(branch: Branch, surroundings: Surroundings): boolean {
  const value = readField({ field: 'ttl' }, branch, surroundings);
  if (!isUnknown(value)) {
    if (Number(value) <= 1) return false;
    put({ field: 'ttl' }, { value: Number(value) - 1 }, branch);
    return true;
  }
  put({ field: 'ttl' }, { base: value.key, changes: [...value.changes, { kind: 'add', by: -1 }] }, branch);
  return true;
}
