import { type Family, families } from '../address/address.ts';
import { agreementKey, type NodesReport } from '../report/diff-nodes.ts';
import type { CommandDetail } from '../report/words/command.ts';
import type { DiffReport } from '../session/comparison.ts';
import { type CompareRequest, compareSides } from '../session/comparison.ts';
import { refuse } from '../session/refuse.ts';
import { type Shard, shareOf } from '../session/shard.ts';
import type { OpenSide } from '../session/side.ts';
import { want } from '../text/expected.ts';
import { type Problem, unsaid } from '../text/problem.ts';

/** Compares on every node that both sides have, and puts nodes together on which the change does the same. */
export function compareNodes(
  before: OpenSide,
  after: OpenSide,
  request: CompareRequest,
  shard: Shard | null,
  /** Is told which part of the nodes is compared. */
  progress?: (done: number) => void,
): { readonly report: NodesReport; readonly problems: readonly Problem[] } {
  const [all, those] = [nodesOf(before), nodesOf(after)];
  const names = shareOf([...new Set([...all, ...those])], shard);
  const own = new Set(names);
  const [had, has] = [all.filter((name) => own.has(name)), those.filter((name) => own.has(name))];
  const there = new Set(has);
  const groups = new Map<string, { nodes: string[]; report: DiffReport; family?: Family }>();
  const problems: Problem[] = [];
  const both = had.filter((name) => there.has(name));
  const compared = familiesOf(before, after, request);
  const asked = both.flatMap((node) => compared.map((family) => ({ node, family })));
  for (const [index, { node, family }] of asked.entries()) {
    progress?.(index / asked.length);
    const { report, problems: found } = compareSides(before, after, { ...request, node, family });
    problems.push(...unsaid(found, problems));
    const key = `${family} ${agreementKey(report)}`;
    const group = groups.get(key);
    if (group) group.nodes.push(node);
    else groups.set(key, { nodes: [node], report, ...(compared.length > 1 && { family }) });
  }
  const hadOnes = new Set(had);
  const onlyBefore = had.filter((name) => !there.has(name));
  const onlyAfter = has.filter((name) => !hadOnes.has(name));
  const list = [...groups.values()];
  if (!all.some((name) => those.includes(name))) {
    refuse<CommandDetail>({ code: 'no-common-node', before: all, after: those }, want.thing('two-versions'));
  }
  // Nothing is proved of a node that one side alone has.
  const differs = onlyBefore.length + onlyAfter.length > 0 || list.some(({ report }) => report.status === 1);
  const sides = { before: before.name, after: after.name };
  const part = shard && { ...shard, all: names };
  return {
    report: { ...sides, groups: list, onlyBefore, onlyAfter, status: differs ? 1 : 0, part },
    problems,
  };
}

/** What either side has addresses of: what one of them lost is compared, too. */
function familiesOf(before: OpenSide, after: OpenSide, { family }: CompareRequest): readonly Family[] {
  if (family) return [family];
  return families.filter((one) => [before, after].some((side) => side.families?.includes(one)));
}

function nodesOf({ name, nodes }: OpenSide): readonly string[] {
  return (
    nodes ?? refuse<CommandDetail>({ code: 'dump-of-one-node', name }, want.thing('nodes-all-with-manifests'))
  );
}
