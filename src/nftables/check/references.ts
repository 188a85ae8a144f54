import { want } from '../../text/expected.ts';
import type { Expression, SetElement, Verdict } from '../expression.ts';
import { isField } from '../fields.ts';
import { dataTypes, isSameType, type KeyTypes, keyTypes, spellTypes, typesOf } from '../key-types.ts';
import type { NftSet, NftTable } from '../model.ts';
import { findNamed } from '../named.ts';
import { Refusal } from '../refusal.ts';
import type { DynamicSet, ObjectUse, Statement } from '../statement.ts';
import { isTimed, refuseCounted } from './sets.ts';

/** Throws a `Refusal` where a rule names what its table does not have, or has of another type. */
export function checkReferences(statements: readonly Statement[], table: NftTable): void {
  for (const statement of statements) new References(table).check(statement);
}

class References {
  private readonly table: NftTable;

  constructor(table: NftTable) {
    this.table = table;
  }

  check(statement: Statement): void {
    switch (statement.kind) {
      case 'match':
        this.expression(statement.left);
        this.lookup(statement.left, statement.right, 'set');
        break;
      case 'verdict':
        this.verdict(statement);
        break;
      case 'vmap':
        this.expression(statement.key);
        this.lookup(statement.key, statement.map, 'verdict');
        break;
      case 'set':
        this.expression(statement.value, typesOf(statement.target, this.table.family));
        this.assigned(statement);
        break;
      case 'snat':
      case 'dnat':
        if (statement.address) this.expression(statement.address, this.addresses(statement.family));
        if (statement.port) this.expression(statement.port, ['inet_service']);
        break;
      case 'masquerade':
      case 'redirect':
        if (statement.port) this.expression(statement.port, ['inet_service']);
        break;
      case 'object':
        this.object(statement);
        break;
      case 'set-add':
        this.dynamic(statement);
        break;
      case 'meter':
        if (findNamed(this.table.sets, statement.set))
          throw new Refusal(`there is a set ${statement.set} already`);
        if (statement.element.timeout !== undefined) refuseCounted(statement.element.statements);
        break;
      case 'flow':
        if (!this.table.flowtables.some(({ name }) => name === statement.table))
          throw new Refusal(`there is no flowtable ${statement.table}`);
        break;
      default:
    }
  }

  /** The types of an address, or of an address and a port, that a translation may take. */
  private addresses(family: 'ip' | 'ip6' | undefined): KeyTypes {
    const own = family ?? this.table.family;
    return own === 'ip' ? ['ipv4_addr'] : own === 'ip6' ? ['ipv6_addr'] : null;
  }

  /** `wanted`: what a map in it must give. */
  private expression(expression: Expression, wanted: KeyTypes = null): void {
    if (expression.kind === 'map') {
      this.expression(expression.key);
      this.lookup(expression.key, expression.map, wanted ?? 'data');
    } else if (expression.kind === 'concat') for (const part of expression.parts) this.expression(part);
    else if (expression.kind === 'binary') this.expression(expression.left);
  }

  private lookup(
    key: Expression,
    map: Expression,
    wanted: 'set' | 'verdict' | 'data' | readonly string[],
  ): void {
    if (map.kind === 'set')
      for (const { data } of map.elements) if (data?.kind === 'verdict') this.verdict(data);
    if (map.kind !== 'set-reference') return;
    const set = this.set(map.name);
    if (wanted !== 'set') this.checkData(set, wanted);
    const { family } = this.table;
    const [asked, own] = [typesOf(key, family), keyTypes(set, family)];
    if (!isSameType(asked, own))
      throw new Refusal(`@${set.name} is of type ${spellTypes(own)}, and is asked for ${spellTypes(asked)}`);
  }

  private checkData({ name, data }: NftSet, wanted: 'verdict' | 'data' | readonly string[]): void {
    if (!data) throw new Refusal(`@${name} is no map`);
    const own = dataTypes(data, this.table.family);
    const isRight = wanted === 'data' || isWanted(own, typeof wanted === 'string' ? [wanted] : wanted);
    if (!isRight)
      throw new Refusal(
        `@${name} gives ${spellTypes(own)}`,
        want.written(typeof wanted === 'string' ? wanted : wanted.join()),
      );
  }

  private set(name: string): NftSet {
    const set = findNamed(this.table.sets, name);
    if (!set) throw new Refusal(`there is no set ${name}`);
    return set;
  }

  /** Numbers are put into any field, and other values into one of their type. */
  private assigned({ target, value }: Extract<Statement, { kind: 'set' }>): void {
    const { family } = this.table;
    const [own, given] = [typesOf(target, family), isField(value) ? typesOf(value, family) : null];
    if (given?.length !== 1 || given[0] === 'integer' || given[0] === 'xinteger') return;
    if (!isSameType(own, given))
      throw new Refusal(`a value of type ${spellTypes(given)} is put into one of type ${spellTypes(own)}`);
  }

  private verdict(verdict: Verdict): void {
    if (!('chain' in verdict)) return;
    const chain = findNamed(this.table.chains, verdict.chain);
    if (!chain) throw new Refusal(`there is no chain ${verdict.chain}`);
    if (chain.base) throw new Refusal(`${verdict.chain} is a base chain, to which nothing jumps`);
  }

  private object({ object, name }: ObjectUse): void {
    if (name.kind === 'text') {
      if (!this.table.objects.some((one) => one.kind === object && one.name === name.text))
        throw new Refusal(`there is no ${object} ${name.text}`);
    } else if (name.kind === 'map') {
      this.expression(name.key);
      if (name.map.kind === 'set-reference') this.set(name.map.name);
    }
  }

  private dynamic({ set: name, element }: Extract<DynamicSet, { kind: 'set-add' }>): void {
    const set = this.set(name);
    const { family } = this.table;
    const [own, asked] = [keyTypes(set, family), typesOf(element.key, family)];
    if (!isSameType(asked, own))
      throw new Refusal(`@${name} is of type ${spellTypes(own)}, and ${spellTypes(asked)} is put into it`);
    if (isTimed(set)) refuseCounted(element.statements);
    if (set.flags.includes('constant')) throw new Refusal(`@${name} is constant`);
    if (set.flags.includes('interval'))
      throw new Refusal(`@${name} holds intervals, to which rules add nothing`);
    const kinds = (statements: SetElement['statements']) => statements?.map(({ kind }) => kind).join();
    if (
      set.statements.length > 0 &&
      element.statements &&
      kinds(element.statements) !== kinds(set.statements)
    )
      throw new Refusal(`what is put into @${name} has other statements than the set`);
    if (element.timeout !== undefined && !isTimed(set))
      throw new Refusal(`@${name} has no timeouts`, want.written('flags timeout'));
    if ((set.data === undefined) !== (element.data === undefined))
      throw new Refusal(set.data ? `@${name} is a map` : `@${name} is no map`);
  }
}

/** A map for a translation may give a port with the address. */
function isWanted(own: KeyTypes, wanted: readonly string[]): boolean {
  if (isSameType(own, wanted)) return true;
  const isAddress = wanted[0] === 'ipv4_addr' || wanted[0] === 'ipv6_addr';
  return isAddress && own !== null && own.length > 1 && own[0] === wanted[0];
}
