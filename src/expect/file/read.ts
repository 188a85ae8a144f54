import { readCarefully, type SmallDocument } from '../../host/document.ts';
import { add, fraction, isLess, subtract, zero } from '../../sets/fraction.ts';
import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { refuseErrors } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { parseShare, type Share } from '../shares.ts';
import { check } from './check.ts';
import type { ExpectationDetail } from './detail.ts';
import { fileShape } from './fields.ts';
import type { ExpectationFile, ExpectationText, RulesText } from './model.ts';

/**
 * Reads an expectation file, YAML or JSON. Throws an InputError with all that is wrong with its form: unknown fields,
 * expectations without a packet or without a claim, shares that do not sum to 1. What its names mean, and whether claims
 * contradict each other, is for `readQuestion` to find out.
 */
export function readExpectations(source: Source): ExpectationFile {
  const document = readCarefully(source);
  check(document, document.value, [], fileShape);
  refuseErrors(document.problems);
  const { expectations, ...rules } = document.value as RulesText & {
    readonly expectations: readonly ExpectationText[];
  };
  for (const [index, expectation] of expectations.entries()) {
    const path = ['expectations', index];
    refuseShares(document, path, expectation);
  }
  refuseErrors(document.problems);
  return { document, rules, expectations };
}

/** All that arrives arrives somewhere: the shares of all endpoints are 1, as far as they are written. */
function refuseShares(
  document: SmallDocument,
  path: readonly (string | number)[],
  { endpoints }: ExpectationText,
): void {
  if (typeof endpoints !== 'object' || Array.isArray(endpoints)) return;
  const shares: Share[] = [];
  for (const [name, text] of Object.entries(endpoints)) {
    const share = parseShare(String(text));
    if (share) shares.push(share);
    else
      document.report(
        [...path, 'endpoints', name],
        'field-value',
        told<ExpectationDetail>({ code: 'no-share', text: `${text}` }),
        want.suchAs('1/3, 33.3%', want.thing('share-of-some')),
      );
  }
  if (shares.length < Object.keys(endpoints).length) return;
  const sum = shares.reduce((all, { value }) => add(all, value), zero);
  const within = shares.reduce((all, share) => add(all, share.within), zero);
  const whole = fraction(1, 1);
  const difference = isLess(sum, whole) ? subtract(whole, sum) : subtract(sum, whole);
  if (!isLess(within, difference)) return;
  const why = told<ExpectationDetail>({ code: 'shares-sum', share: (Number(sum.n) / Number(sum.d)) * 100 });
  document.report([...path, 'endpoints'], 'field-value', why, want.thing('shares-that-sum'));
}
