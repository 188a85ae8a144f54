import { useId } from 'preact/hooks';
import type { NodeView } from '../../../session/version.ts';
import { editsIn, spellEdits, unedited } from '../model/edits.ts';
import { lineOfRule } from '../model/rule-line.ts';
import { go, place } from '../state.ts';
import { words } from '../words.ts';

/** Tries other words for a rule, or to leave it out. `view`: the rules without edits; `shown`: the rule, as it is with them. */
export function RuleEdit({ view, shown }: { readonly view: NodeView; readonly shown: string }) {
  const w = words.value;
  const id = useId();
  const edits = editsIn(place.value.edits);
  const rule = unedited(shown, edits);
  const spec = lineOfRule(view, rule)?.spec;
  if (!spec) return null;
  const own = spec.source.text.slice(spec.start, spec.end);
  const edit = edits.find((one) => one.rule === rule);
  const tryText = (text: string) => {
    const others = edits.filter((one) => one.rule !== rule);
    const all = text === own ? others : [...others, { rule, text: text.trim().replace(/\s+/g, ' ') }];
    go({ edits: spellEdits(all), outcome: '0' });
  };
  return (
    <form
      class="rule-edit"
      onSubmit={(event) => {
        event.preventDefault();
        tryText((event.currentTarget.elements.namedItem('text') as HTMLTextAreaElement).value);
      }}
    >
      <label for={id}>{w.editRule}</label>
      <textarea key={edit?.text} id={id} name="text" class="mono" rows={3} spellcheck={false}>
        {edit?.text ?? own}
      </textarea>
      <button type="submit">{w.tryIt}</button>{' '}
      <button type="button" onClick={() => tryText('')}>
        {w.leaveOut}
      </button>
    </form>
  );
}
