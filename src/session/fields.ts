import type { RulePlace } from '../engine/program.ts';
import { printMatch, printTarget } from '../iptables/rule/print.ts';
import type { Rule, Ruleset, TableName } from '../iptables/rule/ruleset.ts';
import { type FieldPlace, FieldPlaces } from '../kube/cluster/field-places.ts';
import type { KubeObject } from '../kube/manifest/kinds.ts';
import { fieldOf, fieldsBeside, type RuleField } from '../proxy/iptables/fields.ts';

/** A field, and what it is of: by that it is found on another side. */
export interface FoundField extends FieldPlace {
  readonly asked: RuleField;
}

/** Where the fields stand that rules of a compiled side came of. */
export interface FieldFinder {
  /** Null where none is known. */
  of(place: RulePlace): FoundField | null;
  /** Those that decide beside it how its rules look. */
  beside(field: FoundField): readonly FoundField[];
  /** What this side has for a field of another side; null: nothing. */
  same(field: FoundField): FieldPlace | null;
}

/** Where there is nothing that rules came of. */
export const noFields: FieldFinder = { of: () => null, beside: () => [], same: () => null };

/**
 * Finds the field by what was compiled of the manifests: a rule of the same chain that is spelt the same. The rules
 * themselves may have been written and read again, or be those of a node's dump. Compiles when it is first asked, since
 * the rules with their decisions are large, and many comparisons end without a question.
 */
export function fieldFinder(compile: () => Ruleset, objects: readonly KubeObject[]): FieldFinder {
  const places = new FieldPlaces(objects);
  const spelt = new Map<string, ReadonlyMap<string, Rule>>();
  let compiled: Ruleset | undefined;
  const find = (asked: RuleField): FoundField | null => {
    const found = placeOf(asked, places);
    return found && { ...found, asked };
  };
  const of = ({ table, chain, rule }: RulePlace): FoundField | null => {
    compiled ??= compile();
    const key = `${table} ${chain}`;
    const known = spelt.get(key) ?? bySpelling(compiled, table as TableName, chain);
    spelt.set(key, known);
    const own = known.get(spellingOf(rule));
    const field = own ? fieldOf(chain, own) : null;
    return field && find(field);
  };
  return {
    of,
    beside: ({ asked }) => fieldsBeside(asked).flatMap((one) => find(one) ?? []),
    same: ({ asked }) => placeOf(asked, places),
  };
}

function bySpelling({ tables }: Ruleset, table: TableName, chain: string): ReadonlyMap<string, Rule> {
  const rules = tables.find(({ name }) => name === table)?.chains.get(chain)?.rules ?? [];
  return new Map(rules.map((rule) => [spellingOf(rule), rule]));
}

const spellingOf = ({ matches, target }: Rule): string =>
  matches.map(printMatch).join('') + (target ? printTarget(target) : '');

function placeOf(field: RuleField, places: FieldPlaces): FieldPlace | null {
  switch (field.of) {
    case 'service':
      return places.service(field.service, field.path);
    case 'target-port':
      return places.isOfPod(field.service, field.address) ? places.service(field.service, field.path) : null;
    case 'endpoint-port':
      return places.endpointPort(field.service, field.address, field.port);
    case 'endpoint':
      return (
        places.endpoint(field.service, field.address) ??
        places.replicas(field.service) ??
        places.service(field.service, ['spec', 'selector'])
      );
    case 'endpoint-ready':
      return places.endpointReady(field.service, field.address);
    case 'configuration':
      return places.configuration(field.path);
  }
}
