import { ownerOfChain } from '../proxy/nftables/names.ts';

/** `service default/web/tcp/http`, `endpoint default/web/tcp/http 10.244.1.5:8080`; other names stay as they are. */
export function nftChainName(table: string, name: string): string {
  const owner = ownerOfChain(table, name);
  if (!owner) return name;
  const { kind, service, protocol, port, endpoint } = owner;
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
