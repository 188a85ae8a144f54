import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chainGraph } from '../../src/graph/build.ts';
import type { ChainGraph, Selection } from '../../src/graph/model.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { sayGraph } from '../../src/report/graph-said.ts';
import { chainNames } from '../../src/report/trace-names.ts';
import { add, type Fraction, formatFraction, toNumber, zero } from '../../src/sets/fraction.ts';
import { cases, fixtures, readCase } from '../cases.ts';

function graphOf(text: string, selection: Selection): ChainGraph {
  const { ruleset } = readDump({ name: 'a.save', text });
  return chainGraph(ruleset, chainNames(ruleset), selection);
}

const recorded = (name: string) =>
  readFileSync(join(fixtures, 'conformance/named', name, 'iptables.save'), 'utf8');
const service = (name: string): Selection => ({ kind: 'service', service: name, port: null });

/** `from -> to share: conditions; conditions`. */
function edgesOf(graph: ChainGraph): string[] {
  const { nodes, edges } = sayGraph(graph);
  const label = new Map(nodes.map((node) => [node.id, node.label]));
  return edges.map(({ from, to, share, rules }) => {
    const chance = share ? ` ${toNumber(share).toFixed(4)}` : '';
    const asked = rules.map(({ conditions }) => conditions.join(', ')).join('; ');
    return `${label.get(from)} -> ${label.get(to)}${chance}: ${asked}`;
  });
}

describe('the graph of a service', () => {
  const graph = graphOf(recorded('load-balancer-source-ranges'), service('default/service-test'));

  test('leads from the hooks over the shared chains to the endpoints, and to what drops', () => {
    expect(edgesOf(graph)).toEqual([
      'filter INPUT -> KUBE-PROXY-FIREWALL: new',
      'KUBE-PROXY-FIREWALL -> DROP: to 35.184.97.156, tcp, port 80',
      'filter FORWARD -> KUBE-PROXY-FIREWALL: new',
      'filter OUTPUT -> KUBE-PROXY-FIREWALL: new',
      'nat PREROUTING -> KUBE-SERVICES: ',
      'KUBE-SERVICES -> KUBE-SVC[default/service-test]: to 10.3.241.52, tcp, port 80',
      'KUBE-SERVICES -> KUBE-FW[default/service-test]: to 35.184.97.156, tcp, port 80',
      'KUBE-SERVICES -> KUBE-NODEPORTS: to this node',
      'KUBE-SVC[default/service-test] -> KUBE-MARK-MASQ: not from 10.244.0.0/16, to 10.3.241.52, tcp, port 80',
      'KUBE-SVC[default/service-test] -> KUBE-SEP[default/service-test -> 10.244.1.5:8080] 0.3333: ',
      'KUBE-SVC[default/service-test] -> KUBE-SEP[default/service-test -> 10.244.2.7:8080] 0.3333: ',
      'KUBE-SVC[default/service-test] -> KUBE-SEP[default/service-test -> 10.244.3.9:8080] 0.3333: ',
      'KUBE-SEP[default/service-test -> 10.244.1.5:8080] -> KUBE-MARK-MASQ: from 10.244.1.5',
      'KUBE-SEP[default/service-test -> 10.244.1.5:8080] -> 10.244.1.5:8080: tcp',
      'KUBE-SEP[default/service-test -> 10.244.2.7:8080] -> KUBE-MARK-MASQ: from 10.244.2.7',
      'KUBE-SEP[default/service-test -> 10.244.2.7:8080] -> 10.244.2.7:8080: tcp',
      'KUBE-SEP[default/service-test -> 10.244.3.9:8080] -> KUBE-MARK-MASQ: from 10.244.3.9',
      'KUBE-SEP[default/service-test -> 10.244.3.9:8080] -> 10.244.3.9:8080: tcp',
      'KUBE-FW[default/service-test] -> KUBE-EXT[default/service-test]: from 203.0.113.0/24; from 198.51.100.7',
      'KUBE-EXT[default/service-test] -> KUBE-MARK-MASQ: ',
      'KUBE-EXT[default/service-test] -> KUBE-SVC[default/service-test]: ',
      'KUBE-NODEPORTS -> KUBE-EXT[default/service-test]: tcp, port 32213',
      'nat OUTPUT -> KUBE-SERVICES: ',
    ]);
  });

  test('tells every rule by its chain and number', () => {
    const { nodes, edges } = graph;
    const drop = edges.find(({ to }) => to === 'verdict/DROP');
    expect(drop?.rules).toMatchObject([{ table: 'filter', chain: 'KUBE-PROXY-FIREWALL', number: 1 }]);
    expect(nodes.filter(({ kind }) => kind === 'hook').map(({ label }) => label)).toEqual([
      'filter INPUT',
      'filter FORWARD',
      'filter OUTPUT',
      'nat PREROUTING',
      'nat OUTPUT',
    ]);
    expect(nodes.find(({ chain }) => chain === 'KUBE-MARK-MASQ')?.kind).toBe('mark');
  });

  test('has nothing of other services', () => {
    expect(graphOf(recorded('cluster-ip'), service('default/none-such')).nodes).toEqual([]);
  });
});

/** kube-proxy's last endpoint takes what chance has left: whatever the case, the shares of a service's choice sum to 1. */
test.each(cases)('the shares of every choice of $id are all there is', (one) => {
  const { nodes, edges } = graphOf(readCase(one, 'iptables.save'), { kind: 'all' });
  const choices = nodes.filter(({ chain }) => /^KUBE-SV[CL]-/.test(chain ?? ''));
  for (const { id, label } of choices) {
    const shares = edges
      .filter(({ from, to }) => from === id && to.includes('/KUBE-SEP-'))
      .map(({ share }) => share);
    if (shares.length < 2) continue;
    const sum = shares.reduce<Fraction>((all, share) => add(all, share ?? zero), zero);
    expect(`${label} ${formatFraction(sum)}`).toBe(`${label} 1/1`);
  }
});

test('a chain shows what leads to it, and all that it leads to', () => {
  const text = [
    '*filter',
    ':INPUT DROP [0:0]',
    ':A - [0:0]',
    ':B - [0:0]',
    ':C - [0:0]',
    '-A INPUT -i eth0 -j A',
    '-A INPUT -j C',
    '-A A -p tcp -m multiport --dports 80,443 -g B',
    '-A B -m limit --limit 3/sec -j ACCEPT',
    '-A B -j RETURN',
    '-A C -j LOG',
    'COMMIT',
    '',
  ].join('\n');
  expect(edgesOf(graphOf(text, { kind: 'chain', chain: 'A' }))).toEqual([
    'filter INPUT -> A: in by eth0',
    'A -> B: tcp, port 80, 443',
    'B -> ACCEPT: -m limit --limit 3/sec',
  ]);
  expect(edgesOf(graphOf(text, { kind: 'all' })).at(-1)).toBe('C -> LOG: ');
});

test('ports are words, chunks of SCTP as iptables prints them', () => {
  const text = [
    '*filter',
    '-A INPUT -p sctp -m sctp --dport 80 -j ACCEPT',
    '-A INPUT -p sctp -m sctp --dport 81 --chunk-types any INIT -j DROP',
    'COMMIT',
    '',
  ].join('\n');
  expect(edgesOf(graphOf(text, { kind: 'all' }))).toEqual([
    'filter INPUT -> ACCEPT: sctp, port 80',
    'filter INPUT -> DROP: sctp, -m sctp --dport 81 --chunk-types any INIT',
  ]);
});
