import { type FieldPlace, FieldPlaces } from '../cluster/field-places.ts';
import { fieldOf, type RuleField } from '../compile/fields.ts';
import type { KubeObject } from '../manifest/kinds.ts';
import type { RulePlace } from '../packet/program.ts';
import type { Ruleset } from '../rule/ruleset.ts';

/** The field that a rule of a compiled side came of; null where none is known. */
export type FieldFinder = (place: RulePlace) => FieldPlace | null;

/** The rules of a side were written and read again, and stand where they stood. */
export function fieldFinder(compiled: Ruleset, objects: readonly KubeObject[]): FieldFinder {
  const places = new FieldPlaces(objects);
  return ({ table, chain, number }) => {
    const chains = compiled.tables.find(({ name }) => name === table)?.chains;
    const rule = chains?.get(chain)?.rules[number - 1];
    const field = rule ? fieldOf(chain, rule) : null;
    return field && placeOf(field, places);
  };
}

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
