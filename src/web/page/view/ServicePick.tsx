import { useId, useState } from 'preact/hooks';
import { go } from '../state.ts';
import { words } from '../words.ts';
import { Select } from './Select.tsx';

/** So many a list can hold; of more, those are offered whose names fit what is typed. */
const mostOfList = 60;
const mostOffered = 30;

interface Props {
  readonly keys: readonly string[];
  /** The one that is looked at. */
  readonly own: string;
  /** What an empty one is called, where it can be chosen. */
  readonly all?: string;
}

/** The service that is looked at, and the others. */
export function ServicePick({ keys, own, all }: Props) {
  if (keys.length > mostOfList) return <Typed key={own} keys={keys} own={own} />;
  const options = keys.map((key) => ({ value: key, text: key }));
  const whole = all === undefined ? [] : [{ value: '', text: all }];
  return <Select label={words.value.service} value={own} options={[...whole, ...options]} onChange={goTo} />;
}

function Typed({ keys, own }: Props) {
  const id = useId();
  const [typed, setTyped] = useState(own);
  const wanted = typed === own ? [] : typed.toLowerCase().split(/\s+/);
  const offered = keys.filter((key) => wanted.every((word) => key.includes(word))).slice(0, mostOffered);
  return (
    <label>
      {words.value.service}
      <input
        class="mono"
        list={id}
        size={Math.max(24, own.length + 2)}
        value={typed}
        onFocus={(event) => event.currentTarget.select()}
        onInput={({ currentTarget: { value } }) => {
          setTyped(value);
          if (value !== own && keys.includes(value)) goTo(value);
        }}
      />
      <datalist id={id}>
        {offered.map((key) => (
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
    gone: '',
    open: '',
  });
}
