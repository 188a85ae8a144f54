import { sentence } from './sentences.ts';
import { element } from './terms.ts';
import { type Any, UnknownJson } from './unknown.ts';

interface Table {
  readonly head: Any;
  readonly blocks: string[];
  readonly chains: { readonly own: Any; readonly rules: Any[] }[];
}

const objects = [
  'counter',
  'quota',
  'limit',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'secmark',
  'synproxy',
] as const;

/** The items of nft's JSON as one text, with handles. */
export function textOfRuleset(items: readonly Any[]): string {
  const tables = new Map<string, Table>();
  const of = ({ family, table }: Any): Table => {
    const found = tables.get(`${family} ${table}`);
    if (!found) throw new UnknownJson(`there is no table ${family} ${table}`);
    return found;
  };
  for (const item of items) {
    const [[kind, own] = ['', null]] = Object.entries(item as object) as [string, Any][];
    if (kind === 'metainfo') continue;
    if (kind === 'table') tables.set(`${own.family} ${own.name}`, { head: own, blocks: [], chains: [] });
    else if (kind === 'chain') of(own).chains.push({ own, rules: [] });
    else if (kind === 'rule') chainOf(of(own), own.chain).rules.push(own);
    else if (kind === 'set' || kind === 'map' || kind === 'meter') of(own).blocks.push(setText(kind, own));
    else if (kind === 'flowtable') of(own).blocks.push(flowtableText(own));
    else if (objects.some((one) => one === kind)) of(own).blocks.push(objectText(kind, own));
    else throw new UnknownJson(`the item ${kind} is not known`);
  }
  return [...tables.values()].map(tableText).join('');
}

function chainOf(table: Table, name: string) {
  const chain = table.chains.find(({ own }) => own.name === name);
  if (!chain) throw new UnknownJson(`there is no chain ${name}`);
  return chain;
}

const handle = ({ handle: number }: Any) => (number === undefined ? '' : ` # handle ${number}`);
const many = (value: Any): readonly string[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

function block(head: string, own: Any, lines: readonly string[]): string {
  return `\t${head} {${handle(own)}\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

function tableText({ head, blocks, chains }: Table): string {
  const lines = [
    ...(head.flags === undefined ? [] : [`\tflags ${many(head.flags).join(',')}\n`]),
    ...(head.comment === undefined ? [] : [`\tcomment "${head.comment}"\n`]),
  ];
  const own = chains.map(({ own: chain, rules }) => chainText(chain, rules));
  return `table ${head.family} ${head.name} {${handle(head)}\n${[...lines, ...blocks, ...own].join('')}}\n`;
}

function chainText(own: Any, rules: readonly Any[]): string {
  const { name, type, hook, prio, policy, dev, comment } = own;
  const devices = many(dev);
  const device =
    devices.length === 0
      ? ''
      : devices.length === 1
        ? ` device "${devices[0]}"`
        : ` devices = { ${devices.join(', ')} }`;
  return block(`chain ${name}`, own, [
    ...(comment === undefined ? [] : [`comment "${comment}"`]),
    ...(type === undefined
      ? []
      : [`type ${type} hook ${hook}${device} priority ${prio}; policy ${policy ?? 'accept'};`]),
    ...rules.map(ruleText),
  ]);
}

function ruleText(rule: Any): string {
  const comment = rule.comment === undefined ? '' : ` comment "${rule.comment}"`;
  return `${(rule.expr ?? []).map(sentence).join(' ')}${comment}${handle(rule)}`;
}

function setText(kind: string, own: Any): string {
  const { type, map, policy, size, flags, timeout, elem, stmt, comment } = own;
  // Of several fields a list, until 1.1.2 a text.
  const data = map === undefined ? '' : ` : ${Array.isArray(map) ? map.join(' . ') : map}`;
  const isDynamic = kind === 'meter';
  const allFlags = [...many(flags), ...(isDynamic ? ['dynamic'] : [])];
  return block(`${kind === 'map' ? 'map' : 'set'} ${own.name}`, own, [
    `type ${many(type).join(' . ')}${data}`,
    ...(policy === undefined ? [] : [`policy ${policy}`]),
    ...(size === undefined ? [] : [`size ${size}`]),
    ...(allFlags.length === 0 ? [] : [`flags ${allFlags.join(',')}`]),
    ...(stmt ?? []).map(sentence),
    ...(timeout === undefined ? [] : [`timeout ${timeout}s`]),
    ...(own['gc-interval'] === undefined ? [] : [`gc-interval ${own['gc-interval']}s`]),
    ...(comment === undefined ? [] : [`comment "${comment}"`]),
    ...(elem === undefined ? [] : [`elements = { ${elem.map(element).join(', ')} }`]),
  ]);
}

function flowtableText(own: Any): string {
  const devices = many(own.dev);
  return block(`flowtable ${own.name}`, own, [
    `hook ${own.hook} priority ${own.prio}`,
    ...(devices.length === 0 ? [] : [`devices = { ${devices.join(', ')} }`]),
  ]);
}

function objectText(kind: string, own: Any): string {
  const comment = own.comment === undefined ? [] : [`comment "${own.comment}"`];
  return block(`${kind} ${own.name}`, own, [...comment, ...bodies[kind as (typeof objects)[number]](own)]);
}

const bodies: Readonly<Record<(typeof objects)[number], (own: Any) => readonly string[]>> = {
  counter: ({ packets, bytes }) => [`packets ${packets} bytes ${bytes}`],
  quota: ({ bytes, used, inv }) => [
    `${inv ? 'over ' : ''}${bytes} bytes${used ? ` used ${used} bytes` : ''}`,
  ],
  limit: (own) => [sentence({ limit: own }).slice('limit '.length)],
  'ct helper': ({ type, protocol, l3proto }) => [`type "${type}" protocol ${protocol}`, `l3proto ${l3proto}`],
  'ct timeout': ({ protocol, l3proto, policy }) => [
    `protocol ${protocol}`,
    `l3proto ${l3proto}`,
    ...(policy
      ? [
          `policy = { ${Object.entries(policy)
            .map(([state, seconds]) => `${state} : ${seconds}`)
            .join(', ')} }`,
        ]
      : []),
  ],
  'ct expectation': ({ protocol, dport, timeout, size, l3proto }) => [
    `protocol ${protocol}`,
    `dport ${dport}`,
    `timeout ${timeout}ms`,
    `size ${size}`,
    `l3proto ${l3proto}`,
  ],
  secmark: ({ context }) => [`"${context}"`],
  synproxy: ({ mss, wscale, flags }) => [
    `mss ${mss}`,
    `wscale ${wscale}`,
    ...(flags ? [many(flags).join(' ')] : []),
  ],
};
