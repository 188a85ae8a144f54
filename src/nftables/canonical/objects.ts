import type { NftObject } from '../model.ts';

/** The states of connections in nft's order, with the seconds that go without saying. */
const defaults: Readonly<Record<string, readonly (readonly [state: string, seconds: number])[]>> = {
  tcp: [
    ['syn_sent', 120],
    ['syn_recv', 60],
    ['established', 432_000],
    ['fin_wait', 120],
    ['close_wait', 60],
    ['last_ack', 30],
    ['time_wait', 120],
    ['close', 10],
    ['syn_sent2', 120],
    ['retrans', 300],
    ['unack', 300],
  ],
  udp: [
    ['unreplied', 30],
    ['replied', 120],
  ],
};

/** A named object as nft lists it. */
export function canonicalObject(object: NftObject): NftObject {
  const known = object.kind === 'ct timeout' ? defaults[object.protocol] : undefined;
  if (object.kind !== 'ct timeout' || !known) return object;
  const given = new Map(object.states);
  const states = known.flatMap(([state, usual]) => {
    const seconds = given.get(state) ?? usual;
    return seconds === usual ? [] : [[state, seconds] as const];
  });
  return { ...object, states };
}
