import { say } from '../words/said.ts';

/** What the library says, in the reader's language where it is known in it. */
export function Said({ text }: { readonly text: string }) {
  const said = say(text);
  return <span lang={said.lang ?? undefined}>{said.text}</span>;
}
