import type { PortRange } from '../../address/port.ts';
import type { Path } from '../../documents/path.ts';
import { want } from '../../text/expected.ts';
import type { ManifestDetail, ValueKind } from '../manifest/detail.ts';
import { assumeFor, type Draft, type Log, report } from './draft.ts';
import { type ServicePort, serviceKey } from './model.ts';
import { Owners } from './owners.ts';
import { nodePortSpan, Pool } from './pool.ts';

/** Node ports and health check node ports: those that are asked for first, then the rest by hash. */
export function allocateNodePorts(drafts: readonly Draft[], range: PortRange, log: Log): void {
  const pool = new Pool(nodePortSpan(range));
  const owners = new Owners<number>();
  for (const draft of drafts) claimNodePorts(draft, range, pool, owners, log);
  for (const draft of drafts) {
    const ports = wantsNodePorts(draft) ? drawNodePorts(draft, pool, log) : draft.service.ports;
    // The API server gives one to a balancer without node ports, too.
    const healthCheckNodePort = drawHealthCheckPort(draft, pool, log);
    draft.service = { ...draft.service, ports, healthCheckNodePort };
  }
}

function claimNodePorts(draft: Draft, range: PortRange, pool: Pool, owners: Owners<number>, log: Log): void {
  const { ports, healthCheckNodePort } = draft.service;
  const claim = (port: number, path: Path, what: ValueKind): void => {
    owners.claim(port, String(port), draft, path, what, log);
    pool.reserve(port);
    if (port >= range.first && port <= range.last) return;
    const expected = want.orElse(
      want.range(range.first, range.last, 'port'),
      want.thing('another-node-port-range'),
    );
    report(log, draft, path, 'port-range', { code: 'value-out-of-range', what, port }, expected);
  };
  // No other type is given any; those of an ExternalName stay what they are.
  if (!['NodePort', 'LoadBalancer'].includes(draft.service.type)) return;
  const own = new Map<number, number>();
  ports.forEach(({ nodePort, port }, index) => {
    if (nodePort === null) return;
    const path = ['spec', 'ports', index, 'nodePort'];
    const other = own.get(nodePort);
    own.set(nodePort, port);
    if (other === undefined) claim(nodePort, path, 'node-port');
    // Ports of one service may share a node port where they have one number and differ in their protocol; after a change, others, too.
    else if (other !== port && draft.manifest && !draft.manifest.value.metadata?.resourceVersion) {
      const detail: ManifestDetail = { code: 'node-port-of-other', nodePort, port: other };
      report(log, draft, path, 'duplicate', detail, want.thing('own-node-port'));
    }
  });
  if (healthCheckNodePort !== null)
    claim(healthCheckNodePort, ['spec', 'healthCheckNodePort'], 'health-port');
}

function wantsNodePorts({ service, manifest }: Draft): boolean {
  if (service.type === 'NodePort') return true;
  return service.type === 'LoadBalancer' && manifest?.value.spec?.allocateLoadBalancerNodePorts !== false;
}

/** Ports of the same number (DNS over TCP and UDP) get one node port between them, as from the API server. */
function drawNodePorts(draft: Draft, pool: Pool, log: Log): readonly ServicePort[] {
  const byPort = new Map<number, number>();
  for (const { port, nodePort } of draft.service.ports) {
    if (nodePort !== null && !byPort.has(port)) byPort.set(port, nodePort);
  }
  return draft.service.ports.map((port) => {
    if (port.nodePort !== null) return port;
    const nodePort = byPort.get(port.port) ?? drawPort(draft, pool, port.port, log);
    if (nodePort !== null) byPort.set(port.port, nodePort);
    return { ...port, nodePort };
  });
}

function drawHealthCheckPort(draft: Draft, pool: Pool, log: Log): number | null {
  const { service } = draft;
  if (service.type !== 'LoadBalancer' || service.externalTrafficPolicy !== 'Local') return null;
  return service.healthCheckNodePort ?? drawPort(draft, pool, 'health', log);
}

function drawPort(draft: Draft, pool: Pool, port: number | 'health', log: Log): number | null {
  const given = pool.take(`${serviceKey(draft.service)}:${port}`);
  if (!given) {
    report(
      log,
      draft,
      ['spec', 'ports'],
      'range-exhausted',
      { code: 'no-node-port-left' },
      want.thing('larger-node-port-range'),
    );
    return null;
  }
  const { number: nodePort, collided } = given;
  assumeFor(
    log,
    draft,
    port === 'health'
      ? { code: 'health-port', nodePort, collided }
      : { code: 'node-port', port, nodePort, collided },
  );
  return given.number;
}
