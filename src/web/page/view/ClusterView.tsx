import { useMemo } from 'preact/hooks';
import { formatAddress } from '../../../address/address.ts';
import { type Service, serviceKey, type TrafficPolicy } from '../../../kube/cluster/model.ts';
import type { Version } from '../../../session/version.ts';
import { explainCommand } from '../model/command.ts';
import { clientId, clientsFor, type Door, doorsOf, sharesOf, waysBy } from '../model/flow.ts';
import { type Changes, type Stage, stageOf, unchanged } from '../model/scene.ts';
import { go, linkTo, namesIn, place } from '../state.ts';
import type { Words } from '../words/en.ts';
import { words } from '../words.ts';
import { ClusterColumns } from './ClusterColumns.tsx';
import { Copyable } from './Copyable.tsx';
import { FlowPicture } from './FlowPicture.tsx';
import { nameClient, nameEntry } from './names.ts';
import { chosenService, Picks } from './Picks.tsx';
import { PolicyPick } from './PolicyPick.tsx';
import { Select } from './Select.tsx';
import { Unserved } from './Unserved.tsx';

/** A service's connections through the whole cluster, as it is and with changes that are tried. */
export function ClusterView({ version }: { readonly version: Version }) {
  const w = words.value;
  const service = chosenService(version);
  const here = place.value;
  const changes = changesOf(here);
  const key = service ? serviceKey(service) : '';
  const now = useMemo(() => stageFor(version, service, changes), [version, key, JSON.stringify(changes)]);
  const was = useMemo(() => stageFor(version, service, unchanged), [version, key]);
  const portNow = now?.service.ports[Number(here.port)] ?? now?.service.ports[0];
  const portWas = was?.service.ports[Number(here.port)] ?? was?.service.ports[0];
  const isChanged = linkTo({}) !== linkTo(asItWas);
  if (!service || !now || !was || !portNow || !portWas) {
    return (
      <section aria-labelledby="view-title">
        <h2 id="view-title">{w.cluster}</h2>
        <Picks version={version} service={service} />
        <Unserved version={version} service={service} />
      </section>
    );
  }
  const doors = doorsOf(version, was, portWas);
  const door = doors.find(({ id }) => id === here.entry) ?? doors[0];
  const nowDoor = door && (doorsOf(version, now, portNow).find(({ id }) => id === door.id) ?? door);
  const clients = clientsFor(now, portNow);
  const isInside = door?.kind === 'entry' && door.entry.kind === 'cluster-ip';
  const client =
    clients.find((one) => clientId(one) === here.client) ?? clients[isInside && clients.length > 1 ? 1 : 0];
  if (!door || !nowDoor || !client) {
    return (
      <section aria-labelledby="view-title">
        <h2 id="view-title">{w.cluster}</h2>
        <Picks version={version} service={service} />
        <p class="empty">{w.none}</p>
      </section>
    );
  }
  const ways = waysBy(now, portNow, nowDoor, client) ?? [];
  const waysWere = isChanged ? (waysBy(was, portWas, door, client) ?? []) : null;
  const shares = (list: typeof ways) => sharesOf(list, formatAddress(client.address));
  const isOtherPolicy = here.external !== '' || here.internal !== '';
  const isOther = isOtherPolicy || here.gone !== '';
  return (
    <section aria-labelledby="view-title">
      <h2 id="view-title">{w.cluster}</h2>
      <Picks version={version} service={service} />
      <div class="picks">
        <Select
          label={w.entry}
          value={door.id}
          options={doors.map((one) => ({ value: one.id, text: nameDoor(one, w) }))}
          onChange={(entry) => go({ entry })}
        />
        {door.kind === 'entry' && (
          <Select
            label={w.who}
            value={clientId(client)}
            options={clients.map((one) => ({
              value: clientId(one),
              text: `${nameClient(one, w)} (${formatAddress(one.address)})`,
            }))}
            onChange={(name) => go({ client: name })}
          />
        )}
        <PolicyPick
          field="externalTrafficPolicy"
          label={w.external}
          value={here.external}
          own={service.externalTrafficPolicy}
          onChange={(external) => go({ external })}
        />
        <PolicyPick
          field="internalTrafficPolicy"
          label={w.internal}
          value={here.internal}
          own={service.internalTrafficPolicy}
          onChange={(internal) => go({ internal })}
        />
        {isChanged && (
          <button type="button" onClick={() => go(asItWas)}>
            {w.reset}
          </button>
        )}
      </div>
      <FlowPicture stage={now} door={nowDoor} client={client} ways={ways} />
      <ClusterColumns
        version={version}
        service={service}
        door={nowDoor}
        client={client}
        now={shares(ways)}
        was={waysWere && shares(waysWere)}
      />
      {isOtherPolicy && (
        <p>
          {w.policyField}: {here.external !== '' && <code>spec.externalTrafficPolicy: {here.external} </code>}
          {here.internal !== '' && <code>spec.internalTrafficPolicy: {here.internal}</code>}
        </p>
      )}
      <Copyable
        label={isOther ? w.sameCommandThen : w.sameCommand}
        text={explainCommand(version, key, changes.off, changes.dead)}
      />
    </section>
  );
}

const asItWas = { off: '', dead: '', external: '', internal: '', gone: '' };

function stageFor(version: Version, service: Service | undefined, changes: Changes): Stage | null {
  return service && service.unproxied === null ? stageOf(version, serviceKey(service), changes) : null;
}

function changesOf({ off, dead, external, internal, gone }: typeof place.value): Changes {
  const policy = (text: string): TrafficPolicy | null =>
    text === 'Cluster' || text === 'Local' ? text : null;
  return {
    off: namesIn(off),
    dead: namesIn(dead),
    external: policy(external),
    internal: policy(internal),
    gone: namesIn(gone),
  };
}

function nameDoor(door: Door, w: Words): string {
  if (door.kind === 'entry') {
    const { address, port, via } = door.entry;
    return `${nameEntry(door.entry, w)} ${formatAddress(address)}:${port}${via === null ? '' : ` → ${via}`}`;
  }
  const { ingress, request } = door.row.trace;
  return `${w.ingress} ${ingress?.key ?? ''}: ${request.scheme}://${request.host}${request.path}`;
}
