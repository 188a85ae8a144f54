import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Way } from '../path/connection.ts';
import type { Leg, UrlTrace } from '../path/url.ts';
import type { Fraction } from '../sets/fraction.ts';
import { assumptionLines } from './assumptions.ts';
import { sayPart } from './parts.ts';
import { nameEnd, nameHop, nameReply } from './path-words.ts';
import { sayClientNote, sayLegEnd, sayPathNote, sayStop } from './paths.ts';
import { formatShare } from './result-words.ts';
import type { Assumption } from './words/assumptions.ts';

/** A request, connection after connection, for people. `assumed`: what was assumed. */
export function printUrlText(trace: UrlTrace, assumed: readonly Assumption[]): string {
  const { request, legs, stop, notes } = trace;
  const url = `${request.scheme}://${request.host}:${request.port}${request.path}`;
  const lines = [
    `${url} called by ${formatAddress(request.client)}`,
    '',
    ...printIngress(trace),
    ...legs.flatMap((leg, index) => [...printLeg(leg, index + 1, legs.length), '']),
    ...(stop === null ? [] : [`It gets no further: ${sayStop(stop)}.`, '']),
    ...printClient(trace),
    ...notes.map((note) => `Note: ${sayPathNote(note)}.`),
    ...assumptionLines(assumed),
  ];
  return `${lines.join('\n')}\n`;
}

function printIngress({ ingress, route, tls, parts, service, port, request }: UrlTrace): string[] {
  if (!ingress) return [];
  const said = parts.map((part) => sayPart(part));
  const width = Math.max(0, ...said.map(({ name }) => name.length)) + 2;
  const rule = route
    ? `${route.host ?? 'every host'}, path ${route.path ?? '/'} (${route.pathType})`
    : 'default backend';
  const to = service && port ? ` -> ${service.namespace}/${service.name} port ${port.port}` : '';
  const ends =
    request.scheme === 'https' && tls?.secret
      ? [`  TLS ends there, with secret ${ingress.namespace}/${tls.secret}`]
      : [];
  return [
    `Ingress ${ingress.key} (class ${ingress.className ?? 'none'}): ${rule}${to}`,
    ...ends,
    ...said.map(({ name, text }) => `  ${name.padEnd(width)}${text}`),
    '',
  ];
}

function printLeg({ from, caller, to, called, port, ways }: Leg, number: number, count: number): string[] {
  const [fromName, toName] = [sayLegEnd(caller), sayLegEnd(called)];
  const source = from === null ? fromName : `${formatAddress(from)} (${fromName})`;
  const place =
    to === null
      ? `${toName}${port === 0 ? '' : `, port ${port}`}`
      : `${formatEndpoint(to, port)} (${toName})`;
  const title = `Connection${count > 1 ? ` ${number}` : ''}: ${source} -> ${place}`;
  if (ways === null) return [title, '  It ends there: what follows is a connection of its own.'];
  return [title, ...printWays(ways)];
}

const mostWays = 12;

function printWays(ways: readonly Way[]): string[] {
  const shown = ways.slice(0, mostWays);
  const rest = ways.length - shown.length;
  return [...shown.flatMap(printWay), ...(rest > 0 ? [`  … and ${rest} more ways`] : [])];
}

function printWay(way: Way): string[] {
  const reply = nameReply(way);
  return [
    `  ${percent(way.weight)} ${nameEnd(way.end)}`,
    ...way.hops.flatMap(nameHop).map((line) => `      ${line}`),
    ...(reply.length === 0 ? [] : ['      the answer:', ...reply.map((line) => `        ${line}`)]),
  ];
}

function percent(weight: Fraction): string {
  return formatShare({ weight }).padStart(7);
}

function printClient({ legs, clientIn, clientNote, stop, request }: UrlTrace): string[] {
  if (stop !== null || legs.length === 0) return [];
  const client = formatAddress(request.client);
  const where = clientIn.length === 0 ? 'nowhere' : clientIn.join(' and ');
  const sources = new Set(
    (legs.at(-1)?.ways ?? []).flatMap(({ end }) =>
      end.kind === 'reached' ? [formatAddress(end.source)] : [],
    ),
  );
  const seen = [...sources].slice(0, 6).join(', ');
  const back = legs.length > 1 ? [`The answers go back to ${client} over connection 1.`] : [];
  return [
    ...back,
    `The pod is called from ${seen}${sources.size > 6 ? ' …' : ''}.`,
    `The client's address ${client} is still to be found in: ${where}${clientNote === null ? '' : ` (${sayClientNote(clientNote)})`}.`,
  ];
}
