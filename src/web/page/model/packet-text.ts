import { parseAddress } from '../../../address/address.ts';

/** The parts of a packet's text that the form has fields for; the rest of the text is kept as it is. */
export function partsOf(text: string) {
  const arrow = text.indexOf('->');
  const before = text.slice(0, Math.max(arrow, 0)).trim().split(/\s+/);
  const after = /^(\S+)(?:\s+from\s+(\S+))?(.*)/s.exec(text.slice(arrow + 2).trim());
  const isPacket = before.length === 2 && after !== null;
  const [protocol = 'tcp', source = ''] = isPacket ? before : [];
  const [, destination = '', from = '', rest = ''] = isPacket ? after : [];
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
