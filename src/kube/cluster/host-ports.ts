import { fullName, type KubeObject, ofKind } from '../manifest/kinds.ts';
import type { Cluster, HostPort } from './model.ts';
import type { PodSpec } from './pod-spec.ts';
import { hasEnded } from './pods.ts';
import { kindOf, workloadsOf } from './workloads.ts';

/** The ports of nodes that pods, and the templates of workloads, ask for. */
export function hostPortsOf(objects: readonly KubeObject[]): Pick<Cluster, 'hostPorts'> {
  const pods = ofKind(objects, 'Pod').filter((pod) => !hasEnded(pod));
  const hostPorts = [
    ...pods.flatMap((pod) =>
      portsOf(`Pod ${fullName(pod)}`, pod.value.spec, pod.value.spec?.nodeName ?? null),
    ),
    ...workloadsOf(objects).flatMap((one) =>
      portsOf(`${kindOf(one)} ${fullName(one)}`, one.value.spec?.template?.spec, null),
    ),
    ...ofKind(objects, 'CronJob').flatMap((job) =>
      portsOf(`CronJob ${fullName(job)}`, job.value.spec?.jobTemplate?.spec?.template?.spec, null),
    ),
  ];
  return hostPorts.length === 0 ? {} : { hostPorts };
}

/** The API server gives each port of a pod on its node's network a `hostPort` (SetDefaults_PodSpec). */
function portsOf(owner: string, spec: PodSpec | null | undefined, node: string | null): HostPort[] {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return containers.flatMap(({ ports }) =>
    (ports ?? []).flatMap(({ hostPort, containerPort, protocol }) => {
      const port = hostPort || (spec?.hostNetwork ? containerPort : 0);
      return port ? [{ owner, node, protocol: protocol || 'TCP', port }] : [];
    }),
  );
}
