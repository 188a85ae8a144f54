import { type Any, UnknownJson } from './unknown.ts';

// Expressions of nft's JSON as its text has them.

const operators: ReadonlySet<string> = new Set(['&', '|', '^', '<<', '>>']);

const list = (value: Any): readonly Any[] => (Array.isArray(value) ? value : [value]);

/** Text that nft would not take without quotes has them. */
export function word(text: string): string {
  return /^[\w.:/-]+$/.test(text) || text === '*' ? text : `"${text}"`;
}

const forms: Readonly<Record<string, (own: Any) => string>> = {
  payload: ({ protocol, field, base, offset, len }) =>
    protocol === undefined ? `@${base},${offset},${len}` : `${protocol} ${field}`,
  exthdr: ({ name, field }) => (field === undefined ? `exthdr ${name}` : `${name} ${field}`),
  'tcp option': ({ name, field, base, offset, len }) =>
    name === undefined
      ? `tcp option ${offset === 0 && len <= 8 ? base : `@${base},${offset},${len}`}`
      : `tcp option ${name}${field === undefined ? '' : ` ${field}`}`,
  'ip option': ({ name, field }) => `ip option ${name}${field === undefined ? '' : ` ${field}`}`,
  'sctp chunk': ({ name, field }) => `sctp chunk ${name}${field === undefined ? '' : ` ${field}`}`,
  meta: ({ key }) => `meta ${key}`,
  ct: ({ key, dir }) => `ct ${dir === undefined ? '' : `${dir} `}${key}`,
  rt: ({ key, family }) => `rt ${family === undefined ? '' : `${family} `}${key}`,
  socket: ({ key }) => `socket ${key}`,
  fib: ({ result, flags }) => `fib ${list(flags).join(' . ')} ${result}`,
  osf: ({ key, ttl }) => `osf ${ttl === undefined ? '' : `ttl ${ttl} `}${key}`,
  ipsec: ({ key, family, dir, spnum }) =>
    `ipsec ${dir}${spnum ? ` spnum ${spnum}` : ''} ${family === undefined ? '' : `${family} `}${key}`,
  prefix: ({ addr, len }) => `${term(addr)}/${len}`,
  range: ([from, to]) => `${term(from)}-${term(to)}`,
  set: (elements) => `{ ${list(elements).map(element).join(', ')} }`,
  concat: (parts) => list(parts).map(term).join(' . '),
  map: ({ key, data }) => `${term(key)} map ${term(data)}`,
  vmap: ({ key, data }) => `${term(key)} vmap ${term(data)}`,
  numgen: ({ mode, mod, offset }) => `numgen ${mode} mod ${mod}${offset ? ` offset ${offset}` : ''}`,
  symhash: (own) => `symhash${modulus(own)}`,
  jhash: (own) => `jhash ${term(own.expr)}${modulus(own)}`,
  jump: ({ target }) => `jump ${target}`,
  goto: ({ target }) => `goto ${target}`,
  accept: () => 'accept',
  drop: () => 'drop',
  return: () => 'return',
  continue: () => 'continue',
  elem: (own) => element({ elem: own }),
};

const modulus = ({ mod, seed, offset }: Any) =>
  ` mod ${mod}${seed === undefined ? '' : ` seed ${seed}`}${offset ? ` offset ${offset}` : ''}`;

/** A value, a field, or what is computed of one. */
export function term(value: Any): string {
  if (typeof value === 'boolean') return value ? 'exists' : 'missing';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.startsWith('@') ? value : word(value);
  if (Array.isArray(value)) return value.map(term).join(',');
  const [[kind, own] = ['', null]] = Object.entries(value as object) as [string, Any][];
  if (operators.has(kind)) return `(${list(own).map(operand).join(` ${kind} `)})`;
  const form = Object.hasOwn(forms, kind) ? forms[kind] : undefined;
  if (!form) throw new UnknownJson(`the expression ${kind} is not known`);
  return form(own);
}

/** Of several bits nft until 1.0.9 prints a list. */
function operand(value: Any): string {
  return Array.isArray(value) ? `(${value.map(term).join(' | ')})` : term(value);
}

/** An element of a set, or of a map a pair. */
export function element(value: Any): string {
  if (Array.isArray(value)) return `${element(value[0])} : ${term(value[1])}`;
  const own = (value as { elem?: Any } | null)?.elem;
  if (own === undefined || typeof value !== 'object') return term(value);
  return [term(own.val), ...elementOptions(own)].join(' ');
}

/** What an element carries beside its value. */
export function elementOptions({
  timeout,
  expires,
  comment,
  counter,
  limit,
  quota,
  'ct count': count,
}: Any): string[] {
  return [
    ...(counter ? [stateful('counter', counter)] : []),
    ...(limit ? [stateful('limit', limit)] : []),
    ...(quota ? [stateful('quota', quota)] : []),
    ...(count ? [stateful('ct count', count)] : []),
    ...(timeout === undefined ? [] : [`timeout ${timeout}s`]),
    ...(expires === undefined ? [] : [`expires ${expires}s`]),
    ...(comment === undefined ? [] : [`comment "${comment}"`]),
  ];
}

/** A statement that keeps a state. */
export function stateful(kind: string, own: Any): string {
  const over = own?.inv ? 'over ' : '';
  switch (kind) {
    case 'counter':
      return own === null
        ? 'counter'
        : typeof own === 'string'
          ? `counter name "${own}"`
          : `counter packets ${own.packets} bytes ${own.bytes}`;
    case 'quota':
      return `quota ${over}${own.val} ${own.val_unit}${own.used === undefined ? '' : ` used ${own.used} ${own.used_unit}`}`;
    case 'limit':
      return own.rate_unit === undefined
        ? `limit rate ${over}${own.rate}/${own.per}${own.burst ? ` burst ${own.burst} packets` : ''}`
        : `limit rate ${over}${own.rate} ${own.rate_unit}/${own.per}${own.burst ? ` burst ${own.burst} ${own.burst_unit}` : ''}`;
    case 'ct count':
      return `ct count ${over}${own.val}`;
    default:
      return 'last';
  }
}
