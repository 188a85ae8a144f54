import type { IrProgram } from '../engine/ir.ts';
import type { HostFields } from '../host/model.ts';
import { isKubeProxys } from '../iptables/owners.ts';

/** A node's rules, as far as they tell in which mode kube-proxy runs there. */
export interface ModeRules {
  readonly program: IrProgram;
  /** The rulesets of nft among them. */
  readonly nft: readonly unknown[];
}

/** By their names alone: there may be very many. */
function hasKubeProxys({ chains }: IrProgram): boolean {
  for (const key of chains.keys()) if (isKubeProxys(key.slice(key.lastIndexOf('/') + 1))) return true;
  return false;
}

/**
 * What kube-proxy's mode has made of a host on which all of these rules are to run. Where rules are of nft and none of its iptables mode,
 * nobody sets route_localnet, and the kernel begins with 0; where one of them may be of iptables mode, nothing is told.
 */
export function hostOfMode(nodes: readonly ModeRules[]): HostFields {
  const isOpened = ({ program, nft }: ModeRules) => nft.length === 0 || hasKubeProxys(program);
  return nodes.some(isOpened) ? {} : { routesLoopback: false };
}
