import { formatAddress } from '../../address/address.ts';
import { orderedElements } from './elements.ts';
import type { BaseSpec, KeyValue, SetSpec, Verdict } from './operations.ts';
import { familyWord, spellRule } from './parts.ts';
import type { KubeProxyTable, TableChain, TableElement, TableSet } from './table.ts';

/** What `nft list table` (1.0.6) prints of it. */
export function listTable(table: KubeProxyTable): string {
  const blocks = [
    ...table.counters.map((name) => [`counter ${name} {`, '\tpackets 0 bytes 0', '}']),
    ...table.sets.map((set) => listSet(set, table)),
    ...table.chains.map((chain) => listChain(chain, table)),
  ];
  const body = blocks.map((lines) => lines.map((line) => `\t${line}\n`).join('')).join('\n');
  return `table ${familyWord(table.family)} kube-proxy {\n\tcomment "${table.comment}"\n${body}}\n`;
}

function listSet({ spec, elements }: TableSet, { family }: KubeProxyTable): string[] {
  const type = spec.key.map((field) => typeNames(family)[field]).join(' . ');
  return [
    `${spec.verdicts ? 'map' : 'set'} ${spec.name} {`,
    `\ttype ${type}${spec.verdicts ? ' : verdict' : ''}`,
    ...(spec.timeoutSeconds === undefined
      ? []
      : ['\tsize 65535', '\tflags dynamic,timeout', `\ttimeout ${spellSeconds(spec.timeoutSeconds)}`]),
    ...(spec.comment === undefined ? [] : [`\tcomment "${spec.comment}"`]),
    ...listElements(spec, elements, family),
    '}',
  ];
}

export function typeNames(
  family: KubeProxyTable['family'],
): Readonly<Record<SetSpec['key'][number], string>> {
  const address = family === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr';
  return { address, protocol: 'inet_proto', port: 'inet_service' };
}

/** Two addresses of IPv4 share a line, all other keys have one each. */
function listElements(
  { key, verdicts }: SetSpec,
  elements: readonly TableElement[],
  family: KubeProxyTable['family'],
): string[] {
  if (elements.length === 0) return [];
  const texts = orderedElements(elements).map(({ element }) => {
    const comment = element.comment === undefined ? '' : ` comment "${element.comment}"`;
    const verdict = element.verdict === undefined ? '' : ` : ${verdictWords(element.verdict)}`;
    return `${listedKey(element.key)}${comment}${verdict}`;
  });
  const perLine = key.length === 1 && !verdicts && family === 'ipv4' ? 2 : 1;
  const lines: string[] = [];
  for (let index = 0; index < texts.length; index += perLine) {
    lines.push(texts.slice(index, index + perLine).join(', '));
  }
  return `\telements = { ${lines.join(',\n\t\t\t     ')} }`
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.slice(1)));
}

export function listedKey(key: readonly KeyValue[]): string {
  const spell = (value: KeyValue) => {
    if ('address' in value) return formatAddress(value.address);
    return 'protocol' in value ? value.protocol.toLowerCase() : String(value.port);
  };
  return key.map(spell).join(' . ');
}

export function verdictWords(verdict: Verdict): string {
  return verdict === 'drop' ? 'drop' : `goto ${verdict.goto}`;
}

/** `1d3h`: the units that are not zero. */
function spellSeconds(seconds: number): string {
  const units = [
    [86400, 'd'],
    [3600, 'h'],
    [60, 'm'],
    [1, 's'],
  ] as const;
  let left = seconds;
  let text = '';
  for (const [size, unit] of units) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text;
}

function listChain({ spec, rules }: TableChain, { family }: KubeProxyTable): string[] {
  return [
    `chain ${spec.name} {`,
    ...(spec.comment === undefined ? [] : [`\tcomment "${spec.comment}"`]),
    ...(spec.base
      ? [
          `\ttype ${spec.base.type} hook ${spec.base.hook} priority ${priorityName(spec.base)}; policy accept;`,
        ]
      : []),
    ...rules.map(({ rule }) => `\t${spellRule(rule, { family, spelling: 'save' })}`),
    '}',
  ];
}

/** nft has names for priorities in some hooks, and for what is near them. */
function priorityName({ hook, priority }: BaseSpec): string {
  if (priority === 0) return 'filter';
  if (hook === 'postrouting' && priority === 100) return 'srcnat';
  if (hook !== 'prerouting') return String(priority);
  return priority === -100 ? 'dstnat' : `dstnat - ${-100 - priority}`;
}
