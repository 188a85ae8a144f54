import { useState } from 'preact/hooks';
import { formatAddress, formatEndpoint, parseAddress } from '../../../address/address.ts';
import type { Protocol } from '../../../cluster/model.ts';
import type { Client } from '../../../path/clients.ts';
import type { Entry } from '../../../path/entries.ts';
import { type Caller, spellPacket } from '../model/choices.ts';
import { go, linkTo } from '../state.ts';
import { type Words, words } from '../words.ts';
import { Select } from './Select.tsx';

interface Props {
  /** The packet as it stands. */
  readonly text: string;
  readonly callers: readonly Caller[];
  readonly entries: readonly Entry[];
  readonly protocol: Protocol;
  readonly examples: readonly string[];
}

export function PacketForm({ text, callers, entries, protocol, examples }: Props) {
  const w = words.value;
  const [typed, setTyped] = useState(text);
  const parts = partsOf(typed);
  const change = (part: Partial<ReturnType<typeof partsOf>>) => setTyped(spellParts({ ...parts, ...part }));
  const offered = callers.flatMap(({ client, from }) =>
    entries.slice(0, 4).map((entry) => ({
      name: `${nameClient(client, w)} → ${nameEntry(entry, w)}`,
      packet: spellPacket(protocol, client.address, entry, from),
    })),
  );
  const all = [...offered, ...examples.map((packet) => ({ name: packet, packet }))];
  return (
    <form
      class="form"
      aria-label={w.packetForm}
      onSubmit={(event) => {
        event.preventDefault();
        go({ packet: typed, outcome: '0', rule: '' });
      }}
    >
      {callers.length > 0 && (
        <Select
          label={w.who}
          value={`${parts.source} ${parts.from}`}
          options={withOwn(
            callers.map(({ client, from }) => ({
              value: `${formatAddress(client.address)} ${from}`,
              text: `${nameClient(client, w)} (${formatAddress(client.address)})`,
            })),
            `${parts.source} ${parts.from}`,
          )}
          onChange={(value) => {
            const [source = '', from = ''] = value.split(' ');
            change({ source, from });
          }}
        />
      )}
      {entries.length > 0 && (
        <Select
          label={w.entry}
          value={`${parts.destination} ${parts.port}`}
          options={withOwn(
            entries.map((entry) => ({
              value: `${formatAddress(entry.address)} ${entry.port}`,
              text: `${nameEntry(entry, w)} (${formatEndpoint(entry.address, entry.port)})`,
            })),
            `${parts.destination} ${parts.port}`,
          )}
          onChange={(value) => {
            const [destination = '', port = ''] = value.split(' ');
            change({ destination, port });
          }}
        />
      )}
      <Select
        label={w.protocol}
        value={parts.protocol}
        options={withOwn(
          ['tcp', 'udp', 'sctp'].map((name) => ({ value: name, text: name.toUpperCase() })),
          parts.protocol,
        )}
        onChange={(name) => change({ protocol: name })}
      />
      <label>
        {w.destinationPort}
        <input
          inputMode="numeric"
          value={parts.port}
          onInput={(event) => change({ port: event.currentTarget.value })}
        />
      </label>
      <div class="wide row">
        <label>
          {w.asText}
          <input
            class="mono"
            name="packet"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="main">
          {w.trace}
        </button>
      </div>
      {all.length > 0 && (
        <details class="wide">
          <summary>{w.examples}</summary>
          <ul class="chips">
            {all.map(({ name, packet }) => (
              <li key={packet}>
                <a href={linkTo({ packet, outcome: '0', rule: '' })}>{name}</a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </form>
  );
}

export function nameClient({ kind, node }: Client, w: Words): string {
  if (node === null) return w.outside;
  return {
    endpoint: w.endpointOn,
    pod: w.podOn,
    node: w.nodeItself,
    outside: w.podOn,
    'outside-admitted': w.podOn,
  }[kind](node);
}

const entryWords = {
  'cluster-ip': 'clusterAddress',
  'node-port': 'nodePort',
  'service-port-on-node': 'servicePortOnNode',
  'load-balancer': 'balancer',
  'external-ip': 'externalAddress',
} as const;

export function nameEntry({ kind, node }: Entry, w: Words): string {
  return `${w[entryWords[kind]]}${node === null ? '' : ` (${node})`}`;
}

/** A value that is not among those offered stands there by itself. */
function withOwn<T extends { value: string; text: string }>(options: readonly T[], value: string) {
  return options.some((option) => option.value === value) ? options : [{ value, text: value }, ...options];
}

/** The parts of a packet's text that the form has fields for; the rest of the text is kept as it is. */
function partsOf(text: string) {
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

function spellParts({
  protocol,
  source,
  sourcePort,
  destination,
  port,
  from,
  rest,
}: ReturnType<typeof partsOf>): string {
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
