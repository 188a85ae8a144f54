import { readFlows } from '../../../engine/flows.ts';
import { buildHost, hostFieldsOf } from '../../../host/build.ts';
import { readHost } from '../../../host/read.ts';
import type { PageData } from '../../../report/page.ts';
import { printTraceJson } from '../../../report/trace-json.ts';
import { traceAll } from '../../../session/traces.ts';
import { readVersion } from '../../../session/version.ts';
import type { Source } from '../../../text/source.ts';

/** What `kubenat trace --flows … --format json` prints, worked out in the page: for programs that drive it. */
export function traceFlows({ version: given, options }: PageData, flows: Source): string {
  const version = readVersion(given, options);
  const [node = ''] = version.nodes;
  const { family } = version;
  const { program, rules } = version.nodeView(node);
  const { packets, host } = readFlows(flows, family);
  const fields = [
    ...(options.host ?? []).map((source) => readHost(source, family).fields),
    host,
    ...(rules.node ? [hostFieldsOf(rules.node, family)] : []),
  ];
  return printTraceJson(traceAll(program, buildHost(family, fields), packets, false));
}
