import { useMemo } from 'preact/hooks';
import type { NodeView, Version } from '../../../session/version.ts';
import { type Problem, unsaid } from '../../../text/problem.ts';
import { editedView, editsIn, spellEdits } from '../model/edits.ts';
import { go, place } from '../state.ts';
import { attempt, node } from '../store.ts';
import { words } from '../words.ts';
import { Problems } from './Problems.tsx';

/**
 * A node's rules as they are, and with the edits that are tried. `problems`: what is wrong with the edits, such as a rule that
 * is not understood, of which nothing is known then.
 */
export interface TriedView {
  readonly was: NodeView;
  readonly view: NodeView;
  readonly isEdited: boolean;
  readonly problems: readonly Problem[];
}

export function useTried(version: Version): TriedView {
  const was = version.nodeView(node.value);
  const { edits } = place.value;
  return useMemo(() => {
    const made = attempt(() => ({ kind: 'made' as const, view: editedView(version, was, editsIn(edits)) }));
    if (made.kind === 'failed') return { was, view: was, isEdited: false, problems: made.problems };
    const { view } = made;
    const problems = unsaid(view.rules.problems, was.rules.problems);
    return { was, view, isEdited: view !== was, problems };
  }, [version, was, edits]);
}

/** Which rules are edited, and what is wrong with that. */
export function EditedRules({ problems }: { readonly problems: readonly Problem[] }) {
  const w = words.value;
  const edits = editsIn(place.value.edits);
  if (edits.length === 0) return null;
  return (
    <section class="edits" aria-label={w.edits} aria-live="polite">
      <h3>{w.edits}</h3>
      <ul>
        {edits.map(({ rule, text }) => (
          <li key={rule}>
            {rule}: {text === '' ? w.leftOut : <code>{text}</code>}{' '}
            <button
              type="button"
              onClick={() => go({ edits: spellEdits(edits.filter((one) => one.rule !== rule)) })}
            >
              {w.undo}
            </button>
          </li>
        ))}
      </ul>
      {problems.length > 0 && <Problems problems={problems} />}
    </section>
  );
}
