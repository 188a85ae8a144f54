import type { Host } from '../host/model.ts';
import type { Connection, Timeouts } from './connection.ts';
import { isIcmp } from './packet.ts';
import type { TcpState, TcpTrack } from './tcp-states.ts';

/** Seconds for which an entry is kept after a packet, by sysctl (`net.netfilter.nf_conntrack_…`), as kernels are built. */
const tcpTimeouts: Readonly<Record<TcpState, Setting>> = {
  NO: ['tcp_timeout_syn_sent', 120],
  SS: ['tcp_timeout_syn_sent', 120],
  SR: ['tcp_timeout_syn_recv', 60],
  ES: ['tcp_timeout_established', 432_000],
  FW: ['tcp_timeout_fin_wait', 120],
  CW: ['tcp_timeout_close_wait', 60],
  LA: ['tcp_timeout_last_ack', 30],
  TW: ['tcp_timeout_time_wait', 120],
  CL: ['tcp_timeout_close', 10],
  // No sysctl changes it.
  S2: ['tcp_timeout_syn_sent2', 120],
};

/** What shortens the time of TCP's states: data that is not acknowledged, and a connection that nobody has answered. */
const unacknowledgedTimeout = ['tcp_timeout_unacknowledged', 300] as const;
/** The same packet so many times more. */
const mostRepeated = ['tcp_max_retrans', 3] as const;
const repeatedTimeout = ['tcp_timeout_max_retrans', 300] as const;

/** Seconds: `least` is less than `most` where what is not seen here decides. Null: nobody knows how many at most. */
export interface Lifetime {
  readonly least: number;
  readonly most: number | null;
}

/** Of a policy that nobody shows: at least the second in which the packet came. */
const unshown: Lifetime = { least: 1, most: null };

/** SCTP's states, of which its chunks tell, that nobody sees here: but for the first packet, which must be an INIT. */
const sctpTimeouts = {
  cookieWait: ['sctp_timeout_cookie_wait', 3],
  others: [
    ['sctp_timeout_closed', 10],
    ['sctp_timeout_cookie_echoed', 3],
    // 210 since 6.2.
    ['sctp_timeout_established', 432_000],
    ['sctp_timeout_shutdown_sent', 3],
    ['sctp_timeout_shutdown_recd', 3],
    ['sctp_timeout_shutdown_ack_sent', 3],
    ['sctp_timeout_heartbeat_sent', 30],
  ],
} as const;

/** For how long a connection is remembered from `now` on; null: nobody knows. `answered`: before this packet. */
export function lifetimeOf(
  connection: Connection,
  answered: boolean,
  host: Host,
  now: number,
): Lifetime | null {
  const { tcp, timeouts } = connection;
  if (timeouts === 'unknown') return unshown;
  if (tcp) return tcpLifetime(tcp, answered, host, timeouts);
  if (connection.original.protocol === 132) return sctpLifetime(connection, host, now);
  const sure = sureLifetime(connection, timeouts, answered, host, now);
  return sure === null ? null : { least: sure, most: sure };
}

/** Numbers would tell which data is acknowledged, and which packets repeat others. */
function tcpLifetime(
  { state, unacknowledged, repeated, last }: TcpTrack,
  answered: boolean,
  host: Host,
  own: KnownTimeouts,
): Lifetime {
  const of = (setting: Setting) => secondsOf(setting, host, own);
  // After a reset, whatever the state.
  const usual = of(tcpTimeouts[last.kind === 'rst' ? 'CL' : state]);
  const most = !answered && state === 'ES' ? Math.min(usual, of(unacknowledgedTimeout)) : usual;
  const shortened = [
    ...(unacknowledged.length > 0 ? [of(unacknowledgedTimeout)] : []),
    ...(repeated >= of(mostRepeated) ? [of(repeatedTimeout)] : []),
  ];
  return { least: Math.min(most, ...shortened), most };
}

function sctpLifetime({ begun }: Connection, host: Host, now: number): Lifetime {
  const waiting = secondsOf(sctpTimeouts.cookieWait, host);
  if (begun === now) return { least: waiting, most: waiting };
  const seconds = [waiting, ...sctpTimeouts.others.map((setting) => secondsOf(setting, host))];
  return { least: Math.min(...seconds), most: Math.max(...seconds) };
}

type Setting = readonly [sysctl: string, usual: number];

/** How the policy of a connection names what these settings say. */
const policyNames: Readonly<Record<string, string>> = {
  udp_timeout: 'unreplied',
  udp_timeout_stream: 'replied',
  tcp_timeout_unacknowledged: 'unack',
  tcp_timeout_max_retrans: 'retrans',
};

type KnownTimeouts = Exclude<Timeouts, 'unknown'> | undefined;

function secondsOf([name, usual]: Setting, host: Host, own?: KnownTimeouts): number {
  const state = policyNames[name] ?? name.replace('tcp_timeout_', '');
  return own?.[state] ?? host.sysctls.get(`net.netfilter.nf_conntrack_${name}`) ?? usual;
}

function sureLifetime(
  connection: Connection,
  own: KnownTimeouts,
  answered: boolean,
  host: Host,
  now: number,
): number | null {
  const { original } = connection;
  const known = (setting: Setting) => secondsOf(setting, host, own);
  if (isIcmp(original.protocol))
    return known([original.protocol === 1 ? 'icmp_timeout' : 'icmpv6_timeout', 30]);
  switch (original.protocol) {
    case 17:
      return isStream(connection, answered, now)
        ? known(['udp_timeout_stream', 120])
        : known(['udp_timeout', 30]);
    case 47:
      return answered ? known(['gre_timeout_stream', 180]) : known(['gre_timeout', 30]);
    case 136:
      return answered ? known(['udp_timeout_stream', 120]) : known(['udp_timeout', 30]);
    case 6:
      return null;
    default:
      return known(['generic_timeout', 600]);
  }
}

/** Both ways, and two seconds after the first packet. */
function isStream({ begun }: Connection, answered: boolean, now: number): boolean {
  return answered && now > begun + 2;
}

/** Whether an entry is assured after a packet; `before` is the entry as it was. */
export function isAssured(before: Connection, after: Connection, now: number): boolean | null {
  if (before.assured !== false) return before.assured;
  const { tcp, original } = after;
  if (tcp) {
    const was = before.tcp?.state;
    return before.seenReply && tcp.state === 'ES' && (was === 'SR' || was === 'ES');
  }
  switch (original.protocol) {
    case 17:
      return isStream(after, before.seenReply, now);
    case 47:
    case 136:
      return before.seenReply;
    case 132:
      return after.seenReply ? null : false;
    default:
      return false;
  }
}
