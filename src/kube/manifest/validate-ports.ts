import { isPort } from '../../address/port.ts';
import { want } from '../../text/expected.ts';
import { expectedForms, parseQualifiedName } from './names.ts';
import { isHeadless, type ServiceRule, type ServiceSpec, typeOf } from './service-rule.ts';

export const portsRequired: ServiceRule = ({ spec }, report) => {
  if ((spec.ports ?? []).length > 0 || isHeadless(spec) || typeOf(spec) === 'ExternalName') return;
  report('field-missing', ['spec', 'ports'], { code: 'needs-ports' }, want.atLeast(1, 'ports'));
};

export const portNames: ServiceRule = ({ spec }, report) => {
  const ports = spec.ports ?? [];
  if (ports.length < 2) return;
  const seen = new Set<string>();
  ports.forEach(({ name }, index) => {
    const path = ['spec', 'ports', index, 'name'];
    if (!name) report('field-missing', path, { code: 'ports-need-names' }, want.thing('name'));
    else if (seen.has(name)) {
      report('duplicate', path, { code: 'name-of-other-port', name }, want.thing('own-name'));
    } else seen.add(name);
  });
};

const hasNodePorts = (spec: ServiceSpec) =>
  typeOf(spec) === 'NodePort' ||
  (typeOf(spec) === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);

export const duplicatePorts: ServiceRule = ({ spec }, report) => {
  if ((spec.ports ?? []).length < 2) return;
  for (const field of ['port', 'nodePort'] as const) {
    const seen = new Map<string, { readonly nodePort?: number | null }>();
    (spec.ports ?? []).forEach((port, index) => {
      const number = port[field];
      if (!number) return;
      const key = `${number}/${port.protocol || 'TCP'}`;
      const path = ['spec', 'ports', index, field];
      const before = seen.get(key);
      if (before) {
        // The API server names the port itself, where its number is there already.
        const named = field === 'port' ? path.slice(0, -1) : path;
        report('duplicate', named, { code: 'port-twice', field, key }, want.thing('own-port'), 'error', path);
        // Ports of one number get one node port between them.
        if (field === 'port' && !(port.nodePort && before.nodePort) && hasNodePorts(spec)) {
          const own = ['spec', 'ports', index, 'nodePort'];
          report('duplicate', own, { code: 'port-of-before' }, want.thing('own-port'), 'error', path);
        }
      }
      seen.set(key, port);
    });
  }
};

/** A target port that is left open is the port itself. */
export const openTargets: ServiceRule = ({ spec }, report) => {
  (spec.ports ?? []).forEach(({ port, targetPort }, index) => {
    if (targetPort || isPort(port)) return;
    const path = ['spec', 'ports', index];
    report('port-range', [...path, 'targetPort'], { code: 'port-of-port' }, want.range(1, 65535), 'error', [
      ...path,
      'port',
    ]);
  });
};

export const nodePortTypes: ServiceRule = ({ spec }, report) => {
  if (typeOf(spec) !== 'ClusterIP') return;
  (spec.ports ?? []).forEach(({ nodePort }, index) => {
    if (!nodePort) return;
    const path = ['spec', 'ports', index, 'nodePort'];
    report(
      'field-conflict',
      path,
      { code: 'not-for-cluster-ip' },
      want.either('type NodePort', 'LoadBalancer'),
    );
  });
};

/** Clouds that open their firewalls too far would lay the kubelet open. */
const kubeletPort = 10250;

export const kubeletPorts: ServiceRule = ({ spec, release }, report) => {
  if (typeOf(spec) !== 'LoadBalancer' || !release.refusesKubeletPort) return;
  (spec.ports ?? []).forEach(({ port }, index) => {
    if (port !== kubeletPort) return;
    const path = ['spec', 'ports', index, 'port'];
    report('field-value', path, { code: 'kubelet-port', port }, want.thing('another-port-for-balancer'));
  });
};

export const appProtocols: ServiceRule = ({ spec }, report) => {
  (spec.ports ?? []).forEach(({ appProtocol }, index) => {
    if (typeof appProtocol !== 'string' || parseQualifiedName(appProtocol) !== undefined) return;
    const path = ['spec', 'ports', index, 'appProtocol'];
    report('name-syntax', path, { code: 'no-protocol-name', text: appProtocol }, expectedForms.qualified);
  });
};
