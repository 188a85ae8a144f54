import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import type { Client } from '../../../path/clients.ts';
import { sayClientNote, sayLegEnd, sayStop } from '../../../report/paths.ts';
import type { Door } from '../model/flow.ts';
import { language, words } from '../words.ts';
import { nameClient, nameEntry } from './names.ts';

/** Who calls, and by what. */
export function DoorCards({ door, client }: { readonly door: Door; readonly client: Client }) {
  const w = words.value;
  if (door.kind === 'entry') {
    const { address, port, via } = door.entry;
    return (
      <ul class="cards">
        <li class="card">
          <h4>{nameClient(client, w)}</h4>
          <code>{formatAddress(client.address)}</code>
        </li>
        <li class="card">
          <h4>{nameEntry(door.entry, w)}</h4>
          <code>{formatEndpoint(address, port)}</code> {via !== null && `→ ${via}`}
        </li>
      </ul>
    );
  }
  const { legs, ingress, stop, clientIn, clientNote } = door.row.trace;
  return (
    <ul class="cards">
      <li class="card">
        <h4>
          {w.ingress} {ingress?.key}
        </h4>
        {ingress?.className}
      </li>
      {legs.map((leg) => (
        <li class="card" key={`${leg.caller.code} ${leg.called.code}`}>
          {sayLegEnd(leg.caller, language.value)}{' '}
          {leg.from !== null && <code>{formatAddress(leg.from)}</code>} →{' '}
          {sayLegEnd(leg.called, language.value)}{' '}
          {leg.to !== null && <code>{formatEndpoint(leg.to, leg.port)}</code>}
        </li>
      ))}
      {stop === null && (
        <li class="card">
          {w.clientIn}: <code>{clientIn.length === 0 ? w.none : clientIn.join(', ')}</code>
          {clientNote && <p class="hint">{sayClientNote(clientNote, language.value)}</p>}
        </li>
      )}
      {stop && <li class="card bad">{sayStop(stop, language.value)}</li>}
    </ul>
  );
}
