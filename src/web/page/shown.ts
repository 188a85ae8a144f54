import { options } from 'preact';
import { visibleLines } from '../../text/excerpt.ts';

/** What else people read or are read beside what stands in an element. */
const alsoRead = ['title', 'aria-label'] as const;

/**
 * Has all text of the page shown as a terminal shows it: what would act (controls, marks that turn the writing direction, by
 * which a name looks like another) is shown as a sign. One place for all, so that none is forgotten.
 */
export function showAllCharacters(): void {
  const { vnode: before } = options;
  options.vnode = (vnode) => {
    if (typeof vnode.props === 'string') Object.assign(vnode, { props: visibleLines(vnode.props) });
    else if (typeof vnode.type === 'string') showAttributes(vnode.props as Record<string, unknown>);
    before?.(vnode);
  };
}

function showAttributes(props: Record<string, unknown>): void {
  for (const name of alsoRead) {
    const said = props[name];
    if (typeof said === 'string') props[name] = visibleLines(said);
  }
}
