import { diffJson } from './diff-json.ts';
import { type GoldenEntry, reportOf } from './golden-text.ts';

/** `{"files": [{"file", "node", "family", "status", "change"?}]}`; `change` is what `kubenat diff --format json` says. */
export function printGoldenJson(entries: readonly GoldenEntry[]): string {
  const files = entries.map(({ path, result }) => ({
    file: path,
    node: result.node,
    family: result.family,
    status: result.status,
    ...(result.status === 'changed' ? { change: diffJson(reportOf(result.change)) } : {}),
  }));
  return `${JSON.stringify({ files }, null, 1)}\n`;
}
