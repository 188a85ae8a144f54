import { formatAddress } from '../../../address/address.ts';
import type { ClusterNode } from '../../../kube/cluster/model.ts';
import type { Shares } from '../model/flow.ts';
import { go, namesIn, place } from '../state.ts';
import { words } from '../words.ts';
import { Select } from './Select.tsx';
import { ShareBar } from './ShareBar.tsx';

interface Props {
  readonly node: ClusterNode;
  readonly now: Shares;
  readonly was: Shares | null;
}

const states = ['on', 'off', 'dead'] as const;
type State = (typeof states)[number];

/** A node with its share of the connections, and a switch for it. */
export function NodeCard({ node: { name, internalAddresses, labels }, now, was }: Props) {
  const w = words.value;
  const { off, dead } = place.value;
  const state: State = namesIn(off).includes(name) ? 'off' : namesIn(dead).includes(name) ? 'dead' : 'on';
  const alike = now.alike.get(name) ?? 0;
  return (
    <li class={state === 'on' ? 'card' : 'card gone'}>
      <h4>
        {name} <span class="kind">{labels['topology.kubernetes.io/zone']}</span>
      </h4>
      <code>{internalAddresses.map(formatAddress).join(', ')}</code>
      <ShareBar share={now.nodes.get(name) ?? 0} was={was === null ? null : (was.nodes.get(name) ?? 0)} />
      {alike > 0 && <span class="hint">+ {alike}</span>}
      <Select
        label={w.switchNode(name)}
        value={state}
        options={states.map((value) => ({ value, text: w.nodeState[value] }))}
        onChange={(value) => switchTo(name, value as State)}
      />
    </li>
  );
}

function switchTo(name: string, state: State): void {
  const { off, dead } = place.value;
  const without = (list: string) => namesIn(list).filter((other) => other !== name);
  const added = (list: string, wanted: State) =>
    [...without(list), ...(state === wanted ? [name] : [])].join(',');
  go({ off: added(off, 'off'), dead: added(dead, 'dead') });
}
