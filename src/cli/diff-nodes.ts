import { agreementKey, type NodesReport } from '../report/diff-nodes.ts';
import type { DiffReport } from '../session/comparison.ts';
import { type CompareRequest, compareSides } from '../session/comparison.ts';
import { refuse } from '../session/refuse.ts';
import type { OpenSide } from '../session/side.ts';
import type { Problem } from '../text/problem.ts';

/** Compares on every node that both sides have, and puts nodes together on which the change does the same. */
export function compareNodes(
  before: OpenSide,
  after: OpenSide,
  request: CompareRequest,
): { readonly report: NodesReport; readonly problems: readonly Problem[] } {
  const [had, has] = [nodesOf(before), nodesOf(after)];
  const groups = new Map<string, { nodes: string[]; report: DiffReport }>();
  const problems: Problem[] = [];
  for (const node of had.filter((name) => has.includes(name))) {
    const { report, problems: found } = compareSides(before, after, { ...request, node });
    problems.push(...found.filter(({ message }) => problems.every((known) => known.message !== message)));
    const key = agreementKey(report);
    const group = groups.get(key);
    if (group) group.nodes.push(node);
    else groups.set(key, { nodes: [node], report });
  }
  const onlyBefore = had.filter((name) => !has.includes(name));
  const onlyAfter = has.filter((name) => !had.includes(name));
  const list = [...groups.values()];
  if (list.length === 0) {
    refuse(`no node is on both sides: ${had.join(', ')}; ${has.join(', ')}`, 'two versions of one cluster');
  }
  // Nothing is proved of a node that one side alone has.
  const differs = onlyBefore.length + onlyAfter.length > 0 || list.some(({ report }) => report.status === 1);
  const names = { before: before.name, after: after.name };
  return { report: { ...names, groups: list, onlyBefore, onlyAfter, status: differs ? 1 : 0 }, problems };
}

function nodesOf({ name, nodes }: OpenSide): readonly string[] {
  return nodes ?? refuse(`${name} is a dump of one node`, '--nodes all with manifests on both sides');
}
