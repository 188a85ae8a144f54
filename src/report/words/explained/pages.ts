import type { FindingCode } from '../../../lint/finding.ts';
import { driftPages } from './drift.ts';
import { endpointPages, exposurePages } from './manifests.ts';
import { nodePages } from './node.ts';
import { ingressPages, objectPages } from './objects.ts';
import type { FindingPage } from './page.ts';
import { rulePages, silencePages } from './rules.ts';
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
  ...silencePages,
};
