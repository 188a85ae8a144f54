import type { Family } from '../address/address.ts';
import { dataKey } from '../text/data-key.ts';
import type { Branch, RouteInput } from './branch.ts';
import type { Content } from './content.ts';
import type { FieldName } from './fields.ts';
import type { Guide } from './guide.ts';

/**
 * What a chain that may change the route of the node's own packets is measured by: iptables' mangle OUTPUT, and chains of
 * type route (ipt_mangle_out, ip6t_mangle_out, nf_route_table_hook4, nf_route_table_hook6). They compare what the packet was
 * when it came with what it is when it goes, so a mark that another chain set before is none of their changes.
 */
export interface Seen {
  readonly input: RouteInput;
  readonly contents: ReadonlyMap<string, Content>;
}

/** Of IPv6 the whole first word of the header, and the hop limit. */
const headerFields = { ipv4: ['tos'], ipv6: ['tos', 'ttl'] } as const satisfies Record<
  Family,
  readonly FieldName[]
>;

/** A field: it was given a value, and nobody knows whether it had that before. `question`: the same for the same changes. */
export type Changed = boolean | { readonly field: FieldName; readonly question: string };

export function routeInput(branch: Branch, guide: Guide | undefined): RouteInput {
  const { source, destination, mark } = branch;
  return { source, destination, mark, told: guide?.markOf?.(branch) };
}

export function isSameInput(one: RouteInput | null, other: RouteInput): boolean {
  if (one === null) return false;
  const { source, destination, mark, told } = one;
  return (
    source === other.source && destination === other.destination && mark === other.mark && told === other.told
  );
}

export function seenOf(branch: Branch, guide: Guide | undefined): Seen {
  return { input: routeInput(branch, guide), contents: branch.contents };
}

export function isChanged(before: Seen, after: Seen, family: Family): Changed {
  if (!isSameInput(before.input, after.input)) return true;
  if (before.contents === after.contents) return false;
  for (const field of ['mark', ...headerFields[family]] as const) {
    const [was, is] = [before.contents.get(field), after.contents.get(field)];
    if (dataKey([is]) === dataKey([was])) continue;
    if (was && is && 'value' in was && 'value' in is) return true;
    return { field, question: `${dataKey([was, is])} is another ${field} than before` };
  }
  return false;
}
