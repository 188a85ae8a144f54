import type { BaseChain, IrProgram } from '../engine/ir.ts';
import { type Hook, perHook } from '../iptables/rule/ruleset.ts';
import { NftSyntaxError } from '../nftables/read/error.ts';
import { type Hooked, readHooks } from '../nftables/read/hooks.ts';
import { InputError } from '../text/problem.ts';
import type { Source } from '../text/source.ts';

/** What `nft list hooks` printed of a node, once or several times. Throws an InputError. */
export function openHooks(sources: readonly Source[]): readonly Hooked[] {
  return sources.flatMap((source) => {
    try {
      return readHooks(source);
    } catch (error) {
      if (!(error instanceof NftSyntaxError)) throw error;
      const { code, message, span, expected } = error;
      throw new InputError([{ code, severity: 'error', message, span, ...(expected && { expected }) }]);
    }
  });
}

/** The base chains of one hook and priority in the order in which the kernel runs them, as far as the listing tells it. */
export function placeChains(
  baseChains: IrProgram['baseChains'],
  family: IrProgram['family'],
  hooked: readonly Hooked[],
): IrProgram['baseChains'] {
  const places = placesOf(hooked.filter((one) => one.family === (family === 'ipv4' ? 'ip' : 'ip6')));
  const placed = (hook: Hook) =>
    baseChains[hook].map((base) => {
      const place = places.get(keyOf(hook.toLowerCase(), base.priority, nameOf(base, family)));
      return place === undefined ? base : { ...base, registered: -place };
    });
  return perHook(placed);
}

/**
 * The base chains of texts that were loaded in their order: the later one registers its chains later, and the kernel runs first what was
 * registered last of one hook and priority. `order` is the place of a chain's text; undefined where it is not known.
 */
export function placeLoaded(
  baseChains: IrProgram['baseChains'],
  order: (chain: BaseChain['chain']) => number | undefined,
): IrProgram['baseChains'] {
  return perHook((hook: Hook) =>
    baseChains[hook].map((base) => {
      const registered = base.registered ?? order(base.chain);
      return registered === undefined ? base : { ...base, registered };
    }),
  );
}

const keyOf = (hook: string, priority: number, chain: string) => `${hook} ${priority} ${chain}`;

/** As the listing names it: tables of iptables are of the packets' family. */
function nameOf({ chain: { language, table, name } }: BaseChain, family: IrProgram['family']): string {
  const own = language === 'nftables' ? table : `${family === 'ipv4' ? 'ip' : 'ip6'} ${table}`;
  return `${own}/${name}`;
}

/**
 * nft puts each thing of a priority after the first of it, so that of three and more only the first one is where the kernel has it: the
 * others have one place, which tells no order. Of two both are.
 */
function placesOf(hooked: readonly Hooked[]): ReadonlyMap<string, number> {
  const seen = new Set<string>();
  const places = new Map<string, number>();
  for (const { hook, priority, chain } of hooked) {
    const own = `${hook} ${priority}`;
    if (chain !== null) places.set(keyOf(hook, priority, chain), seen.has(own) ? 1 : 0);
    seen.add(own);
  }
  return places;
}
