import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Client } from '../path/clients.ts';
import type { Entry } from '../path/entries.ts';
import type { ExplainedService, Explanation } from '../path/explain.ts';
import type { IngressRow } from '../path/ingress/rows.ts';
import type { Result } from '../path/results.ts';
import { sayCarrier } from './paths.ts';
import { nameServer } from './result-words.ts';
import { explainWords as en } from './words/en/explain.ts';
import type { ExplainWords } from './words/explain.ts';
import { explainWords as ko } from './words/ko/explain.ts';
import type { Language } from './words/language.ts';

export const explainTables: Readonly<Record<Language, ExplainWords>> = { en, ko };

/** The same results in words, for text and Markdown. */
export function nameEntry(
  { kind, address, port, node, via, mode }: Entry,
  endpoints: Explanation['endpoints'],
  w: ExplainWords,
): string {
  const entry = `${w.entries[kind]} ${formatEndpoint(address, port)}`;
  if (node !== null) return w.onNode(entry, node, hasEndpoint(node, endpoints));
  if (via !== null) return w.handedTo(entry, via);
  return `${entry}${mode === null ? '' : ` (${w.modes[mode]})`}`;
}

function hasEndpoint(node: string, endpoints: Explanation['endpoints']): boolean | null {
  if (endpoints.some((endpoint) => endpoint.node === node)) return true;
  return endpoints.some(({ unplaced }) => unplaced) ? null : false;
}

export function nameClient({ kind, address, node }: Client, w: ExplainWords): string {
  return w.clients[kind](formatAddress(address), node);
}

/** What the result is: `reaches 10.0.1.2:8080 on node-1`. */
export function nameVerdict(result: Result, w: ExplainWords): string {
  return w.verdicts[result.kind](result.server ? nameServer(result, w) : null);
}

/** Where a server behind an Ingress still finds its client. */
export function nameClientFound({ trace: { clientIn } }: IngressRow, language: Language): string {
  const w = explainTables[language];
  return clientIn.length === 0 ? w.nowhere : w.joined(clientIn.map((one) => sayCarrier(one, language)));
}

/** `Ingress default/web: https://testhost.com/* (class gce)`. */
export function nameIngress({ trace: { ingress, route, request } }: IngressRow, w: ExplainWords): string {
  const rule = route ? `${request.scheme}://${route.host ?? '*'}${route.path ?? '/'}` : null;
  return w.ingress(ingress?.key ?? '', rule, ingress?.className ?? null);
}

/** `default/web, port http 80/TCP`. */
export function namePort(key: string, { port }: Explanation, w: ExplainWords): string {
  return w.port(key, `${port.name === '' ? '' : `${port.name} `}${port.port}/${port.protocol}`);
}

export function namePolicies({ service }: Explanation): string {
  const external = service.type === 'ClusterIP' && service.externalAddresses.length === 0;
  return [
    service.type,
    ...(external ? [] : [`externalTrafficPolicy ${service.externalTrafficPolicy}`]),
    ...(service.internalTrafficPolicy === 'Local' ? ['internalTrafficPolicy Local'] : []),
  ].join(', ');
}

const mostEndpoints = 12;

export function nameEndpoints({ endpoints, service }: Explanation, w: ExplainWords): string {
  if (service.endpointsUnknown) return w.notKnown;
  if (endpoints.length === 0) return w.none;
  const named = endpoints
    .slice(0, mostEndpoints)
    .map(({ address, port, node, ready, serving, terminating }) => {
      const state = terminating ? (serving ? 'terminating' : 'gone') : ready ? null : 'notReady';
      return `${w.server(formatEndpoint(address, port), node)}${state === null ? '' : `, ${w.states[state]}`}`;
    });
  const rest = endpoints.length - named.length;
  return [...named, ...(rest > 0 ? [w.more(rest)] : [])].join('; ');
}

/** Why there is no matrix. */
export function nameUnproxied({ key, service }: ExplainedService, w: ExplainWords): string {
  return w.unproxied[service.unproxied ?? 'headless'](key, service.externalName);
}
