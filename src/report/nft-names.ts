/** What kube-proxy calls its chains: what they are for, a hash, and whose they are. */
const hashed =
  /^(service|local|external|endpoint|affinity|firewall)-[A-Z2-7]{8}-([^/]+\/[^/]+)\/([a-z]+)\/([a-z0-9-]*)(?:__(.+))?$/;
const tables: ReadonlySet<string> = new Set(['ip kube-proxy', 'ip6 kube-proxy']);

/** `service default/web/tcp/http`, `endpoint default/web/tcp/http 10.244.1.5:8080`; other names stay as they are. */
export function nftChainName(table: string, name: string): string {
  const [, kind, service, protocol, port, endpoint] = (tables.has(table) && hashed.exec(name)) || [];
  if (kind === undefined) return name;
  const whole = `${kind} ${service}/${protocol}${port === '' ? '' : `/${port}`}`;
  return endpoint === undefined ? whole : `${whole} ${sayEndpoint(endpoint)}`;
}

/** `10.244.1.5/8080`; the colons of IPv6 are dots. */
function sayEndpoint(text: string): string {
  const [address = '', port = ''] = text.split('/');
  const parts = address.split('.');
  const isIPv4 = parts.length === 4 && parts.every((part) => /^\d+$/.test(part));
  return isIPv4 ? `${address}:${port}` : `[${parts.join(':')}]:${port}`;
}
