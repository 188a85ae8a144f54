import { useState } from 'preact/hooks';
import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import type { Protocol } from '../../../cluster/model.ts';
import type { Entry } from '../../../path/entries.ts';
import { type Caller, spellPacket } from '../model/choices.ts';
import { type PacketParts, partsOf, spellParts } from '../model/packet-text.ts';
import { go, linkTo } from '../state.ts';
import { words } from '../words.ts';
import { nameClient, nameEntry } from './names.ts';
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
  const change = (part: Partial<PacketParts>) => setTyped(spellParts({ ...parts, ...part }));
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

/** A value that is not among those offered stands there by itself. */
function withOwn<T extends { value: string; text: string }>(options: readonly T[], value: string) {
  return options.some((option) => option.value === value) ? options : [{ value, text: value }, ...options];
}
