import type { Family } from '../address/address.ts';
import { addrtype, iprange, mac, pkttype, set } from './extensions/addresses.ts';
import { recent, statistic } from './extensions/chance.ts';
import { conntrack, state } from './extensions/connection.ts';
import { icmp, icmp6 } from './extensions/icmp.ts';
import { connmark, mark } from './extensions/mark.ts';
import { dnat, masquerade, netmap, redirect, snat } from './extensions/nat.ts';
import { comment, length, owner, physdev, rpfilter, socket, tcpmss } from './extensions/packet.ts';
import {
  connmarkTarget,
  ct,
  log,
  markTarget,
  nflog,
  notrack,
  reject,
  tcpmssTarget,
  tproxy,
  trace,
} from './extensions/targets.ts';
import { dccp, multiport, sctp, tcp, udp, udplite } from './extensions/transport.ts';
import type { baseMatchKinds, Match, MatchKind } from './match.ts';
import type { Extension } from './syntax.ts';
import type { Target, TargetKind } from './target.ts';

export type BaseMatchKind = (typeof baseMatchKinds)[number];
export type ExtensionMatchKind = Exclude<MatchKind, BaseMatchKind | 'other'>;
export type ExtensionTargetKind = Exclude<TargetKind, 'verdict' | 'jump' | 'other'>;

/** The syntax of every match that is evaluated. */
export const matchExtensions = {
  tcp,
  udp,
  udplite,
  sctp,
  dccp,
  icmp,
  icmp6,
  multiport,
  addrtype,
  comment,
  conntrack,
  state,
  mark,
  connmark,
  statistic,
  recent,
  iprange,
  set,
  physdev,
  mac,
  owner,
  socket,
  rpfilter,
  tcpmss,
  length,
  pkttype,
} as unknown as Readonly<Record<ExtensionMatchKind, Extension<Match>>>;

/** The syntax of every target that is carried out. */
export const targetExtensions = {
  reject,
  dnat,
  snat,
  masquerade,
  redirect,
  netmap,
  mark: markTarget,
  connmark: connmarkTarget,
  ct,
  log,
  nflog,
  trace,
  tproxy,
  tcpmss: tcpmssTarget,
} as unknown as Readonly<Record<ExtensionTargetKind, Extension<Target>>>;

void notrack;

export type { Family };
