import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import { type Service, serviceKey } from '../../../cluster/model.ts';
import type { Client } from '../../../path/clients.ts';
import type { Door, Shares } from '../model/flow.ts';
import { formatPercent } from '../model/layout.ts';
import type { Version } from '../model/version.ts';
import { words } from '../words.ts';
import { NodeCard } from './NodeCard.tsx';
import { nameClient, nameEntry } from './PacketForm.tsx';

interface Props {
  readonly version: Version;
  readonly service: Service;
  readonly door: Door;
  readonly client: Client;
  readonly now: Shares;
  /** Before the changes; null where there are none. */
  readonly was: Shares | null;
}

const mostNodes = 60;

/** From left to right: who calls and by what, the nodes, the pods. */
export function ClusterColumns({ version, service, door, client, now, was }: Props) {
  const w = words.value;
  const nodes = version.cluster.nodes.slice(0, mostNodes);
  const pods = [...new Set([...(was?.pods.keys() ?? []), ...now.pods.keys()])].sort();
  return (
    <section class="columns" aria-label={w.clusterLabel(serviceKey(service))} aria-live="polite">
      <div>
        <h3>{w.clients}</h3>
        <DoorCards door={door} client={client} />
        {now.lost.size > 0 && (
          <>
            <h3>{w.lostConnections}</h3>
            <ul class="cards">
              {[...now.lost].map(([why, { kind, share }]) => (
                <li class="card bad" key={why}>
                  <strong>{formatPercent(share)}</strong> {kind === 'reached' ? '' : w.cell[kind]}
                  <p lang="en">{why}</p>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      <div>
        <h3>{w.nodes}</h3>
        <ul class="cards">
          {nodes.map((node) => (
            <NodeCard key={node.name} node={node} now={now} was={was} />
          ))}
        </ul>
        {version.cluster.nodes.length > nodes.length && (
          <p class="hint">{w.moreRules(version.cluster.nodes.length - nodes.length)}</p>
        )}
      </div>
      <div>
        <h3>{w.pods}</h3>
        {pods.length === 0 && <p class="empty">{w.none}</p>}
        <ul class="cards">
          {pods.map((name) => {
            const pod = now.pods.get(name);
            const before = was?.pods.get(name);
            return (
              <li class={pod ? 'card' : 'card gone'} key={name}>
                <h4>
                  <code>{name}</code> <span class="kind">{(pod ?? before)?.node}</span>
                </h4>
                <ShareBar share={pod?.share ?? 0} was={was === null ? null : (before?.share ?? 0)} />
                {pod && (
                  <div>
                    {w.sees}{' '}
                    {pod.kept ? (
                      <span class="good">✔ {w.ownAddress}</span>
                    ) : (
                      <span class="warn">✘ {pod.sources.join(', ')}</span>
                    )}
                    {before && before.sources.join() !== pod.sources.join() && (
                      <span class="was">
                        {' '}
                        ({w.before}: {before.sources.join(', ')})
                      </span>
                    )}
                  </div>
                )}
                {pod?.broken && (
                  <p class="bad" lang="en">
                    {pod.broken}
                  </p>
                )}
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}

function DoorCards({ door, client }: { readonly door: Door; readonly client: Client }) {
  const w = words.value;
  if (door.kind === 'entry') {
    const { address, port, via } = door.entry;
    return (
      <ul class="cards">
        <li class="card">
          <h4>{nameClient(client, w)}</h4>
          <code>{formatAddress(client.address)}</code>
        </li>
        <li class="card">
          <h4>{nameEntry(door.entry, w)}</h4>
          <code>{formatEndpoint(address, port)}</code> {via !== null && `→ ${via}`}
        </li>
      </ul>
    );
  }
  const { legs, ingress, stop } = door.row.trace;
  return (
    <ul class="cards">
      <li class="card">
        <h4>
          {w.ingress} {ingress?.key}
        </h4>
        {ingress?.className}
      </li>
      {legs.map((leg) => (
        <li class="card" key={`${leg.fromName} ${leg.toName}`} lang="en">
          {leg.fromName} {leg.from !== null && <code>{formatAddress(leg.from)}</code>} → {leg.toName}{' '}
          {leg.to !== null && <code>{formatEndpoint(leg.to, leg.port)}</code>}
        </li>
      ))}
      {stop !== null && (
        <li class="card bad" lang="en">
          {stop}
        </li>
      )}
    </ul>
  );
}

/** A share in figures and as a bar, and what it was. */
export function ShareBar({ share, was }: { readonly share: number; readonly was: number | null }) {
  const w = words.value;
  const isOther = was !== null && Math.abs(was - share) > 1e-9;
  return (
    <div>
      <strong class={isOther ? 'delta' : undefined}>{formatPercent(share)}</strong>
      {isOther && (
        <span class="was">
          {' '}
          ({w.before} {formatPercent(was)})
        </span>
      )}
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
    </div>
  );
}
