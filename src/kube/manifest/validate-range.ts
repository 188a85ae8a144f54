import { familyOf } from '../../address/address.ts';
import { canonicalPrefix, faultOfPrefix, parseSloppyPrefix } from '../../address/sloppy.ts';
import { want } from '../../text/expected.ts';
import type { Manifest } from './kinds.ts';
import { reportPrefixFault } from './spelling.ts';
import type { Report } from './validate.ts';

const path = ['spec', 'cidrs'];

/** A ServiceCIDR: one prefix for each family, spelled in the one way that all read alike, in every release. */
export function validateRange({ spec }: Manifest<'ServiceCIDR'>['value'], report: Report): void {
  const texts = spec?.cidrs ?? [];
  if (texts.length === 0)
    report(
      'field-missing',
      path,
      { code: 'prefix-lacks' },
      want.suchAs('10.96.0.0/12', want.thing('prefix')),
    );
  if (texts.length > 2)
    report('field-value', path, { code: 'more-than-two' }, want.thing('prefix-of-each-family'));
  if (texts.length === 0 || texts.length > 2) return;
  texts.forEach((text, index) => {
    const own = [...path, index];
    const isPrefix = parseSloppyPrefix(text) !== undefined;
    if (!isPrefix)
      report(
        'address-syntax',
        own,
        { code: 'no-prefix', text },
        want.suchAs('10.96.0.0/12', want.thing('prefix')),
      );
    else if (faultOfPrefix(text) !== undefined) reportPrefixFault(report, own, text, true);
    else if (text !== canonicalPrefix(text))
      report('address-syntax', own, { code: 'not-canonical', text }, want.written(canonicalPrefix(text)));
  });
  const [first, second] = texts.map((text) => parseSloppyPrefix(text));
  if (first && second && familyOf(first.address) === familyOf(second.address))
    report('field-value', path, { code: 'several-of-family' }, want.thing('prefix-of-each-family'));
}
