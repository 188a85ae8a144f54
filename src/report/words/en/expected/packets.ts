import type { PacketThing, PacketThingOf } from '../../../../text/things.ts';
import type { ThingWords } from '../../expected.ts';

/** What is right of packets, hosts and documents. */
export const packetThings: ThingWords<PacketThing, PacketThingOf> = {
  'pod-interface': 'podIf in --host',
  once: (one) => `${one} once`,
  'ipvsadm-saved': 'what ipvsadm -Sn prints, with addresses and ports as numbers',
  'declared-chain': 'a chain that the table declares',
  'ending-jumps': 'jumps that end, as the kernel demands of what a built-in chain reaches',
  'number-or-quoted': 'a number, or a string in quotes',
  'each-key-once': 'each key once',
  'key-string': 'a string as key',
  'map-or-maps': 'a map, or a list of maps',
  anchor: (one) => `&${one} at the value that is meant`,
  'value-without-itself': 'a value without itself',
  'some-hundred-levels': 'some hundred levels at most',
  'well-formed-yaml': 'well-formed YAML',
  'one-document': 'one document',
  'short-without-blanks': 'up to 15 characters without blanks',
  'address-length': 'address/length',
  'name-and-addresses': 'name and addresses',
  'route-fields': 'to, via, dev and metric',
  'address-alone': 'an address alone',
  seconds: 'seconds',
  'fewer-chances': 'fewer packets for which chance decides, or packets without times',
  'quoted-key': 'a key in double quotes',
  'string-of-one-line': 'a string that ends in its line',
  'ip-json': 'the output of ip -json',
  blank: 'a blank',
  'bracketed-ipv6': 'an IPv6 address in brackets',
  'address-with-or-without-port': 'an address, with or without a port',
  'as-in': (one) => `as in ${one}`,
};
