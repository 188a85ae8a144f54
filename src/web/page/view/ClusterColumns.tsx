import { type Service, serviceKey } from '../../../kube/cluster/model.ts';
import type { Client } from '../../../path/clients.ts';
import { sayReason } from '../../../report/reasons.ts';
import type { Version } from '../../../session/version.ts';
import type { Door, Shares } from '../model/flow.ts';
import { formatPercent } from '../model/percent.ts';
import { go, namesIn, place } from '../state.ts';
import { language, words } from '../words.ts';
import { DoorCards } from './DoorCards.tsx';
import { NodeCard } from './NodeCard.tsx';
import { ShareBar } from './ShareBar.tsx';

interface Props {
  readonly version: Version;
  readonly service: Service;
  readonly door: Door;
  readonly client: Client;
  readonly now: Shares;
  /** Before the changes; null where there are none. */
  readonly was: Shares | null;
}

/** Takes an endpoint out of the service, or puts it back. `endpoint`: `10.244.1.5:8080`, `[fd00::5]:8080`. */
function EndpointSwitch({ endpoint }: { readonly endpoint: string }) {
  const w = words.value;
  const address = endpoint.replace(/:\d+$/, '').replace(/[[\]]/g, '');
  const gone = namesIn(place.value.gone);
  const isGone = gone.includes(address);
  const say = isGone ? w.putBack : w.takeOut;
  const others = gone.filter((one) => one !== address);
  return (
    <button
      type="button"
      aria-label={say(endpoint)}
      onClick={() => go({ gone: (isGone ? others : [...others, address]).join(',') })}
    >
      {say('').trim()}
    </button>
  );
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
              {[...now.lost].map(([key, { kind, reason, share }]) => (
                <li class="card bad" key={key}>
                  <strong>{formatPercent(share)}</strong> {kind === 'reached' ? '' : w.cell[kind]}
                  {reason && <p>{sayReason(reason, language.value)}</p>}
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
                      <span class="warn">◐ {pod.sources.join(', ')}</span>
                    )}
                    {before && before.sources.join() !== pod.sources.join() && (
                      <span class="was">
                        {' '}
                        ({w.before}: {before.sources.join(', ')})
                      </span>
                    )}
                  </div>
                )}
                {pod?.broken && <p class="bad">{sayReason(pod.broken, language.value)}</p>}
                <EndpointSwitch endpoint={name} />
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}
