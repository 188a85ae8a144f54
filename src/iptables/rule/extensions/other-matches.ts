import { shortHostMask } from '../codecs/addresses.ts';
import { namedMark } from '../codecs/marks.ts';
import { integer, paddedHex, uint32 } from '../codecs/numbers.ts';
import { anyPort } from '../codecs/ports.ts';
import { cutText, text, word, wordOf } from '../codecs/words.ts';
import { readProtocol } from '../protocols.ts';
import {
  type Extension,
  flag,
  inwardHooks,
  outwardHooks,
  type Place,
  Refusal,
  type Understood,
  understood,
  value,
} from '../syntax.ts';
import { demandOne, demandProtocol } from './demand.ts';
import { bpf, stringMatch, u32Program } from './payload.ts';
import { policy } from './policy.ts';
import { time } from './time.ts';

const not = { negatable: true };

const nodes = integer(1, 32);

const cluster = understood({
  name: 'cluster',
  options: {
    mask: value('cluster-local-nodemask', integer(1, 32, paddedHex(8)), { ...not, excludes: ['node'] }),
    node: {
      ...value(
        'cluster-local-node',
        { ...nodes, print: (node: number) => paddedHex(8)(2 ** (node - 1)) },
        { ...not, excludes: ['mask'] },
      ),
      prints: 'cluster-local-nodemask',
    },
    total: value('cluster-total-nodes', nodes, { required: true }),
    seed: value('cluster-hash-seed', integer(0, 0xffffffff, paddedHex(8)), { required: true }),
  },
  complete(given) {
    const { node, mask, total } = given;
    const local = mask ? (mask.value as number) : 2 ** ((node?.value as number) - 1);
    if (!node && !mask)
      throw new Refusal('option-missing', {
        code: 'needs-one-of',
        name: 'cluster',
        options: ['--cluster-local-node', '--cluster-local-nodemask'],
      });
    if (local >= 2 ** (total?.value as number)) throw new Refusal('option-value', { code: 'fewer-nodes' });
    return given;
  },
});

/** iproute2's own file of groups names 0 alone. */
const groupMask = namedMark('default');

const ipvs = understood({
  name: 'ipvs',
  options: {
    ipvs: flag('ipvs', not),
    protocol: value('vproto', { read: (one: string) => readProtocol(one), print: String }, not),
    address: value('vaddr', shortHostMask, not),
    port: value('vport', anyPort, not),
    direction: value('vdir', wordOf(['ORIGINAL', 'REPLY'])),
    method: value('vmethod', wordOf(['GATE', 'IPIP', 'MASQ']), not),
    control: value('vportctl', anyPort, not),
  },
  complete(given) {
    const { ipvs, ...rest } = demandOne('ipvs', given);
    if (Object.keys(rest).length === 0) return given;
    if (ipvs?.negated) throw new Refusal('option-conflict', { code: 'ipvs-alone' });
    return rest;
  },
});

const osf = understood({
  name: 'osf',
  family: 'ipv4',
  options: {
    genre: value('genre', { ...cutText(31), print: word.print }, { ...not, required: true }),
    ttl: value('ttl', integer(0, 2)),
    log: value('log', integer(0, 2)),
  },
  complete(given, context) {
    demandProtocol('tcp', context, '-m osf');
    return given;
  },
});

function devgroupPlace(words: readonly string[]): Place {
  const [source, destination] = [words.includes('--src-group'), words.includes('--dst-group')];
  if (source && destination) return { hooks: ['FORWARD'] };
  return { hooks: source ? inwardHooks : outwardHooks };
}

const connlabel = understood({
  name: 'connlabel',
  options: {
    label: value(
      'label',
      { ...integer(0, 127), print: (label: number) => `"${label}"` },
      { ...not, required: true },
    ),
    set: flag('set'),
  },
});

export const otherMatches: readonly Extension<Understood>[] = [
  bpf,
  cluster,
  connlabel,
  ipvs,
  osf,
  policy,
  stringMatch,
  time,
  understood({
    name: 'cgroup',
    place: { hooks: ['INPUT', 'OUTPUT', 'POSTROUTING'] },
    options: {
      path: value('path', text(511), { ...not, excludes: ['id'] }),
      id: value('cgroup', uint32, { ...not, excludes: ['path'] }),
    },
    complete: (given) => demandOne('cgroup', given),
  }),
  understood({ name: 'cpu', options: { cpu: value('cpu', uint32, { ...not, required: true }) } }),
  understood({
    name: 'devgroup',
    place: ({ words }) => devgroupPlace(words),
    options: { source: value('src-group', groupMask, not), destination: value('dst-group', groupMask, not) },
    complete: (given) => demandOne('devgroup', given),
  }),
  understood({
    name: 'helper',
    options: { helper: value('helper', cutText(29), { ...not, required: true }) },
  }),
  understood({ name: 'u32', options: { u32: value('u32', u32Program, { ...not, required: true }) } }),
];
