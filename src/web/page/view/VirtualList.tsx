import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Rows above and below what is seen, so that the focus can move on to one that is not seen yet. */
const margin = 8;

interface Props<T> {
  readonly items: readonly T[];
  readonly label: string;
  /** Header cells. */
  readonly head: ComponentChildren;
  readonly row: (item: T) => ComponentChildren;
  readonly keyOf: (item: T) => string;
}

/** A table of which only the rows in sight exist. All rows have the height that the style sheet says (`--row`). */
export function VirtualList<T>({ items, label, head, row, keyOf }: Props<T>) {
  const box = useRef<HTMLElement>(null);
  const [view, setView] = useState({ first: 0, last: 40, height: 44 });
  const measure = () => {
    const element = box.current;
    if (!element) return;
    const height = Number.parseFloat(getComputedStyle(element).getPropertyValue('--row')) || 44;
    const first = Math.max(0, Math.floor(element.scrollTop / height) - margin);
    const last = Math.ceil((element.scrollTop + element.clientHeight) / height) + margin;
    const isSame = (old: typeof view) => old.first === first && old.last === last && old.height === height;
    setView((old) => (isSame(old) ? old : { first, last, height }));
  };
  useEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useEffect(measure, [items.length]);
  useEffect(() => {
    // On paper all rows are in sight.
    const showAll = () => setView((old) => ({ ...old, first: 0, last: items.length }));
    addEventListener('beforeprint', showAll);
    addEventListener('afterprint', measure);
    return () => {
      removeEventListener('beforeprint', showAll);
      removeEventListener('afterprint', measure);
    };
  }, [items.length]);
  const first = Math.min(view.first, Math.max(0, items.length - 1));
  const shown = items.slice(first, view.last);
  const below = items.length - first - shown.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="list" ref={box} onScroll={measure} tabIndex={0} aria-label={label}>
      <table aria-rowcount={items.length + 1}>
        <thead>
          <tr aria-rowindex={1}>{head}</tr>
        </thead>
        <tbody>
          <tr class="spacer" style={{ height: `${first * view.height}px` }} />
          {shown.map((item, index) => (
            <tr key={keyOf(item)} aria-rowindex={first + index + 2}>
              {row(item)}
            </tr>
          ))}
          <tr class="spacer" style={{ height: `${below * view.height}px` }} />
        </tbody>
      </table>
    </section>
  );
}
