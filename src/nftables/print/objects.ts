import type { NftObject } from '../model.ts';
import { spellLimit, spellQuota } from './stateful.ts';
import type { PrintStyle } from './style.ts';
import { spellDuration } from './time.ts';

/** The lines of a named object. */
export function spellObjectBody(object: NftObject, style: PrintStyle): readonly string[] {
  switch (object.kind) {
    case 'counter':
      return style.stateless ? [] : [`packets ${object.packets} bytes ${object.bytes}`];
    case 'quota':
      return [spellQuota(object, style)];
    case 'limit':
      return [spellLimit(object)];
    case 'ct helper':
      return [`type "${object.helper}" protocol ${object.protocol}`, `l3proto ${object.l3proto}`];
    case 'ct timeout':
      return [
        `protocol ${object.protocol}`,
        `l3proto ${object.l3proto}`,
        `policy = { ${object.states.map(([state, seconds]) => `${state} : ${style.version?.timeoutDurations ? spellDuration(seconds * 1000, style) : seconds}`).join(', ')} }`,
      ];
    case 'ct expectation':
      return [
        `protocol ${object.protocol}`,
        `dport ${object.port}`,
        `timeout ${spellDuration(object.timeout, style)}`,
        `size ${object.size}`,
        `l3proto ${object.l3proto}`,
      ];
    case 'secmark':
      return [`"${object.context}"`];
    case 'synproxy':
      return spellSynproxy(object);
  }
}

function spellSynproxy({
  mss,
  wscale,
  timestamp,
  sackPerm,
}: Extract<NftObject, { kind: 'synproxy' }>): string[] {
  const options =
    timestamp || sackPerm ? [`${timestamp ? 'timestamp' : ''} ${sackPerm ? 'sack-perm' : ''}`] : [];
  return [
    ...(mss === undefined ? [] : [`mss ${mss}`]),
    ...(wscale === undefined ? [] : [`wscale ${wscale}`]),
    ...options,
  ];
}
