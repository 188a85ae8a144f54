import type { CtTarget } from '../../../iptables/rule/target.ts';
import { policy } from '../../fields.ts';
import type { Instruction } from '../../ir.ts';
import { optionsOf } from './words.ts';

/** CT: a flow's first packet gets what its connection's entry is to begin with. */
export function lowerCt({ notrack, further }: CtTarget): readonly Instruction[] {
  const options = optionsOf(further);
  const helper = options.get('helper')?.values[0];
  const timeout = options.get('timeout')?.values[0];
  const zones = ['zone', 'zone-orig', 'zone-reply'].flatMap((name) => {
    const zone = options.get(name)?.values[0];
    return zone === undefined ? [] : [{ name, zone }];
  });
  return [
    ...(notrack ? [{ do: 'notrack' } as const] : []),
    ...(helper === undefined ? [] : [begin('ctHelper', helper, 1)]),
    ...zones.map(({ name, zone }) =>
      zone === 'mark' ? begin('ctZone', `${name} of mark`, 1) : begin('ctZone', name, Number(zone)),
    ),
    ...(timeout === undefined ? [] : [begin('ctTimeout', `${policy}${timeout}`, 1)]),
    ...['ctevents', 'expevents'].flatMap((name) =>
      options.has(name) ? [{ do: 'note', what: `ct ${name}` } as const] : [],
    ),
  ];
}

function begin(field: 'ctHelper' | 'ctTimeout' | 'ctZone', of: string, value: number): Instruction {
  const change = { kind: 'bits', clear: 0xffff, flip: { kind: 'constant', value } } as const;
  return { do: 'set', field: { field, of }, change };
}
