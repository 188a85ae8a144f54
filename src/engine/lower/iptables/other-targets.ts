import { isTargetName } from '../../../iptables/rule/options.ts';
import { byIpvs, endpointsUnknown, notShown, type OtherTarget } from '../../../iptables/rule/target.ts';
import { type FieldRef, noMss } from '../../fields.ts';
import type { Change, Instruction } from '../../ir.ts';
import type { Reason } from '../../reasons.ts';
import { type GivenOption, optionsOf, readMasked } from './words.ts';

type Options = ReadonlyMap<string, GivenOption>;
type Lower = (options: Options, target: OtherTarget) => readonly Instruction[];

const note: Lower = (_options, { name }) => [{ do: 'note', what: name }];
const open: Lower = (_options, target) => [{ do: 'open', reason: whyOpen(target) }];
const queue: Lower = (_options, { name }) => [{ do: 'queue', what: name }];

/**
 * What targets do that the model keeps as words, by the extension's name: all that iptables knows. What is not here is
 * foreign, and may do anything.
 */
export const otherTargets: Readonly<Record<string, Lower>> = {
  AUDIT: note,
  CHECKSUM: note,
  CLASSIFY: (options) => {
    const [major = '0', minor = '0'] = (options.get('set-class')?.values[0] ?? '').split(':');
    const value = Number.parseInt(major, 16) * 0x10000 + Number.parseInt(minor, 16);
    return [set({ field: 'priority' }, constant(value, 0xffffffff))];
  },
  CLUSTERIP: open,
  CONNSECMARK: (options) =>
    options.has('restore')
      ? [set({ field: 'secmark' }, { kind: 'unknown' })]
      : [{ do: 'note', what: 'save' }],
  DNPT: open,
  DSCP: (options) => {
    const value = Number(options.get('set-dscp')?.values[0]) << 2;
    return [set({ field: 'tos' }, constant(value, 0xfc))];
  },
  ECN: lowerEcn,
  HL: hopLimit('hl'),
  HMARK: () => [set({ field: 'mark' }, { kind: 'unknown' })],
  IDLETIMER: note,
  LED: note,
  NFQUEUE: queue,
  QUEUE: queue,
  RATEEST: note,
  SECMARK: () => [set({ field: 'secmark' }, { kind: 'unknown' })],
  SET: lowerSet,
  SNPT: open,
  SYNPROXY: open,
  TCPOPTSTRIP: (options) => {
    const numbers = (options.get('strip-options')?.values[0] ?? '').split(',');
    return numbers.map((of) =>
      of === '2'
        ? set({ field: 'mss' }, constant(noMss, 0x1ffff))
        : set({ field: 'tcpOption', of }, constant(0, 1)),
    );
  },
  TEE: note,
  TOS: (options) => {
    const { value, mask } = readMasked(options.get('set-tos')?.values[0] ?? '0', 0xff);
    return [set({ field: 'tos' }, constant(value, mask))];
  },
  TTL: hopLimit('ttl'),
};

function whyOpen({ name, understood, obscured }: OtherTarget): Reason {
  if (name === notShown) return { code: 'rules-not-shown' };
  if (obscured) return { code: 'rule-unread' };
  if (name === endpointsUnknown) return { code: 'endpoints-unknown' };
  if (name === byIpvs) return { code: 'by-ipvs' };
  // With options that are not understood, a target that is known is none that is carried out.
  return { code: understood || isTargetName(name) ? 'target-unevaluated' : 'target-unknown', name };
}

export function lowerOtherTarget(target: OtherTarget): readonly Instruction[] {
  const lower = target.understood ? otherTargets[target.name] : undefined;
  return (lower ?? open)(optionsOf(target.words), target);
}

function set(field: FieldRef, change: Change): Instruction {
  return { do: 'set', field, change };
}

function constant(value: number, clear: number): Change {
  return { kind: 'bits', clear, flip: { kind: 'constant', value } };
}

function lowerEcn(options: Options): readonly Instruction[] {
  const flag = (of: string, value: number) => set({ field: 'transport', of }, constant(value, 1));
  const ect = options.get('ecn-ip-ect')?.values[0];
  return [
    ...(options.has('ecn-tcp-remove') ? [flag('ece', 0), flag('cwr', 0)] : []),
    ...['ece', 'cwr'].flatMap((name) => {
      const value = options.get(`ecn-tcp-${name}`)?.values[0];
      return value === undefined ? [] : [flag(name, Number(value))];
    }),
    ...(ect === undefined ? [] : [set({ field: 'tos' }, constant(Number(ect), 0x03))]),
  ];
}

function hopLimit(name: 'ttl' | 'hl'): Lower {
  return (options) => {
    const value = (option: string) => options.get(`${name}-${option}`)?.values[0];
    const [fixed, less, more] = [value('set'), value('dec'), value('inc')];
    if (fixed !== undefined) return [set({ field: 'ttl' }, constant(Number(fixed), 0xff))];
    return [set({ field: 'ttl' }, { kind: 'add', by: less === undefined ? Number(more) : -Number(less) })];
  };
}

/** `--add-set NAME src,dst`, `--del-set`, or `--map-set`, which gives the packet what the entry holds. */
function lowerSet(options: Options): readonly Instruction[] {
  const timeout = options.get('timeout')?.values[0];
  const lasting = [
    ...(options.has('exist') ? ['--exist'] : []),
    ...(timeout === undefined ? [] : ['--timeout', timeout]),
  ];
  const element = (action: 'add' | 'delete', { values }: GivenOption): Instruction => ({
    do: 'remember',
    state: {
      kind: 'element',
      set: values[0] ?? '',
      action,
      directions: (values[1] ?? '').split(',') as ('src' | 'dst')[],
      further: action === 'add' ? lasting : [],
    },
  });
  const [add, del] = [options.get('add-set'), options.get('del-set')];
  return [
    ...(add ? [element('add', add)] : []),
    ...(del ? [element('delete', del)] : []),
    ...(options.has('map-mark') ? [set({ field: 'mark' }, { kind: 'unknown' })] : []),
    ...(options.has('map-prio') ? [set({ field: 'priority' }, { kind: 'unknown' })] : []),
  ];
}
