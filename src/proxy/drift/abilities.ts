import { looksLikeRules } from '../../iptables/pasted/looks-like-rules.ts';
import type { CompileOptions } from '../iptables/compile.ts';

/** What kube-proxy found on a node when it wrote the rules of a dump, so that rules to hold against them are written for such a node. */
export type NodeAbilities = Pick<CompileOptions, 'nfacct' | 'randomFully'>;

/** Reads from a node's dump what the node can do; nothing where the text is none, or does not show it. */
export function abilitiesOf(text: string): NodeAbilities {
  if (!looksLikeRules(text)) return {};
  const masquerades = /^-A KUBE-POSTROUTING .*-j MASQUERADE(.*)$/m.exec(text);
  return {
    ...(/ -m nfacct --nfacct-name /.test(text) && { nfacct: true }),
    ...(masquerades && { randomFully: (masquerades[1] as string).includes('--random-fully') }),
  };
}
