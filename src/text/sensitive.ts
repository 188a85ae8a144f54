import type { Source } from './source.ts';

/** Keys of Kubernetes' objects under which people keep what is nobody's business. */
const sensitive = /^["']?(?:annotations|args|command|data|env|stringData)["']?\s*:/;
/** The configuration of kube-proxy lies in a ConfigMap, and is what is asked about. */
const asked = /^["']?config\.conf["']?\s*:/;

/** So far upwards the keys are looked for that a line stands under. */
const mostLines = 2000;

/**
 * Whether a line of YAML or JSON may hold a secret: it stands, by its indentation, under a key of which that is to be feared.
 */
export function mayHoldSecret({ text }: Source, lineStart: number, line: string): boolean {
  if (!/annotations|args|command|data|env/i.test(text.slice(0, lineStart) + line)) return false;
  if (line.length > 500) return /"(?:annotations|args|command|data|env|stringData)"\s*:/.test(line);
  let indent = depthOf(line);
  let isElement = line.trimStart().startsWith('-');
  let end = lineStart - 1;
  for (let count = 0; end > 0 && indent >= 0 && count < mostLines; count += 1) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const above = text.slice(start, end);
    if (/^---/.test(above)) return false;
    const depth = depthOf(above);
    const key = above.replace(/^[\s-]*/, '');
    // A list may stand as deep as the key that it belongs to.
    if (
      key !== '' &&
      (depth < indent || (depth === indent && isElement && !above.trimStart().startsWith('-')))
    ) {
      if (asked.test(key)) return false;
      if (sensitive.test(key)) return true;
      indent = depth;
      isElement = above.trimStart().startsWith('-');
    }
    end = start - 1;
  }
  return sensitive.test(line.trimStart().replace(/^-\s*/, ''));
}

const depthOf = (line: string) => /^\s*/.exec(line)?.[0].length ?? 0;

/** The line with stars for all that is no key. */
export function withoutValues(line: string): string {
  const [key = ''] =
    /^\s*(?:- )?(?:"[^"]*"|'[^']*'|[\w./-]+)\s*:\s/.exec(line) ?? /^\s*(?:- )?/.exec(line) ?? [];
  return key + line.slice(key.length).replace(/\S/g, '*');
}
