import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { words } from '../words.ts';

interface Props {
  /** What the children need is there already. */
  readonly ready: boolean;
  readonly children: () => ComponentChildren;
}

/** Says that there is work to be done before the browser is busy with it, and has no time to say anything. */
export function Later({ ready, children }: Props) {
  const [begun, setBegun] = useState(ready);
  useEffect(() => {
    // Two frames: one to show it, one to have shown it.
    const frame = requestAnimationFrame(() => requestAnimationFrame(() => setBegun(true)));
    return () => cancelAnimationFrame(frame);
  }, []);
  return <>{begun || ready ? children() : <p role="status">{words.value.working}</p>}</>;
}
