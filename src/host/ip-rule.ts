import { type Address, type Family, familyOf, parseAddress } from '../address/address.ts';
import { protocolNumbers } from '../address/protocols.ts';
import { prefixMask, type Subnet, subnetOf } from '../address/subnet.ts';
import type { Entry, Report } from './ip-route.ts';
import type { PolicyAction, PolicyRule, Span } from './model.ts';

/** Whether an entry of `ip -json` is a rule of policy routing. */
export function isRuleEntry(entry: Entry): boolean {
  return 'priority' in entry && ('src' in entry || 'dst' in entry);
}

/** A rule as `ip -json rule` prints it. Undefined where it is of the other family, or wrong, which is then reported. */
export function readRule(
  entry: Entry,
  family: Family,
  index: number,
  report: Report,
): PolicyRule | undefined {
  const from = selector(entry.src, entry.srclen, family);
  const to = selector(entry.dst, entry.dstlen, family);
  const protocol = entry.ipproto === undefined ? undefined : protocolOf(entry.ipproto);
  if (from === undefined || to === undefined || protocol === null) {
    report(index, 'a rule with an address or a protocol that is none');
    return undefined;
  }
  if ([from, to].some((prefix) => prefix && familyOf(prefix.address) !== family)) return undefined;
  const mark = entry.fwmark === undefined ? undefined : markOf(entry);
  const users = spanOf(entry.uid_start, entry.uid_end);
  const sourcePorts = portsOf(entry, 'sport');
  const destinationPorts = portsOf(entry, 'dport');
  return {
    priority: Number(entry.priority),
    invert: 'not' in entry,
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(mark ? { mark } : {}),
    ...(typeof entry.iif === 'string' ? { in: entry.iif } : {}),
    ...(typeof entry.oif === 'string' ? { out: entry.oif } : {}),
    ...(users ? { users } : {}),
    ...(protocol === undefined ? {} : { protocol }),
    ...(sourcePorts ? { sourcePorts } : {}),
    ...(destinationPorts ? { destinationPorts } : {}),
    ...(entry.tos === undefined ? {} : { tos: Number(entry.tos) }),
    action: actionOf(entry),
  };
}

/** Null: all. */
function selector(value: unknown, length: unknown, family: Family): Subnet | null | undefined {
  if (value === undefined || value === 'all') return null;
  const text = String(value);
  const [address, inline] = text.split('/') as [string, string | undefined];
  const parsed: Address | undefined = parseAddress(
    address === '0' && family === 'ipv6' ? '::' : full(address),
  );
  if (parsed === undefined) return undefined;
  const bits = familyOf(parsed) === 'ipv4' ? 32 : 128;
  return subnetOf(parsed, prefixMask(familyOf(parsed), Number(inline ?? length ?? bits)));
}

function full(address: string): string {
  return address === '0' ? '0.0.0.0' : address;
}

function protocolOf(value: unknown): number | null {
  const text = String(value).replace(/^ipproto-/, '');
  return (
    protocolNumbers[text as keyof typeof protocolNumbers] ?? (/^\d{1,3}$/.test(text) ? Number(text) : null)
  );
}

function markOf({ fwmark, fwmask }: Entry): { value: number; mask: number } {
  const [value, mask] = String(fwmark).split('/');
  return { value: Number(value) >>> 0, mask: Number(fwmask ?? mask ?? 0xffffffff) >>> 0 };
}

function spanOf(first: unknown, last: unknown): Span | undefined {
  return first === undefined ? undefined : [Number(first), Number(last ?? first)];
}

function portsOf(entry: Entry, name: 'sport' | 'dport'): Span | undefined {
  return spanOf(entry[name] ?? entry[`${name}_start`], entry[name] ?? entry[`${name}_end`]);
}

function actionOf(entry: Entry): PolicyAction {
  const { action, table } = entry;
  if (action === 'unreachable' || action === 'blackhole' || action === 'prohibit') return { kind: action };
  if ('goto' in entry) return { kind: 'goto', priority: Number(entry.goto) };
  if ('nop' in entry || action === 'nop') return { kind: 'nop' };
  if ('l3mdev' in entry) return { kind: 'vrf' };
  const name = { 255: 'local', 254: 'main', 253: 'default' }[String(table)] ?? String(table);
  const suppress = entry.suppress_prefixlen;
  return { kind: 'table', table: name, ...(suppress === undefined ? {} : { suppress: Number(suppress) }) };
}
