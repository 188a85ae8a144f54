import { type Service, serviceKey } from '../../../kube/cluster/model.ts';
import type { Version } from '../../../session/version.ts';
import { serviceRows } from '../model/services.ts';
import { go, place } from '../state.ts';
import { node } from '../store.ts';
import { words } from '../words.ts';
import { Select } from './Select.tsx';
import { ServicePick } from './ServicePick.tsx';

/** The service that is looked at: the one of the place, else the first that kube-proxy serves. */
export function chosenService({ cluster }: Version): Service | undefined {
  const { service: asked } = place.value;
  const { services } = cluster;
  const found = asked === '' ? undefined : services.find((service) => serviceKey(service) === asked);
  return found ?? services.find(({ unproxied }) => unproxied === null) ?? services[0];
}

export function chosenPort({ ports }: Service): Service['ports'][number] | undefined {
  return ports[Number(place.value.port)] ?? ports[0];
}

/** What is looked at: service, port and, where it matters, the node. */
export function Picks({
  version,
  service,
  withNode = false,
}: {
  readonly version: Version;
  readonly service: Service | undefined;
  readonly withNode?: boolean;
}) {
  const w = words.value;
  return (
    <div class="picks">
      {service && <ServicePick keys={serviceRows(version).map(({ key }) => key)} own={serviceKey(service)} />}
      {service && service.ports.length > 1 && (
        <Select
          label={w.port}
          value={place.value.port}
          options={service.ports.map(({ name, port, protocol }, index) => ({
            value: String(index),
            text: `${name === '' ? '' : `${name} `}${port}/${protocol}`,
          }))}
          onChange={(port) => go({ port, entry: '', packet: '', rule: '' })}
        />
      )}
      {withNode && version.nodes.length > 1 && (
        <Select
          label={w.node}
          value={node.value}
          options={version.nodes.map((name) => ({ value: name, text: name }))}
          onChange={(name) => go({ node: name, rule: '', outcome: '0' })}
        />
      )}
    </div>
  );
}
