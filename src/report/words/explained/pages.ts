import type { FindingCode } from '../../../lint/finding.ts';
import { findingTexts as ko } from '../ko/explained.ts';
import type { Language } from '../language.ts';
import { driftPages } from './drift.ts';
import { endpointPages, exposurePages } from './manifests.ts';
import { nodePages } from './node.ts';
import { ingressPages, objectPages } from './objects.ts';
import type { FindingPage, FindingTexts } from './page.ts';
import { rulePages, silencePages, textPages } from './rules.ts';
import { servicePages } from './services.ts';

/** The page of every finding. */
export const findingPages: Readonly<Record<FindingCode, FindingPage>> = {
  ...servicePages,
  ...rulePages,
  ...nodePages,
  ...endpointPages,
  ...exposurePages,
  ...objectPages,
  ...ingressPages,
  ...driftPages,
  ...textPages,
  ...silencePages,
};

/** What each finding is, in each language. */
export const findingTexts: Readonly<Record<Language, Readonly<Record<FindingCode, FindingTexts>>>> = {
  en: findingPages,
  ko,
};
