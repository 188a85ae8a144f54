import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Way } from '../path/connection.ts';
import type { Leg, UrlTrace } from '../path/url.ts';
import type { Fraction } from '../sets/fraction.ts';
import { assumptionLines } from './assumptions.ts';
import { sayPart } from './parts.ts';
import { nameEnd, nameHop, nameReply, urlTables } from './path-words.ts';
import { sayCarrier, sayClientNote, sayLegEnd, sayPathNote, sayStop } from './paths.ts';
import { sayReason } from './reasons.ts';
import { formatShare } from './result-words.ts';
import type { View } from './view.ts';
import type { Assumption } from './words/assumptions.ts';
import type { Language } from './words/language.ts';

/**
 * A request, connection after connection, for people: of each one way hop by hop, and of the others where they end, unless all is
 * asked for. `assumed`: what was assumed.
 */
export function printUrlText(
  trace: UrlTrace,
  assumed: readonly Assumption[],
  view: Pick<View, 'language' | 'verbose'> = {},
): string {
  const { language = 'en', verbose = false } = view;
  const w = urlTables[language];
  const { request, legs, stop, notes } = trace;
  const url = `${request.scheme}://${request.host}:${request.port}${request.path}`;
  const lines = [
    w.called(url, formatAddress(request.client)),
    '',
    ...printIngress(trace, language),
    ...legs.flatMap((leg, index) => [
      ...printLeg(leg, legs.length > 1 ? index + 1 : null, verbose, language),
      '',
    ]),
    ...(stop === null
      ? []
      : [(stop.code === 'pod-untold' ? w.untold : w.noFurther)(sayStop(stop, language)), '']),
    ...printClient(trace, language),
    ...notes.map((note) => w.note(sayPathNote(note, language))),
    ...assumptionLines(assumed, language),
  ];
  return `${lines.join('\n')}\n`;
}

function printIngress(
  { ingress, route, tls, parts, service, port, request }: UrlTrace,
  language: Language,
): string[] {
  if (!ingress) return [];
  const w = urlTables[language];
  const said = parts.map((part) => sayPart(part, language));
  const width = Math.max(0, ...said.map(({ name }) => name.length)) + 2;
  const rule = route ? w.rule(route.host, route.path ?? '/', route.pathType) : w.defaultBackend;
  const to = service && port ? w.backend(`${service.namespace}/${service.name}`, port.port) : '';
  const ends =
    request.scheme === 'https' && tls?.secret ? [`  ${w.tlsEnds(`${ingress.namespace}/${tls.secret}`)}`] : [];
  return [
    w.ingress(ingress.key, ingress.className, rule, to),
    ...ends,
    ...said.map(({ name, text }) => `  ${name.padEnd(width)}${text}`),
    '',
  ];
}

/** `number`: null where there is one connection alone. */
function printLeg(
  { from, caller, to, called, port, ways }: Leg,
  number: number | null,
  verbose: boolean,
  language: Language,
): string[] {
  const w = urlTables[language];
  const [fromName, toName] = [sayLegEnd(caller, language), sayLegEnd(called, language)];
  const source = from === null ? fromName : w.named(formatAddress(from), fromName);
  const place =
    to === null ? (port === 0 ? toName : w.portOf(toName, port)) : w.named(formatEndpoint(to, port), toName);
  const title = w.connection(number, source, place);
  return [title, ...(ways === null ? [`  ${w.endsThere}`] : printWays(ways, verbose, language))];
}

const mostWays = 12;

function printWays(ways: readonly Way[], verbose: boolean, language: Language): string[] {
  const w = urlTables[language];
  const shown = ways.slice(0, mostWays);
  const rest = ways.length - shown.length;
  const brief = verbose ? 0 : shown.length - 1;
  return [
    ...shown.flatMap((way, index) => [
      `  ${percent(way.weight)} ${nameEnd(way.end, language)}`,
      ...(verbose || index === 0 ? printHops(way, language) : printBroken(way, language)),
    ]),
    ...(rest > 0 ? [`  ${w.moreWays(rest)}`] : []),
    ...(brief > 0 ? [`  ${w.hopsOfOthers(brief)}`] : []),
  ];
}

/** That no answer comes back is told of every way. */
function printBroken({ end }: Way, language: Language): string[] {
  if (end.kind !== 'reached' || end.reply.broken === null) return [];
  return [`      ${urlTables[language].noAnswer(sayReason(end.reply.broken, language))}`];
}

function printHops(way: Way, language: Language): string[] {
  const w = urlTables[language];
  const reply = nameReply(way, language);
  return [
    ...way.hops.flatMap((hop) => nameHop(hop, w)).map((line) => `      ${line}`),
    ...(reply.length === 0 ? [] : [`      ${w.answer}`, ...reply.map((line) => `        ${line}`)]),
  ];
}

function percent(weight: Fraction): string {
  return formatShare({ weight }).padStart(7);
}

const mostSources = 6;

function printClient({ legs, clientIn, clientNote, stop, request }: UrlTrace, language: Language): string[] {
  if (stop !== null || legs.length === 0) return [];
  const w = urlTables[language];
  const client = formatAddress(request.client);
  const ways = legs.at(-1)?.ways ?? [];
  const sources = new Set(
    ways.flatMap(({ end }) => (end.kind === 'reached' ? formatAddress(end.source) : [])),
  );
  return [
    ...(legs.length > 1 ? [w.answersGoBack(client)] : []),
    w.podSees([...sources].slice(0, mostSources), sources.size > mostSources),
    w.clientFound(
      client,
      clientIn.map((one) => sayCarrier(one, language)),
      clientNote && sayClientNote(clientNote, language),
    ),
  ];
}
