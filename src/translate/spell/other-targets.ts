import { type GivenOption, optionsOf } from '../../engine/lower/iptables/words.ts';
import type { OtherTarget } from '../../iptables/rule/target.ts';
import { type Done, headerOf, noForm, type SpellContext, type Unwritten } from './spelled.ts';
import { only } from './words.ts';

type Options = ReadonlyMap<string, GivenOption>;
type Spell = (options: Options, context: SpellContext) => Done | Unwritten;

/** Of the targets that the model keeps as words, those that nft has a form of. */
const spellings: Readonly<Record<string, Spell>> = {
  CLASSIFY: (options) => {
    const priority = options.get('set-class')?.values[0];
    return priority === undefined ? noForm : { clauses: [`meta priority set ${priority}`] };
  },
  DSCP: (options, { family }) => {
    const value = options.get('set-dscp')?.values[0];
    return value === undefined ? noForm : { clauses: [`${headerOf[family]} dscp set ${Number(value)}`] };
  },
  HL: (options) => hopLimit('hl', 'ip6 hoplimit', options),
  NFQUEUE: spellQueue,
  QUEUE: () => queue('queue num 0'),
  TTL: (options) => hopLimit('ttl', 'ip ttl', options),
};

export function spellOtherTarget(target: OtherTarget, context: SpellContext): Done | Unwritten {
  if (!target.understood) return { gap: 'foreign' };
  return spellings[target.name]?.(optionsOf(target.words), context) ?? noForm;
}

/** nft can set it, and not count it up or down. */
function hopLimit(name: string, field: string, options: Options): Done | Unwritten {
  const value = options.get(`${name}-set`)?.values[0];
  return value === undefined ? noForm : { clauses: [`${field} set ${value}`] };
}

/** What a program does with a packet that is queued to it nobody can prove. */
function queue(text: string): Done {
  return { clauses: [text], but: 'not-proved' };
}

function spellQueue(options: Options): Done | Unwritten {
  if (!only(options, 'queue-num', 'queue-balance', 'queue-bypass', 'queue-cpu-fanout')) return noForm;
  const balance = options.get('queue-balance')?.values[0]?.replace(':', '-');
  const flags = [
    ...(options.has('queue-bypass') ? ['bypass'] : []),
    ...(options.has('queue-cpu-fanout') ? ['fanout'] : []),
  ];
  const to = balance ?? options.get('queue-num')?.values[0] ?? '0';
  return queue(['queue', ...(flags.length > 0 ? [`flags ${flags.join(',')}`] : []), `to ${to}`].join(' '));
}
