import type { RulePlace } from '../engine/program.ts';
import { printMatch, printTarget } from '../iptables/rule/print.ts';
import type { Rule, Ruleset, TableName } from '../iptables/rule/ruleset.ts';
import { type FieldPlace, FieldPlaces } from '../kube/cluster/field-places.ts';
import type { KubeObject } from '../kube/manifest/kinds.ts';
import { fieldOf, type RuleField } from '../proxy/iptables/fields.ts';

/** The field that a rule of a compiled side came of; null where none is known. */
export type FieldFinder = (place: RulePlace) => FieldPlace | null;

/**
 * Finds the field by what was compiled of the manifests: a rule of the same chain that is spelt the same. The rules
 * themselves may have been written and read again, or be those of a node's dump. Compiles when it is first asked, since
 * the rules with their decisions are large, and many comparisons end without a question.
 */
export function fieldFinder(compile: () => Ruleset, objects: readonly KubeObject[]): FieldFinder {
  const places = new FieldPlaces(objects);
  const spelt = new Map<string, ReadonlyMap<string, Rule>>();
  let compiled: Ruleset | undefined;
  return ({ table, chain, rule }) => {
    compiled ??= compile();
    const key = `${table} ${chain}`;
    const known = spelt.get(key) ?? bySpelling(compiled, table as TableName, chain);
    spelt.set(key, known);
    const own = known.get(spellingOf(rule));
    const field = own ? fieldOf(chain, own) : null;
    return field && placeOf(field, places);
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
    case 'endpoint':
      return (
        places.endpoint(field.service, field.address) ?? places.service(field.service, ['spec', 'selector'])
      );
    case 'configuration':
      return places.configuration(field.path);
  }
}
