import { portProtocols } from '../../address/protocols.ts';
import { stateNumbers } from '../../engine/fields.ts';
import { addressTypes } from '../../iptables/rule/match.ts';
import { type Box, type Dimension, withSide } from '../../sets/box.ts';
import { has, type IntervalSet, intersect, isWithin, single, unionOf } from '../../sets/intervals.ts';
import type { HostSets } from '../explore/host-sets.ts';
import { arrivalsOf } from '../rules/arrivals.ts';
import type { Cube } from './decide.ts';

const plainFields = ['source', 'destination', 'protocol'] as const satisfies readonly Dimension[];
const portFields = ['sourcePort', 'destinationPort'] as const satisfies readonly Dimension[];
const localType = single(addressTypes.indexOf('LOCAL'));
const withPorts = unionOf([...portProtocols].map(single));

/** At least the packets of `box` that are in a cube: what it says of other fields is passed over. */
export function boxOfCube(cube: Cube, box: Box, { local }: Pick<HostSets, 'local'>): Box {
  let limited = box;
  const limit = (dimension: Dimension, set: IntervalSet | null | undefined) => {
    if (set) limited = withSide(limited, dimension, intersect(limited.sides[dimension], set));
  };
  for (const field of plainFields) limit(field, cube.get(field));
  // Only of these can ports be read.
  if (isWithin(limited.sides.protocol, withPorts))
    for (const field of portFields) limit(field, cube.get(field));
  const states = cube.get('ctState');
  if (states)
    limit(
      'state',
      arrivalsOf((state) => has(states, stateNumbers[state as keyof typeof stateNumbers])),
    );
  for (const end of ['source', 'destination'] as const) {
    const types = cube.get(`${end}Type`);
    if (local && types && isWithin(types, localType)) limit(end, local);
  }
  return limited;
}
