import { parseAddress } from '../../../address/address.ts';

/** The parts of a packet's text that the form has fields for; the rest of the text is kept as it is. */
export function partsOf(text: string) {
  const found = /^(\S+)\s+(\S+)\s*->\s*(\S+)(?:\s+from\s+(\S+))?(.*)$/.exec(text.trim()) ?? [];
  const [, protocol = 'tcp', source = '', destination = '', from = '', rest = ''] = found;
  const [from_, to] = [splitEnd(source), splitEnd(destination)];
  return {
    protocol,
    source: from_.address,
    sourcePort: from_.port,
    destination: to.address,
    port: to.port,
    from,
    rest,
  };
}

export type PacketParts = ReturnType<typeof partsOf>;

export function spellParts({
  protocol,
  source,
  sourcePort,
  destination,
  port,
  from,
  rest,
}: PacketParts): string {
  const end = (address: string, number: string) => {
    const isWide = address.includes(':') && parseAddress(address) !== undefined;
    return number === '' ? address : `${isWide ? `[${address}]` : address}:${number}`;
  };
  return `${protocol} ${end(source, sourcePort)} -> ${end(destination, port)}${from === '' ? '' : ` from ${from}`}${rest}`;
}

function splitEnd(text: string): { address: string; port: string } {
  const found = /^(?:\[(.+)\]|([^:]+)):(\d*)$/.exec(text);
  return found ? { address: found[1] ?? found[2] ?? '', port: found[3] ?? '' } : { address: text, port: '' };
}
