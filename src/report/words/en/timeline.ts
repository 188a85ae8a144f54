import type { TimelineWords } from '../timeline.ts';

const fates = {
  true: 'its entry is deleted',
  false: 'stays',
  null: 'whether it stays is not known',
} as const;

export const timelineWords: TimelineWords = {
  at: (seconds) => `${seconds} s`,
  flush: 'all entries are deleted',
  changes: { objects: (files) => `objects: ${files}`, rules: (files) => `rules: ${files}` },
  connection: (flow, server, forgotten) => `connection ${flow} with ${server}: ${fates[`${forgotten}`]}`,
};
