import { formatEndpoint } from '../../../address/address.ts';
import { portKey, type Service, serviceKey } from '../../../kube/cluster/model.ts';
import { sayFilled } from '../../../report/paths.ts';
import type { Version } from '../../../session/version.ts';
import { dataKey } from '../../../text/data-key.ts';
import { assumedOf, entryTexts, warningsOf } from '../model/services.ts';
import { language, words } from '../words.ts';
import { chosenPort } from './Picks.tsx';
import { Policy } from './Policy.tsx';

const most = 12;

/** What is known of a service: entries, endpoints, policies, and what was filled in. */
export function ServiceFacts({ version, service }: { readonly version: Version; readonly service: Service }) {
  const w = words.value;
  const key = serviceKey(service);
  const port = chosenPort(service);
  const endpoints = (port && version.cluster.endpoints.get(key)?.get(portKey(port))) ?? [];
  const named = endpoints.slice(0, most).map(({ address, port: number, node, ready }) => {
    const where = node === null ? '' : ` (${node})`;
    return `${ready ? '' : '✘ '}${formatEndpoint(address, number)}${where}`;
  });
  const rest = endpoints.length - named.length;
  const assumed = assumedOf(version, key);
  return (
    <>
      <dl class="facts">
        <div>
          <dt>{w.type}</dt>
          <dd>{service.type}</dd>
        </div>
        {entryTexts(service).map(({ kind, text }) => (
          <div key={kind + text}>
            <dt>{w[kind]}</dt>
            <dd>
              <code>{text}</code>
            </dd>
          </div>
        ))}
        <div>
          <dt>{w.policy}</dt>
          <dd>
            <Policy service={service} />
          </dd>
        </div>
        <div>
          <dt>{w.endpoints}</dt>
          <dd>
            <code>{named.length === 0 ? w.none : named.join(', ')}</code>
            {rest > 0 && ` ${w.moreRules(rest)}`}
          </dd>
        </div>
      </dl>
      {service.unproxied !== null && <p>{w.unproxied[service.unproxied]}</p>}
      {warningsOf(version, service).map((kind) => (
        <p class="warning" key={kind}>
          ⚠ {w[kind]}
        </p>
      ))}
      {assumed.length > 0 && (
        <details>
          <summary>{w.assumedCount(assumed.length)}</summary>
          <ul>
            {assumed.map((one) => (
              <li key={dataKey(one)}>{sayFilled(one, language.value)}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
