import { useState } from 'preact/hooks';
import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import type { Protocol } from '../../../kube/cluster/model.ts';
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
      {callers.length === 0 && (
        <Field label={w.who} value={parts.source} onInput={(source) => change({ source })} />
      )}
      {entries.length === 0 && (
        <Field label={w.entry} value={parts.destination} onInput={(destination) => change({ destination })} />
      )}
      <Field label={w.destinationPort} value={parts.port} onInput={(port) => change({ port })} isNumber />
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
        <div class="wide">
          <h3>{w.examples}</h3>
          <Examples list={all.slice(0, mostShown)} />
          {all.length > mostShown && (
            <details>
              <summary>{w.moreRules(all.length - mostShown)}</summary>
              <Examples list={all.slice(mostShown)} />
            </details>
          )}
        </div>
      )}
    </form>
  );
}

interface Example {
  readonly name: string;
  readonly packet: string;
}

/** More examples than this are behind a click. */
const mostShown = 8;

function Examples({ list }: { readonly list: readonly Example[] }) {
  return (
    <ul class="chips">
      {list.map(({ name, packet }) => (
        <li key={packet}>
          <a href={linkTo({ packet, outcome: '0', rule: '' })} title={packet}>
            {name === packet ? <code>{name}</code> : name}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Field({
  label,
  value,
  onInput,
  isNumber = false,
}: {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly isNumber?: boolean;
}) {
  return (
    <label>
      {label}
      <input
        inputMode={isNumber ? 'numeric' : undefined}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

/** A value that is not among those offered stands there by itself. */
function withOwn<T extends { value: string; text: string }>(options: readonly T[], value: string) {
  return options.some((option) => option.value === value) ? options : [{ value, text: value }, ...options];
}
