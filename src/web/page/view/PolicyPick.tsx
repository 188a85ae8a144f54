import type { TrafficPolicy } from '../../../kube/cluster/model.ts';
import { words } from '../words.ts';
import { Select } from './Select.tsx';

/** A traffic policy to be tried instead of the service's own. */
export function PolicyPick({
  field,
  label,
  value,
  own,
  onChange,
}: {
  readonly field: string;
  readonly label: string;
  readonly value: string;
  readonly own: TrafficPolicy;
  readonly onChange: (value: string) => void;
}) {
  const w = words.value;
  return (
    <Select
      label={`${w.policy}: ${label} (${field})`}
      value={value}
      options={[
        { value: '', text: `${own} (${w.asIs})` },
        ...(['Cluster', 'Local'] as const)
          .filter((one) => one !== own)
          .map((one) => ({ value: one, text: one })),
      ]}
      onChange={onChange}
    />
  );
}
