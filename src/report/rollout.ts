import { formatEndpoint } from '../address/address.ts';
import {
  type ConnectionFate,
  type FateBy,
  type Front,
  isLeftAlone,
  type RolloutRow,
} from '../diff/rollout.ts';

/** What open connections meet, of two sides by name. */
export interface RolloutReport {
  readonly before: string;
  readonly after: string;
  readonly rows: readonly RolloutRow[];
}

const fateWords: Readonly<Record<ConnectionFate, string>> = {
  'goes-on': 'goes on',
  ending: 'goes on until its pod ends',
  dead: 'goes on to an address that serves no more',
  'chosen-anew': 'its entry is deleted: the next packet goes to an endpoint that is chosen anew',
  refused: 'its entry is deleted: the next packet is refused, as no endpoint is left',
  'not-translated': 'its entry is deleted, and no rule knows the address that it calls any more',
  unknown: 'whether its entry is deleted is not known',
};

/** `{"rows": [{"service", "protocol", "endpoint", "fronts", "fates"}]}`, those that are left alone included. */
export function printRolloutJson({ rows }: RolloutReport): string {
  const lines = rows.map((row) => JSON.stringify({ ...row, fronts: row.fronts.map(sayFront) }));
  return `{"rows": [\n${lines.join(',\n')}\n]}\n`;
}

/** The connections that a change does not leave alone, for people. */
export function printRolloutText({ before, after, rows }: RolloutReport): string {
  const touched = rows.filter((row) => !isLeftAlone(row));
  const dead = touched.filter(({ fates }) => fates.some(({ fate }) => fate === 'dead'));
  const counted = `${touched.length} of ${rows.length} kinds of open connections`;
  const head =
    touched.length === 0 ? 'open connections go on as they are' : `${counted} do not go on as they are`;
  const worst = dead.length === 0 ? '' : `; ${dead.length} go on to an address that serves no more`;
  return [
    `${before} → ${after}: ${head}${worst}`,
    '',
    ...touched.flatMap(printRow),
    'Assumptions: what belongs to a known connection passes all filters; a pod that is gone answers nothing; each change is seen by',
    'a kube-proxy that runs. Entries of TCP and SCTP are deleted by no release.',
    '',
  ].join('\n');
}

function printRow({ service, port, protocol, endpoint, fronts, fates }: RolloutRow): string[] {
  return [
    `${service}${port === '' ? '' : `:${port}`}, ${protocol} to ${endpoint}, opened at ${fronts.map(sayFront).join(', ')}`,
    ...fates.map((one) => `  ${sayReleases(one)}: ${fateWords[one.fate]}`),
    '',
  ];
}

function sayReleases({ releases }: FateBy): string {
  const [first, last] = [releases[0], releases.at(-1)];
  return `kube-proxy ${first === last ? first : `${first} to ${last}`}`;
}

function sayFront(front: Front): string {
  return front.kind === 'address' ? formatEndpoint(front.address, front.port) : `node port ${front.port}`;
}
