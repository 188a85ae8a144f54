import type { Family } from '../address/address.ts';
import { want } from '../text/expected.ts';
import { type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { readSmallDocument } from './document.ts';
import { readHostFields } from './fields.ts';
import { isIpJson, readEntries } from './ip-json.ts';
import { isIpText, readIpText } from './ip-text.ts';
import type { HostFields } from './model.ts';

export interface ReadHost {
  readonly fields: HostFields;
  readonly problems: readonly Problem[];
}

/**
 * A node's network from a file: YAML or JSON, or what `ip` and `sysctl` print, `-json` or as people read it. Throws an
 * InputError with every problem.
 */
export function readHost(source: Source, family: Family): ReadHost {
  if (isIpText(source.text)) return readPrinted(source, family);
  const document = readSmallDocument(source);
  const { value } = document;
  if (!isIpJson(value)) {
    const fields = readHostFields(document, value, [], family);
    refuseErrors(document.problems);
    return { fields, problems: document.problems };
  }
  const listed = readEntries(value, family, (index, message) =>
    document.report([index], 'address-syntax', message, want.thing('ip-json')),
  );
  refuseErrors(document.problems);
  return { fields: { listed }, problems: document.problems };
}

function readPrinted(source: Source, family: Family): ReadHost {
  const { entries, sysctls, strange } = readIpText(source.text);
  const spanOf = ({ text, start }: { text: string; start: number }) => ({
    source,
    start,
    end: start + text.length,
  });
  const problems: Problem[] = strange.map((line) => ({
    code: 'field-unknown',
    severity: 'warning',
    message: 'a line that neither ip nor sysctl prints; it is passed over',
    span: spanOf(line),
  }));
  const listed = readEntries(
    entries.map(({ entry }) => entry),
    family,
    (index, message) => {
      const line = entries[index]?.line;
      problems.push({
        code: 'address-syntax',
        severity: 'error',
        message,
        ...(line ? { span: spanOf(line) } : {}),
      });
    },
  );
  refuseErrors(problems);
  return { fields: { listed, ...(sysctls.size > 0 ? { sysctls } : {}) }, problems };
}
