import type { Family } from '../address/address.ts';
import { type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { readSmallDocument } from './document.ts';
import { readHostFields } from './fields.ts';
import { isIpJson, readIpJson } from './ip-json.ts';
import type { HostFields } from './model.ts';

/** A node's network from a file: YAML or JSON, or what `ip -json` prints. Throws an InputError with every problem. */
export function readHost(
  source: Source,
  family: Family,
): { readonly fields: HostFields; readonly problems: readonly Problem[] } {
  const document = readSmallDocument(source);
  const { value } = document;
  const fields = isIpJson(value)
    ? readIpJson(document, value, family)
    : readHostFields(document, value, [], family);
  refuseErrors(document.problems);
  return { fields, problems: document.problems };
}
