import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Flow, Hop, Way } from '../path/connection.ts';
import { numberOf } from '../path/decider.ts';
import type { Leg, UrlTrace } from '../path/url.ts';
import { formatFraction, toNumber } from '../sets/fraction.ts';
import { assumedJson } from './assumptions.ts';
import { dataJson } from './data-json.ts';
import { sayPart } from './parts.ts';
import { chainNameIn } from './path-names.ts';
import { sayClientNote, sayLegEnd, sayPathNote, sayStop } from './paths.ts';
import { reasonJson, sayReason } from './reasons.ts';
import type { Assumption } from './words/assumptions.ts';

/**
 * `{"url", "client", "ingress", "backend", "parts", "connections": [{"from", "to", "port", "ways": [{"probability",
 * "weight", "end", "hops", "reply"}]}], "stop", "clientFoundIn", "note", "notes", "assumed", "assumptions"}`. The weights of a
 * connection's ways have the sum 1; `ways` is null where it ends before the cluster.
 */
export function printUrlJson(trace: UrlTrace, assumed: readonly Assumption[]): string {
  const { request, ingress, route, tls, parts, service, port, legs, stop, clientIn, clientNote, notes } =
    trace;
  const value = {
    url: `${request.scheme}://${request.host}:${request.port}${request.path}`,
    client: formatAddress(request.client),
    ingress: ingress && {
      name: ingress.key,
      class: ingress.className,
      controller: ingress.controller,
      host: route?.host ?? null,
      path: route?.path ?? null,
      pathType: route?.pathType ?? null,
      defaultBackend: route === null,
      secret: tls?.secret ?? null,
    },
    backend: service &&
      port && { service: `${service.namespace}/${service.name}`, port: port.port, nodePort: port.nodePort },
    parts: parts.map((part) => sayPart(part)),
    structure: parts.map(dataJson),
    connections: legs.map(legJson),
    stop: stop && sayStop(stop),
    ...(stop && { stopReason: dataJson(stop) }),
    clientFoundIn: clientIn,
    note: clientNote && sayClientNote(clientNote),
    notes: notes.map((note) => sayPathNote(note)),
    noted: [...(clientNote ? [clientNote] : []), ...notes].map(dataJson),
    ...assumedJson(assumed),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function legJson({ from, caller, to, called, port, ways }: Leg) {
  return {
    from: from === null ? null : formatAddress(from),
    fromName: sayLegEnd(caller),
    caller: dataJson(caller),
    to: to === null ? null : formatAddress(to),
    toName: sayLegEnd(called),
    called: dataJson(called),
    port,
    ways: ways?.map(wayJson) ?? null,
  };
}

function wayJson({ weight, hops, end }: Way) {
  return {
    probability: toNumber(weight),
    weight: formatFraction(weight),
    end: endJson(end),
    hops: hops.map(hopJson),
    ...(end.kind === 'reached'
      ? {
          reply: end.reply.hops.map(({ node, after }) => ({ node, after: flowJson(after) })),
          broken: end.reply.broken && sayReason(end.reply.broken),
          ...(end.reply.broken && { brokenReason: dataJson(end.reply.broken) }),
        }
      : {}),
  };
}

function endJson(end: Way['end']) {
  switch (end.kind) {
    case 'reached':
      return {
        result: end.kind,
        server: formatEndpoint(end.address, end.port),
        node: end.node,
        source: formatAddress(end.source),
      };
    case 'left':
    case 'unplaced':
      return {
        result: end.kind,
        server: formatEndpoint(end.address, end.port),
        source: formatAddress(end.source),
      };
    case 'lost':
    case 'unknown':
      return { result: end.kind, ...reasonJson(end.reason) };
    default:
      return {
        result: end.kind,
        node: end.node,
        ...(end.reason ? reasonJson(end.reason) : { because: null }),
      };
  }
}

function hopJson(hop: Hop) {
  const { before, after } = hop;
  const flows = { before: flowJson(before), after: after && flowJson(after) };
  if (hop.kind === 'balancer') {
    return { balancer: hop.service, mode: hop.mode, node: hop.node, alikeNodes: hop.alike, ...flows };
  }
  const rules = hop.outcome.matched.map(({ place }) => ({
    table: place.table,
    chain: place.chain,
    name: chainNameIn(hop.rules, place.table, place.chain),
    rule: numberOf(place),
  }));
  return { node: hop.node, from: hop.from, ...flows, rules };
}

function flowJson({ source, destination, destinationPort }: Flow) {
  return { source: formatAddress(source), destination: formatEndpoint(destination, destinationPort) };
}
