import { told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source, Span } from '../../text/source.ts';
import type { ManifestDetail } from './detail.ts';
import { isTyped } from './typed-line.ts';

/** How kubectl says that it cannot, in the line of its log or by itself. */
export const kubectlFails =
  /^(?:[EW]\d{4} [\d:.]+ +\d+ \S+\] |error: |Error from server|The connection to the server |Unable to connect to the server)/;

const failed: { readonly what: ManifestDetail; readonly give: Expected } = {
  what: { code: 'kubectl-failed' },
  give: want.thing('kubectl-where-it-can'),
};

/** What kubectl prints that says too little, or says it in a form that is not read. */
const listings: readonly {
  readonly sign: RegExp;
  readonly every: boolean;
  readonly what: ManifestDetail;
  readonly give: Expected;
}[] = [
  { sign: kubectlFails, every: false, ...failed },
  {
    sign: /^Name: {2,}\S/,
    every: false,
    what: { code: 'is-describe' },
    give: want.thing('kubectl-yaml'),
  },
  {
    sign: /^[a-z][a-z0-9.-]*\/[a-z0-9][a-z0-9.:-]*$/,
    every: true,
    what: { code: 'is-names' },
    give: want.thing('kubectl-yaml-not-names'),
  },
  {
    sign: /^[a-z0-9][a-z0-9./-]*(?: {2,}\S+(?: \S+)*){2,}$/,
    every: true,
    what: { code: 'is-without-header' },
    give: want.thing('kubectl-with-header'),
  },
];

/** The problem of a text that kubectl printed and that is no YAML; undefined where it is none of these. */
export function refusedListing(source: Source): (Problem & { readonly span: Span }) | undefined {
  const first = saidLine(source.text, () => true);
  if (first === undefined) return undefined;
  const listing = listings.find(
    ({ sign, every }) =>
      sign.test(first) && (!every || saidLine(source.text, (line) => !sign.test(line)) === undefined),
  );
  if (!listing) return undefined;
  const start = source.text.indexOf(first);
  return refusal(listing, { source, start, end: start + first.length });
}

/** Of a line among the rows of a table in which kubectl says that it cannot. */
export const failedAnswer = (span: Span) => refusal(failed, span);

function refusal(
  { what, give }: { what: ManifestDetail; give: Expected },
  span: Span,
): Problem & { readonly span: Span } {
  return { code: 'table-syntax', severity: 'error', ...told<ManifestDetail>(what), span, expected: give };
}

/** The first line of which that is so, without blanks at its end, among those that hold something and were not typed. */
function saidLine(text: string, isWanted: (line: string) => boolean): string | undefined {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end).trimEnd();
    if (line !== '' && !isTyped(line) && isWanted(line)) return line;
    start = end + 1;
  }
  return undefined;
}
