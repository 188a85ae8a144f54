import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Flow, Hop, Way } from '../path/connection.ts';
import { numberOf } from '../path/reason.ts';
import type { Leg, UrlTrace } from '../path/url.ts';
import { formatFraction, toNumber } from '../sets/fraction.ts';
import { assumedJson } from './assumptions.ts';
import { chainNameIn } from './path-names.ts';
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
    parts,
    connections: legs.map(legJson),
    stop,
    clientFoundIn: clientIn,
    note: clientNote,
    notes,
    ...assumedJson(assumed),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function legJson({ from, fromName, to, toName, port, ways }: Leg) {
  return {
    from: from === null ? null : formatAddress(from),
    fromName,
    to: to === null ? null : formatAddress(to),
    toName,
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
          broken: end.reply.broken,
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
      return {
        result: end.kind,
        server: formatEndpoint(end.address, end.port),
        source: formatAddress(end.source),
      };
    case 'lost':
    case 'unknown':
      return { result: end.kind, because: end.because };
    default:
      return { result: end.kind, node: end.node, because: end.because };
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
