import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Client } from '../path/clients.ts';
import type { Entry, EntryKind } from '../path/entries.ts';
import type { ExplainedService, Explanation } from '../path/explain.ts';
import type { IngressRow } from '../path/ingress/rows.ts';
import type { Reason } from '../path/reason.ts';
import type { Result, ResultKind } from '../path/results.ts';

export type ChainName = ExplainedService['chainName'];

/** The same results in words, for text and Markdown. */
const entryNames: Readonly<Record<EntryKind, string>> = {
  'cluster-ip': 'Cluster address',
  'node-port': 'Node port',
  'service-port-on-node': "The service's own port on a node's address",
  'load-balancer': 'Load balancer',
  'external-ip': 'External address',
};

export function nameEntry(
  { kind, address, port, node, via, mode }: Entry,
  endpoints: Explanation['endpoints'],
): string {
  const end = formatEndpoint(address, port);
  if (node !== null) {
    const has = endpoints.some((endpoint) => endpoint.node === node) ? 'has an endpoint' : 'has no endpoint';
    return `${entryNames[kind]} ${end} (${node}, which ${has})`;
  }
  if (via !== null) return `${entryNames[kind]} ${end}, where the network outside hands it to ${via}`;
  const how = { VIP: "keeps the packet's addresses", Proxy: 'makes connections of its own' };
  return `${entryNames[kind]} ${end}${mode === null ? '' : ` (${how[mode]})`}`;
}

export function nameClient({ kind, address, node }: Client): string {
  const text = formatAddress(address);
  switch (kind) {
    case 'endpoint':
      return `the endpoint ${text} itself, on ${node}`;
    case 'pod':
      return `a pod on ${node} (${text})`;
    case 'node':
      return `node ${node} itself (${text})`;
    case 'outside':
      return `outside (${text})`;
    case 'outside-admitted':
      return `outside, within the ranges admitted (${text})`;
  }
}

/** `50 %`, `33.33 %`, `0.01 %`. */
export function formatShare({ weight: { n, d } }: Pick<Result, 'weight'>): string {
  const hundredths = Number((n * 1_000_000n) / d) / 100;
  const rounded = Math.round(hundredths) / 100;
  return `${Number.isInteger(rounded) ? rounded : rounded.toFixed(2)} %`;
}

const verdicts: Readonly<Record<ResultKind, string>> = {
  reached: 'reaches',
  unanswered: 'reaches, but without an answer:',
  dropped: 'is dropped',
  rejected: 'is rejected',
  refused: 'is refused',
  lost: 'gets nowhere',
  left: 'leaves the cluster',
  unknown: 'cannot be told',
};

export function nameServer({ server }: Result): string {
  if (!server) return '';
  const { address, port, node } = server;
  return `${formatEndpoint(address, port)}${node === null ? '' : ` on ${node}`}`;
}

/** What the result is: `reaches 10.0.1.2:8080 on node-1`. */
export function nameVerdict(result: Result): string {
  const server = nameServer(result);
  return server === '' || result.kind === 'left'
    ? verdicts[result.kind]
    : `${verdicts[result.kind]} ${server}`;
}

/** Where a server behind an Ingress still finds its client. */
export function nameClientFound({ trace: { clientIn } }: IngressRow): string {
  return clientIn.length === 0 ? 'nowhere' : clientIn.join(' and ');
}

/** What the server sees. */
export function nameSource(result: Result): string {
  if (result.source === null) return '';
  if (result.preserved) return "sees the client's own address";
  const more = result.alike > 0 ? ` (or another of ${result.alike + 1} nodes)` : '';
  const masked = result.by?.node ?? result.maskedAs;
  const whose = masked === null ? '' : ` (${masked})`;
  return `sees ${formatAddress(result.source)}${more || whose} instead of the client`;
}

/** Why. Empty where nothing needs a reason. */
export function nameWhy({ by, because }: Result, chainName: ChainName): string {
  return [...(by === null ? [] : [nameReason(by, chainName)]), ...(because === null ? [] : [because])].join(
    '; ',
  );
}

function nameReason({ node, table, chain, number, comment }: Reason, chainName: ChainName): string {
  const said = comment === null ? '' : `, “${comment}”`;
  const rule = number === null ? 'a rule' : `rule ${number}`;
  return `by ${rule} of ${table} ${chainName(node, table, chain)} on ${node}${said}`;
}

/** `Ingress default/web: https://testhost.com/* (class gce)`. */
export function nameIngress({ trace: { ingress, route, request } }: IngressRow): string {
  const rule = route ? `${request.scheme}://${route.host ?? '*'}${route.path ?? '/'}` : 'default backend';
  return `Ingress ${ingress?.key}: ${rule} (class ${ingress?.className ?? 'none'})`;
}

/** `default/web, port http 80/TCP`. */
export function namePort(key: string, { port }: Explanation): string {
  return `${key}, port ${port.name === '' ? '' : `${port.name} `}${port.port}/${port.protocol}`;
}

export function namePolicies({ service }: Explanation): string {
  const external = service.type === 'ClusterIP' && service.externalAddresses.length === 0;
  return [
    service.type,
    ...(external ? [] : [`externalTrafficPolicy ${service.externalTrafficPolicy}`]),
    ...(service.internalTrafficPolicy === 'Local' ? ['internalTrafficPolicy Local'] : []),
  ].join(', ');
}

export function nameEndpoints({ endpoints, service }: Explanation): string {
  if (service.endpointsUnknown) return 'not known';
  if (endpoints.length === 0) return 'none';
  const most = 12;
  const named = endpoints.slice(0, most).map(({ address, port, node, ready, serving, terminating }) => {
    const state = terminating
      ? serving
        ? ', terminating'
        : ', terminating and not serving'
      : ready
        ? ''
        : ', not ready';
    return `${formatEndpoint(address, port)}${node === null ? '' : ` on ${node}`}${state}`;
  });
  return [...named, ...(endpoints.length > most ? [`… and ${endpoints.length - most} more`] : [])].join('; ');
}

/** Why there is no matrix. */
export function nameUnproxied({ key, service }: ExplainedService): string {
  if (service.unproxied === 'other-proxy') {
    return `${key} has the label service.kubernetes.io/service-proxy-name: kube-proxy does not see it, and what another proxy does is not known here.`;
  }
  return service.unproxied === 'headless'
    ? `${key} is headless: it has no address of its own. DNS gives clients the pods' addresses, and they call the pods directly, so every source is preserved; outside of the cluster nobody has a route to them.`
    : `${key} is of type ExternalName: DNS answers with the name ${service.externalName}, and no packet meets a rule.`;
}
