import { join } from 'node:path';
import type { ClusterNode } from '../kube/cluster/model.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { refuse } from '../session/refuse.ts';
import { want } from '../text/expected.ts';
import type { Io } from './io.ts';

/** Which of a cluster's nodes are compiled, and to where. */
export interface NodesFlags {
  readonly nodes?: 'all';
  readonly output?: string;
  readonly shard?: string;
}

/** Names of nodes are DNS names, so that each may name a file; what is none is refused, and no file lands elsewhere. */
const fileName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

/** Writes a file for each node, into a directory that is made where it is missing. Gives the names of the files. */
export function writeNodeFiles(
  io: Io,
  nodes: readonly ClusterNode[],
  folder: string,
  suffix: string,
  textOf: (node: ClusterNode) => string,
): readonly string[] {
  const wrong = nodes.find(({ name }) => !fileName.test(name));
  if (wrong) refuse<CommandDetail>({ code: 'no-file-name', name: wrong.name }, want.thing('dns-name'));
  return nodes.map((node) => {
    const path = join(folder, `${node.name}.${suffix}`);
    io.write(path, textOf(node), 'deep');
    return path;
  });
}
