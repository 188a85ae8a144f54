import { useState } from 'preact/hooks';
import { words } from '../words.ts';

/** A text to take along. */
export function Copyable({ label, text }: { readonly label: string; readonly text: string }) {
  const w = words.value;
  const [copied, setCopied] = useState('');
  const copy = async () => {
    // A browser may refuse; then the text is still there to be marked.
    await navigator.clipboard?.writeText(text).then(
      () => setCopied(text),
      () => {},
    );
  };
  return (
    <>
      <h3>{label}</h3>
      <div class="share-box">
        <code>{text}</code>
        <button type="button" onClick={copy} aria-label={`${w.copy}: ${label}`}>
          {copied === text ? w.copied : w.copy}
        </button>
      </div>
    </>
  );
}
