import { useId, useState } from 'preact/hooks';
import { type Service, serviceKey } from '../../../cluster/model.ts';
import { searchRows, serviceRows } from '../model/services.ts';
import type { Version } from '../model/version.ts';
import { go } from '../state.ts';
import { words } from '../words.ts';
import { Select } from './Select.tsx';

/** So many a list can hold; of more, those are offered whose names fit what is typed. */
const mostOfList = 60;
const mostOffered = 30;

/** The service that is looked at, and the others. */
export function ServicePick({ version, service }: { readonly version: Version; readonly service: Service }) {
  const rows = serviceRows(version);
  const own = serviceKey(service);
  const label = words.value.service;
  if (rows.length > mostOfList) return <Typed key={own} rows={rows} own={own} label={label} />;
  const options = rows.map(({ key }) => ({ value: key, text: key }));
  return <Select label={label} value={own} options={options} onChange={goTo} />;
}

interface Props {
  readonly rows: ReturnType<typeof serviceRows>;
  readonly own: string;
  readonly label: string;
}

function Typed({ rows, own, label }: Props) {
  const id = useId();
  const [typed, setTyped] = useState(own);
  const offered = searchRows(rows, typed === own ? '' : typed).slice(0, mostOffered);
  return (
    <label>
      {label}
      <input
        class="mono"
        list={id}
        size={Math.max(24, own.length + 2)}
        value={typed}
        onFocus={(event) => event.currentTarget.select()}
        onInput={({ currentTarget: { value } }) => {
          setTyped(value);
          if (value !== own && rows.some(({ key }) => key === value)) goTo(value);
        }}
      />
      <datalist id={id}>
        {offered.map(({ key }) => (
          <option key={key} value={key} />
        ))}
      </datalist>
    </label>
  );
}

/** What was chosen of the service before is not of this one. */
function goTo(service: string): void {
  go({
    service,
    port: '0',
    entry: '',
    client: '',
    packet: '',
    outcome: '0',
    rule: '',
    external: '',
    internal: '',
  });
}
