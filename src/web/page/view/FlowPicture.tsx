import { useMemo } from 'preact/hooks';
import { serviceKey } from '../../../kube/cluster/model.ts';
import type { Client } from '../../../path/clients.ts';
import type { Way } from '../../../path/connection.ts';
import { sayLegEnd } from '../../../report/paths.ts';
import type { Door } from '../model/flow.ts';
import { flowGraph, type Stretch } from '../model/flow-graph.ts';
import type { Stage } from '../model/scene.ts';
import { language, words } from '../words.ts';
import { Graph } from './Graph.tsx';
import { nameClient } from './names.ts';

interface Props {
  readonly stage: Stage;
  readonly door: Door;
  readonly client: Client;
  readonly ways: readonly Way[];
}

/** More stops than this are no picture any more: the cards below tell the same. */
const mostStops = 48;

/** From the client over balancer and nodes to the pods, with the share of connections on each way. */
export function FlowPicture({ stage, door, client, ways }: Props) {
  const w = words.value;
  const graph = useMemo(
    () =>
      flowGraph(stretchesOf(door, client, ways), {
        balancer: w.balancer,
        alike: w.alikeNodes,
        lost: (kind) => (kind === 'reached' ? '' : w.cell[kind]),
      }),
    [stage, door, client, ways, language.value],
  );
  if (graph.nodes.length === 0 || graph.nodes.length > mostStops) return null;
  return <Graph graph={graph} label={w.pictureLabel(serviceKey(stage.service))} href={() => null} isFlow />;

  function stretchesOf(by: Door, from: Client, through: readonly Way[]): Stretch[] {
    if (by.kind === 'entry') return [{ from: nameClient(from, w), ways: through, to: null }];
    const { legs } = by.row.trace;
    return legs.map((leg, index) => {
      const next = legs[index + 1];
      return {
        from: sayLegEnd(leg.caller, language.value),
        ways: leg.ways,
        to: next ? sayLegEnd(next.caller, language.value) : null,
      };
    });
  }
}
