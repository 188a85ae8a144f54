import { type Family, families } from '../address/address.ts';
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
  /** Is told which part of the nodes is compared. */
  progress?: (done: number) => void,
): { readonly report: NodesReport; readonly problems: readonly Problem[] } {
  const [had, has] = [nodesOf(before), nodesOf(after)];
  const groups = new Map<string, { nodes: string[]; report: DiffReport; family?: Family }>();
  const problems: Problem[] = [];
  const both = had.filter((name) => has.includes(name));
  const all = familiesOf(before, after, request);
  const asked = both.flatMap((node) => all.map((family) => ({ node, family })));
  for (const [index, { node, family }] of asked.entries()) {
    progress?.(index / asked.length);
    const { report, problems: found } = compareSides(before, after, { ...request, node, family });
    problems.push(...found.filter(({ message }) => problems.every((known) => known.message !== message)));
    const key = `${family} ${agreementKey(report)}`;
    const group = groups.get(key);
    if (group) group.nodes.push(node);
    else groups.set(key, { nodes: [node], report, ...(all.length > 1 && { family }) });
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

/** What either side has addresses of: what one of them lost is compared, too. */
function familiesOf(before: OpenSide, after: OpenSide, { family }: CompareRequest): readonly Family[] {
  if (family) return [family];
  return families.filter((one) => [before, after].some((side) => side.families?.includes(one)));
}

function nodesOf({ name, nodes }: OpenSide): readonly string[] {
  return nodes ?? refuse(`${name} is a dump of one node`, '--nodes all with manifests on both sides');
}
