import { inQuotes } from '../rule/quote.ts';
import type { Form } from './listing-matches.ts';

const nat: readonly Form[] = [
  [
    /^to:(\S+)((?: (?:random|random-fully|persistent))*)$/,
    ([to = '', flags = '']) => `TO ${to}${flagged(flags)}`,
  ],
];

const flagged = (flags: string) => flags.replace(/ (\S+)/g, ' --$1');

const toAddress = (option: string): readonly Form[] =>
  nat.map(([said, spell]) => [said, (groups) => spell(groups).replace('TO', option)] as const);

const marks: readonly Form[] = [
  [
    /^(?:MARK|CONNMARK) (set|or|xor|and) (\S+)$/,
    ([how = '', mark = '']) => (how === 'set' ? `--set-xmark ${mark}/0xffffffff` : `--${how}-mark ${mark}`),
  ],
  [/^(?:MARK|CONNMARK) xset (\S+)$/, ([mark = '']) => `--set-xmark ${mark}`],
];

/** How `iptables -L` spells the options of targets. Each takes all that is left of the line. */
export const targetForms: Readonly<Record<string, readonly Form[]>> = {
  DNAT: toAddress('--to-destination'),
  SNAT: toAddress('--to-source'),
  NETMAP: toAddress('--to'),
  REDIRECT: [
    [/^redir ports (\S+)((?: random)?)$/, ([ports, flags = '']) => `--to-ports ${ports}${flagged(flags)}`],
  ],
  MASQUERADE: [
    [
      /^(?:masq ports: (\S+) ?)?((?:random|random-fully)?)$/,
      ([ports, flag]) => [ports && `--to-ports ${ports}`, flag && `--${flag}`].filter(Boolean).join(' '),
    ],
  ],
  REJECT: [[/^reject-with (\S+)$/, ([how]) => `--reject-with ${how}`]],
  MARK: marks,
  CONNMARK: [
    ...marks,
    [
      /^CONNMARK (restore|save)(?: mask (\S+))?$/,
      ([way, mask]) => `--${way}-mark --nfmask ${mask || '0xffffffff'} --ctmask ${mask || '0xffffffff'}`,
    ],
  ],
  LOG: [
    [
      /^LOG flags 0 level (\d+)(?: prefix "(.*)")?$/,
      ([level, prefix]) => `${prefix ? `--log-prefix ${inQuotes(prefix)} ` : ''}--log-level ${level}`,
    ],
  ],
  NFLOG: [
    [
      /^(?:nflog-prefix +(\S+))? ?(?:nflog-group (\d+))?$/,
      ([prefix, group]) =>
        [prefix && `--nflog-prefix ${inQuotes(prefix.replace(/"/g, ''))}`, group && `--nflog-group ${group}`]
          .filter(Boolean)
          .join(' '),
    ],
  ],
  NFQUEUE: [
    [
      /^NFQUEUE num (\d+)( bypass)?$/,
      ([queue, bypass]) => `--queue-num ${queue}${bypass ? ' --queue-bypass' : ''}`,
    ],
  ],
  TCPMSS: [
    [/^TCPMSS clamp to PMTU$/, () => '--clamp-mss-to-pmtu'],
    [/^TCPMSS set (\d+)$/, ([size]) => `--set-mss ${size}`],
  ],
  TPROXY: [
    [
      /^TPROXY redirect (\S+):(\d+) mark (\S+)$/,
      ([address, port, mark]) => `--on-port ${port} --on-ip ${address} --tproxy-mark ${mark}`,
    ],
  ],
  CT: [[/^CT notrack$/, () => '--notrack']],
  DSCP: [[/^DSCP set (\S+)$/, ([value]) => `--set-dscp ${value}`]],
  TTL: [
    [/^TTL set to (\d+)$/, ([value]) => `--ttl-set ${value}`],
    [/^TTL increment by (\d+)$/, ([value]) => `--ttl-inc ${value}`],
    [/^TTL decrement by (\d+)$/, ([value]) => `--ttl-dec ${value}`],
  ],
  CHECKSUM: [[/^CHECKSUM fill$/, () => '--checksum-fill']],
  CLASSIFY: [[/^CLASSIFY set (\S+)$/, ([value]) => `--set-class ${value}`]],
  SET: [[/^(add-set|del-set) (\S+) (\S+)$/, ([how, name, sides]) => `--${how} ${name} ${sides}`]],
};
