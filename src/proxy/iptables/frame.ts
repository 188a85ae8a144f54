import { parsePrefix, type Subnet } from '../../address/subnet.ts';
import { proxyComments } from '../decide/comments.ts';
import type { NodePortDecision } from '../decide/node-ports.ts';
import type { NodeContext } from './context.ts';
import {
  accept,
  comment,
  connectionState,
  countedBy,
  drop,
  fromSubnet,
  jump,
  leave,
  marked,
  toAddress,
  toLocal,
  toSubnet,
} from './spell.ts';

const localhost = parsePrefix('127.0.0.0/8') as Subnet;

/** KUBE-POSTROUTING and KUBE-MARK-MASQ: whoever marks a packet has it masqueraded on its way out. */
export function writeMasquerade({ top }: NodeContext, mark: number, randomFully: boolean): void {
  const { postrouting, markMasquerade } = top.nat;
  postrouting.append([marked(mark, true)], leave);
  // The mark is cleared, so that a packet that comes by a second time is not masqueraded again.
  postrouting.append([], { kind: 'mark', value: mark, mask: 0 });
  postrouting.append([comment('kubernetes service traffic requiring SNAT')], {
    kind: 'masquerade',
    ...(randomFully ? { randomFully } : {}),
  });
  markMasquerade.append([], { kind: 'mark', value: mark, mask: mark });
}

/** Closes the hole that route_localnet makes: others must not reach what listens on localhost. */
export function writeLocalhostFirewall({ writer }: NodeContext): void {
  writer
    .chain('filter', 'KUBE-FIREWALL')
    .append(
      [
        fromSubnet(localhost, true),
        toSubnet(localhost),
        comment(proxyComments.localnet),
        connectionState(['RELATED', 'ESTABLISHED', 'DNAT'], true),
      ],
      drop,
    );
}

/** The jump to the node ports. It comes after every service's own addresses. */
export function writeNodePortJump({ top }: NodeContext, { on }: NodePortDecision): void {
  const note = comment('kubernetes service nodeports; NOTE: this must be the last rule in this chain');
  const target = jump(top.nat.nodePorts.name);
  if (on.kind === 'all-local') {
    const except = on.except ? [toSubnet(on.except, true)] : [];
    top.nat.services.append([...except, note, toLocal], target);
    return;
  }
  for (const address of on.addresses) top.nat.services.append([toAddress(address), note], target);
}

/** KUBE-FORWARD: marked packets and those of known connections pass, whatever FORWARD's policy. */
export function writeForward(
  { top, release, countsPackets }: NodeContext,
  mark: number,
  tcpBeLiberal: boolean,
): void {
  const { forward } = top.filter;
  const forwarding = comment('kubernetes forwarding rules');
  if (!(tcpBeLiberal && release.honoursTcpBeLiberal)) {
    const counter = countsPackets ? [countedBy('ct_state_invalid_dropped_pkts')] : [];
    forward.append([connectionState(['INVALID']), ...counter], drop);
  }
  forward.append([forwarding, marked(mark)], accept);
  forward.append(
    [comment('kubernetes forwarding conntrack rule'), connectionState(['RELATED', 'ESTABLISHED'])],
    accept,
  );
}
