import type { Host } from '../host/model.ts';
import type { Connection } from './connection.ts';
import { isIcmp } from './packet.ts';
import type { TcpState } from './tcp-states.ts';

/** Seconds for which an entry is kept after a packet, by sysctl (`net.netfilter.nf_conntrack_…`), as kernels are built. */
const tcpTimeouts: Readonly<Record<TcpState, readonly [sysctl: string, seconds: number]>> = {
  NO: ['tcp_timeout_syn_sent', 120],
  SS: ['tcp_timeout_syn_sent', 120],
  SR: ['tcp_timeout_syn_recv', 60],
  ES: ['tcp_timeout_established', 432_000],
  FW: ['tcp_timeout_fin_wait', 120],
  CW: ['tcp_timeout_close_wait', 60],
  LA: ['tcp_timeout_last_ack', 30],
  TW: ['tcp_timeout_time_wait', 120],
  CL: ['tcp_timeout_close', 10],
  S2: ['tcp_timeout_syn_sent', 120],
};

/** For how long a connection is remembered from `now` on; null: that depends on what is not seen here (SCTP's chunks). */
export function lifetimeOf(connection: Connection, host: Host, now: number): number | null {
  const { tcp, original, seenReply } = connection;
  const known = ([name, seconds]: readonly [string, number]) =>
    host.sysctls.get(`net.netfilter.nf_conntrack_${name}`) ?? seconds;
  if (tcp) return known(tcpTimeouts[tcp.state]);
  if (isIcmp(original.protocol))
    return known([original.protocol === 1 ? 'icmp_timeout' : 'icmpv6_timeout', 30]);
  switch (original.protocol) {
    case 17:
    case 136:
      // Both ways, and two seconds after the first packet: a stream.
      return seenReply && now > connection.begun + 2
        ? known(['udp_timeout_stream', 120])
        : known(['udp_timeout', 30]);
    case 47:
      return seenReply ? known(['gre_timeout_stream', 180]) : known(['gre_timeout', 30]);
    case 6:
    case 132:
      return null;
    default:
      return known(['generic_timeout', 600]);
  }
}
