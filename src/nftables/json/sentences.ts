import { elementOptions, stateful, term } from './terms.ts';
import { type Any, UnknownJson } from './unknown.ts';

// Statements of nft's JSON as its text has them.

const many = (value: Any): string => (Array.isArray(value) ? value.join(',') : value);

const named = (kind: string, words: string) => (own: Any) =>
  typeof own === 'string' ? `${words} "${own}"` : own?.map ? `${words} ${term(own)}` : stateful(kind, own);

const forms: Readonly<Record<string, (own: Any) => string>> = {
  match: ({ op, left, right }) => `${term(left)} ${op === 'in' ? '' : `${op} `}${term(right)}`,
  mangle: ({ key, value }) => `${term(key)} set ${term(value)}`,
  vmap: (own) => term({ vmap: own }),
  counter: named('counter', 'counter name'),
  quota: named('quota', 'quota name'),
  limit: named('limit', 'limit name'),
  'ct count': (own) => stateful('ct count', own),
  last: () => 'last',
  'ct helper': (own) => `ct helper set ${typeof own === 'string' ? `"${own}"` : term(own)}`,
  'ct timeout': (own) => `ct timeout set ${typeof own === 'string' ? `"${own}"` : term(own)}`,
  'ct expectation': (own) => `ct expectation set ${typeof own === 'string' ? `"${own}"` : term(own)}`,
  secmark: (own) => `meta secmark set ${typeof own === 'string' ? `"${own}"` : term(own)}`,
  snat: (own) => translation('snat', own),
  dnat: (own) => translation('dnat', own),
  masquerade: (own) => translation('masquerade', own),
  redirect: (own) => translation('redirect', own),
  reject: (own) =>
    own === null ? 'reject' : `reject with ${own.type}${own.expr === undefined ? '' : ` ${own.expr}`}`,
  log: (own) => log(own ?? {}),
  set: ({ op, elem, set, stmt }) => `${op} ${set} { ${dynamic(elem, stmt ?? [])} }`,
  map: ({ op, elem, data, map, stmt }) => `${op} ${map} { ${dynamic(elem, stmt ?? [])} : ${term(data)} }`,
  meter: ({ key, stmt, size, name }) => `meter ${name} size ${size} { ${dynamic(key, [stmt])} }`,
  notrack: () => 'notrack',
  flow: ({ flowtable }) => `flow add ${flowtable}`,
  dup: (own) => `dup to ${term(own.addr)}${own.dev === undefined ? '' : ` device ${term(own.dev)}`}`,
  fwd: ({ dev, family, addr }) =>
    addr === undefined ? `fwd to ${term(dev)}` : `fwd ${family} to ${term(addr)} device ${term(dev)}`,
  queue: (own) =>
    `queue${own?.flags ? ` flags ${many(own.flags)}` : ''}${own?.num === undefined ? '' : ` to ${term(own.num)}`}`,
  tproxy: ({ family, addr, port }) => `tproxy${family ? ` ${family}` : ''} to ${target(addr, port)}`,
  synproxy: (own) => synproxy(own),
  reset: (own) => `reset ${term(own)}`,
  xt: ({ type, name }) => `xt ${type} ${name}`,
};

/** A statement of a rule. */
export function sentence(statement: Any): string {
  if (typeof statement === 'string') return statement;
  const [[kind, own] = ['', null]] = Object.entries(statement as object) as [string, Any][];
  if (['accept', 'drop', 'return', 'continue', 'jump', 'goto'].includes(kind)) return term(statement);
  const form = Object.hasOwn(forms, kind) ? forms[kind] : undefined;
  if (!form) throw new UnknownJson(`the statement ${kind} is not known`);
  return form(own);
}

function dynamic(key: Any, statements: readonly Any[]): string {
  const own = key?.elem;
  const head = own ? [term(own.val), ...elementOptions(own)] : [term(key)];
  return [...head, ...statements.map(sentence)].join(' ');
}

function translation(kind: string, own: Any): string {
  if (own === null) return kind;
  const { family, addr, port, flags, type_flags: types } = own;
  const isTold = addr !== undefined || port !== undefined;
  const words = Array.isArray(flags) ? flags : flags === undefined ? [] : [flags];
  const kept = words.filter((flag: string) => flag !== 'netmap');
  const head = isTold
    ? `${kind}${family ? ` ${family}` : ''}${types === 'prefix' ? ' prefix' : ''} to ${target(addr, port)}`
    : kind;
  return kept.length === 0 ? head : `${head} ${kept.join(',')}`;
}

function target(addr: Any, port: Any): string {
  const isWide = typeof addr === 'string' && addr.includes(':');
  const text = addr === undefined ? '' : isWide && port !== undefined ? `[${addr}]` : term(addr);
  return port === undefined ? text : `${text}:${term(port)}`;
}

function log(own: Any): string {
  let text = 'log';
  if (own.prefix !== undefined) text += ` prefix "${own.prefix}"`;
  for (const key of ['group', 'snaplen', 'queue-threshold', 'level'])
    if (own[key] !== undefined) text += ` ${key} ${own[key]}`;
  for (const flag of Array.isArray(own.flags) ? own.flags : own.flags === undefined ? [] : [own.flags])
    text += ` flags ${flag}`;
  return text;
}

function synproxy(own: Any): string {
  if (typeof own === 'string') return `synproxy name "${own}"`;
  if (own === null) return 'synproxy';
  if (own.map) return `synproxy name ${term(own)}`;
  const size = own.mss === undefined ? '' : ` mss ${own.mss} wscale ${own.wscale ?? 0}`;
  const flags = (own.flags ?? []).map((flag: string) => ` ${flag}`).join('');
  return `synproxy${size}${flags}`;
}
