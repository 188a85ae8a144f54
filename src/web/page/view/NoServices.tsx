import type { Version } from '../../../session/version.ts';
import { words } from '../words.ts';

/** Why there is nothing to choose from, and what to give kubenat instead. */
export function NoServices({ version: { data } }: { readonly version: Version }) {
  const w = words.value;
  const command = data.rules
    ? `kubenat report --rules ${data.rules.name} --cluster cluster.yaml`
    : 'kubectl get nodes,services,endpointslices,ingresses -A -o yaml';
  return (
    <div class="empty">
      <p>{data.rules ? w.onlyRules : w.noServices}</p>
      <p>
        {data.rules ? w.giveObjects : w.giveServices} <code>{command}</code>
      </p>
    </div>
  );
}
