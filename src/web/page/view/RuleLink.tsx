import { chainKey, type RulePlace } from '../../../engine/program.ts';
import type { NodeView } from '../../../session/version.ts';
import { textsOf } from '../model/texts.ts';
import { place as here, linkTo } from '../state.ts';
import { words } from '../words.ts';

export function ruleId({ table, chain, number }: RulePlace): string {
  return `${chainKey(table, chain)}/${number}`;
}

interface Props {
  readonly place: RulePlace;
  readonly view: NodeView;
  /** Its name alone, without its text. */
  readonly short?: boolean;
}

/** A rule by its readable name, its line in the dump and its own text; the link shows where it comes from. */
export function RuleLink({ place, view, short = false }: Props) {
  const id = ruleId(place);
  const texts = textsOf(view);
  return (
    <a class="rule" href={linkTo({ rule: id })} aria-current={here.value.rule === id ? 'true' : undefined}>
      <span class="number">
        {place.table} {texts.chain(place.table, place.chain)} {place.number} ({words.value.line}{' '}
        {texts.line(place.rule)})
      </span>
      {!short && (
        <>
          {' '}
          <code>{texts.text(place.rule)}</code>
        </>
      )}
    </a>
  );
}
