import { highestPort, type PortRange } from '../../../address/port.ts';
import { want } from '../../../text/expected.ts';
import { readInteger } from '../numbers.ts';
import { servicePort } from '../services.ts';
import { type Codec, refuseValue } from '../syntax.ts';
import { forwards, printRange } from './numbers.ts';

/** A number in any base, or a name of /etc/services that has the rule's protocol. */
export const port: Codec<number> = {
  read(text, { protocol }) {
    const number = readInteger(text) ?? servicePort(text, protocol);
    if (number !== undefined && number <= highestPort) return number;
    return refuseValue(text, want.orElse(want.range(0, highestPort, 'port'), want.thing('port-name')));
  },
  print: String,
};

/** A decimal number, of which 16 bits count, or a name of /etc/services for any protocol, as getaddrinfo(3) takes it. */
export const anyPort: Codec<number> = {
  read(text) {
    const number = /^\+?\d{1,9}$/.test(text) ? Number(text) & highestPort : servicePort(text, 0);
    if (number !== undefined) return number;
    return refuseValue(text, want.orElse(want.range(0, highestPort, 'port'), want.thing('port-name')));
  },
  print: String,
};

/** `PORT`, `FIRST:LAST`, `FIRST:`, `:LAST`; backwards as well, since firewalls are running that have such. */
function rangeOf(one: Codec<number>, separator: string): Codec<PortRange> {
  return {
    read(text, context) {
      const at = text.indexOf(separator);
      if (at === -1) {
        const only = one.read(text, context);
        return { first: only, last: only };
      }
      const [first, last] = [text.slice(0, at), text.slice(at + 1)];
      return {
        first: first === '' ? 0 : one.read(first, context),
        last: last === '' ? highestPort : one.read(last, context),
      };
    },
    print: printRange,
  };
}

const portRange = rangeOf(port, ':');

/** First and last in that order, which tcp and sctp demand. */
export const orderedPorts: Codec<PortRange> = {
  read: (text, context) => forwards(text, portRange.read(text, context)),
  print: printRange,
};

export const anyPortRange = rangeOf(anyPort, ':');

export const everyPort: PortRange = { first: 0, last: highestPort };

export function isEveryPort(range: PortRange): boolean {
  return range.first === 0 && range.last === highestPort;
}
