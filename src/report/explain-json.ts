import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Decider } from '../path/decider.ts';
import type { Cell, EntryRow, ExplainedService, Explanation } from '../path/explain.ts';
import type { IngressRow } from '../path/ingress/rows.ts';
import type { Result } from '../path/results.ts';
import { formatFraction, toNumber } from '../sets/fraction.ts';
import { assumedJson } from './assumptions.ts';
import { dataJson } from './data-json.ts';
import { sayPathNote, sayStop } from './paths.ts';
import { reasonJson } from './reasons.ts';
import type { ChainName } from './result-words.ts';

/**
 * `{"services": [{"service", "ports": [{"port", "endpoints", "entries": [{"kind", "address", "cells": [{"client",
 * "results": [{"result", "probability", "weight", "server", "node", "source", "preserved", "by", "because"}]}]}]}]}]}`.
 * The weights of a cell's results have the sum 1.
 */
export function printExplainJson(services: readonly ExplainedService[]): string {
  return `${JSON.stringify({ services: services.map(serviceJson) }, null, 2)}\n`;
}

function serviceJson({ key, service, explanations, chainName, assumed }: ExplainedService) {
  return {
    service: key,
    type: service.type,
    ...(service.unproxied === null ? {} : { unproxied: service.unproxied }),
    externalTrafficPolicy: service.externalTrafficPolicy,
    internalTrafficPolicy: service.internalTrafficPolicy,
    ports: explanations.map((explanation) => portJson(explanation, chainName)),
    ...assumedJson(assumed),
  };
}

function portJson({ service, port, endpoints, rows, ingresses, notes }: Explanation, chainName: ChainName) {
  return {
    name: port.name,
    port: port.port,
    protocol: port.protocol,
    nodePort: port.nodePort,
    endpoints: endpoints.map(({ address, port: number, node, ready }) => ({
      address: formatEndpoint(address, number),
      node,
      ready,
    })),
    ...(service.endpointsUnknown && { endpointsUnknown: true }),
    entries: [
      ...rows.map((row) => rowJson(row, chainName)),
      ...ingresses.map((row) => ingressJson(row, chainName)),
    ],
    notes: notes.map((note) => sayPathNote(note)),
    noted: notes.map(dataJson),
  };
}

function rowJson({ entry, cells }: EntryRow, chainName: ChainName) {
  const { kind, address, port, node, via, mode } = entry;
  return {
    kind,
    address: formatEndpoint(address, port),
    ...(node === null ? {} : { node }),
    ...(via === null ? {} : { via }),
    ...(mode === null ? {} : { mode }),
    cells: cells.map((cell) => cellJson(cell, chainName)),
  };
}

function ingressJson({ trace, client, results }: IngressRow, chainName: ChainName) {
  const { ingress, route, request, stop, clientIn } = trace;
  return {
    kind: 'ingress',
    address: `${request.scheme}://${request.host}:${request.port}`,
    ingress: ingress?.key,
    host: route?.host ?? null,
    path: route?.path ?? null,
    cells: [
      {
        client: { kind: 'outside', address: formatAddress(client), node: null },
        results: results.map((result) => resultJson(result, chainName)),
        clientFoundIn: clientIn,
        ...(stop && { stop: sayStop(stop), stopReason: dataJson(stop) }),
      },
    ],
  };
}

function cellJson({ client, results }: Cell, chainName: ChainName) {
  return {
    client: { kind: client.kind, address: formatAddress(client.address), node: client.node },
    results: results.map((result) => resultJson(result, chainName)),
  };
}

const goneTo = {
  left: (address: string) => `it leaves the cluster for ${address}`,
  unplaced: (address: string) => `it is sent to ${address}, and it is not known on which node that is`,
} as const;

export function resultJson(result: Result, chainName: ChainName) {
  const { kind, weight, server, source, preserved, by, reason, through, alike } = result;
  return {
    result: kind,
    probability: toNumber(weight),
    weight: formatFraction(weight),
    server: server && formatEndpoint(server.address, server.port),
    node: server?.node ?? null,
    source: source === null ? null : formatAddress(source),
    preserved,
    ...(by === null ? {} : { by: deciderJson(by, chainName) }),
    ...(server && (kind === 'left' || kind === 'unplaced')
      ? { because: goneTo[kind](formatAddress(server.address)) }
      : reason && reasonJson(reason)),
    ...(through === null ? {} : { through }),
    ...(alike === 0 ? {} : { alikeNodes: alike }),
  };
}

function deciderJson({ node, table, chain, number, comment }: Decider, chainName: ChainName) {
  return { node, table, chain, name: chainName(node, table, chain), rule: number, comment };
}
