import { type GivenOption, optionsOf } from '../../engine/lower/iptables/words.ts';
import type { OtherMatch } from '../../iptables/rule/match.ts';
import { type Asked, asked, headerOf, noForm, not, type SpellContext, type Unwritten } from './spelled.ts';
import { only } from './words.ts';

type Options = ReadonlyMap<string, GivenOption>;
type Spell = (options: Options, context: SpellContext) => Asked | Unwritten;

/** Of the extensions that the model keeps as words, those that nft has a form of. */
const spellings: Readonly<Record<string, Spell>> = {
  cpu: (options) => each(options, { cpu: (value, negated) => `meta cpu ${not(negated)}${value}` }),
  devgroup: (options) =>
    each(options, {
      'src-group': (value, negated) => group('iifgroup', value, negated),
      'dst-group': (value, negated) => group('oifgroup', value, negated),
    }),
  dscp: (options, { family }) =>
    each(options, { dscp: (value, negated) => `${headerOf[family]} dscp ${not(negated)}${Number(value)}` }),
  ecn: (options, { family }) =>
    each(options, {
      'ecn-ip-ect': (value, negated) => `${headerOf[family]} ecn ${not(negated)}${Number(value)}`,
    }),
  hl: (options) => hopLimit('hl', 'ip6 hoplimit', options),
  limit: spellLimit,
  nfacct: (options) => {
    const name = options.get('nfacct-name')?.values[0];
    return name === undefined || !isCounterName(name) ? noForm : asked(`counter name "${name}"`);
  },
  realm: (options) => each(options, { realm: (value, negated) => group('rtclassid', value, negated) }),
  tos: (options, { family }) =>
    each(options, {
      tos: (text, negated) => {
        const [value = '', mask = '0xff'] = text.split('/');
        // DSCP are the upper six bits; of others nft has no name.
        return Number(mask) === 0xfc && Number(value) % 4 === 0
          ? `${headerOf[family]} dscp ${not(negated)}${Number(value) >> 2}`
          : undefined;
      },
    }),
  ttl: (options) => hopLimit('ttl', 'ip ttl', options),
};

export function spellOtherMatch(match: OtherMatch, context: SpellContext): Asked | Unwritten {
  if (!match.understood) return { gap: 'foreign' };
  return spellings[match.name]?.(optionsOf(match.words), context) ?? noForm;
}

/** What `counter name` can name. */
export function isCounterName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_./-]*$/.test(name);
}

/** A clause for each option, of which none may be another one. */
function each(
  options: Options,
  spell: Readonly<Record<string, (value: string, negated: boolean) => string | undefined>>,
): Asked | Unwritten {
  if (!only(options, ...Object.keys(spell))) return noForm;
  const clauses = [...options].map(([name, { values, negated }]) => spell[name]?.(values[0] ?? '', negated));
  return clauses.includes(undefined) ? noForm : asked(...(clauses as string[]));
}

function group(field: string, text: string, negated: boolean): string | undefined {
  return /^(?:0x[0-9a-f]+|\d+)$/i.test(text) ? `meta ${field} ${not(negated)}${Number(text)}` : undefined;
}

function hopLimit(name: string, field: string, options: Options): Asked | Unwritten {
  return each(options, {
    [`${name}-eq`]: (value, negated) => `${field} ${not(negated)}${value}`,
    [`${name}-lt`]: (value) => `${field} < ${value}`,
    [`${name}-gt`]: (value) => `${field} > ${value}`,
  });
}

const units: Readonly<Record<string, string>> = { sec: 'second', min: 'minute', hour: 'hour', day: 'day' };

function spellLimit(options: Options): Asked | Unwritten {
  const [, rate, unit = ''] = /^(\d+)\/([a-z]+)$/.exec(options.get('limit')?.values[0] ?? '') ?? [];
  const name = units[unit];
  const burst = options.get('limit-burst')?.values[0] ?? '5';
  if (rate === undefined || name === undefined) return noForm;
  return { ways: [[`limit rate ${rate}/${name} burst ${burst} packets`]], but: 'counted-otherwise' };
}
