import { told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import { InputError, type Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { SessionDetail } from '../detail.ts';
import { mergeChecks } from './check.ts';
import { mergeDiffs } from './diff.ts';
import { mergeMoves } from './migrate.ts';
import type { Merged, PartResult } from './part.ts';

/** What one run would have said, of the results of all of its parts. Throws an InputError. */
export function mergeResults(sources: readonly Source[]): Merged {
  const results = sources.map(readResult);
  const [first] = results;
  if (!first) throw new InputError([problem({ code: 'no-results' })]);
  const stranger = results.find(
    ({ command, shard }) => command !== first.command || shard.of !== first.shard.of,
  );
  if (stranger) {
    throw new InputError([
      problem({ code: 'parts-of-two-runs', one: partOf(stranger), other: partOf(first) }),
    ]);
  }
  const byPart = new Map<number, PartResult>();
  for (const one of results) {
    const twin = byPart.get(one.shard.part);
    if (twin)
      throw new InputError([
        problem({ code: 'both-one-part', one: twin.name, other: one.name, part: one.shard.part }),
      ]);
    byPart.set(one.shard.part, one);
  }
  const wanted = Array.from({ length: first.shard.of }, (_, at) => at + 1);
  const missing = wanted.filter((part) => !byPart.has(part));
  if (missing.length > 0)
    throw new InputError([
      problem({ code: 'parts-missing', of: first.shard.of, missing: missing.join(', ') }),
    ]);
  const parts = wanted.map((part) => byPart.get(part) as PartResult);
  return commands[first.command].merge(parts);
}

const commands = {
  diff: { sign: 'onlyBefore', merge: mergeDiffs },
  check: { sign: 'findings', merge: mergeChecks },
  migrate: { sign: 'exceptions', merge: mergeMoves },
} as const;

function readResult({ name, text }: Source): PartResult {
  const expected = want.thing('shard-output');
  let value: PartResult['value'];
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError([problem({ code: 'not-json', name }, expected)]);
  }
  const names = Object.keys(commands) as (keyof typeof commands)[];
  const command = names.find((one) => Object.hasOwn(Object(value), commands[one].sign));
  const shard = Object(value).shard as PartResult['shard'] | undefined;
  if (command === undefined) throw new InputError([problem({ code: 'no-merged-result', name }, expected)]);
  if (!shard || !Array.isArray(shard.all) || !(shard.part >= 1 && shard.part <= shard.of))
    throw new InputError([problem({ code: 'no-shared-part', name }, expected)]);
  return { name, command, shard, value };
}

const partOf = ({ name, command, shard }: PartResult) => ({ name, command, ...shard });

const problem = (detail: SessionDetail, expected?: Expected): Problem => ({
  code: 'merge-parts',
  severity: 'error',
  ...told<SessionDetail>(detail),
  ...(expected !== undefined && { expected }),
});
