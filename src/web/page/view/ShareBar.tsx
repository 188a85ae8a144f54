import { formatPercent } from '../model/percent.ts';
import { words } from '../words.ts';

/** A share in figures and as a bar, and what it was. */
export function ShareBar({ share, was }: { readonly share: number; readonly was: number | null }) {
  const w = words.value;
  const isOther = was !== null && Math.abs(was - share) > 1e-9;
  return (
    <div>
      <strong class={isOther ? 'delta' : undefined}>{formatPercent(share)}</strong>
      {isOther && (
        <span class="was">
          {' '}
          ({w.before} {formatPercent(was)})
        </span>
      )}
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
    </div>
  );
}
