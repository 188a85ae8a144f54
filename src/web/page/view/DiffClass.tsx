import { useEffect, useState } from 'preact/hooks';
import type { PacketClass } from '../../../compare/classes/classify.ts';
import { ruleKey } from '../../../compare/rules/keys.ts';
import type { Outcome } from '../../../packet/outcome.ts';
import { sayBox, sayFate } from '../../../report/diff-words.ts';
import { printPacket } from '../../../report/trace-text.ts';
import { type Difference, type Side, witnessOn } from '../model/difference.ts';
import { words } from '../words.ts';
import { Said } from './Said.tsx';

interface Props {
  readonly one: PacketClass;
  readonly difference: Difference;
}

/** How long the witness stays at a rule, in milliseconds. */
const pace = 700;
const isStill = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** A class of packets on both sides, with a packet of it that walks along both ways at once. */
export function DiffClass({ one, difference: { before, after } }: Props) {
  const w = words.value;
  const ends = { before: witnessOn(before, one), after: witnessOn(after, one) };
  const length = Math.max(ends.before?.matched.length ?? 0, ends.after?.matched.length ?? 0);
  const [at, setAt] = useState(0);
  const [plays, setPlays] = useState(() => !isStill());
  useEffect(() => {
    if (!plays || length === 0) return;
    const timer = setInterval(() => setAt((old) => (old + 1) % (length + 2)), pace);
    return () => clearInterval(timer);
  }, [plays, length]);
  const keys = (outcome: Outcome | undefined) => new Set(outcome?.matched.map(({ place }) => keyOf(place)));
  return (
    <section aria-label={w.witness}>
      <h3>{w.witness}</h3>
      <p>
        <code>{printPacket(one.witness)}</code>{' '}
        <button type="button" onClick={() => setPlays(!plays)}>
          {plays ? w.pause : w.play}
        </button>
      </p>
      <div class="split">
        <Way
          title={w.wayBefore}
          name={before.name}
          says={sayFate(one.before)}
          side={before}
          outcome={ends.before}
          others={keys(ends.after)}
          at={at}
        />
        <Way
          title={w.wayAfter}
          name={after.name}
          says={sayFate(one.after)}
          side={after}
          outcome={ends.after}
          others={keys(ends.before)}
          at={at}
        />
      </div>
      <details>
        <summary>{w.whichPackets}</summary>
        <ul>
          {one.boxes.slice(0, 40).map((box) => (
            <li key={sayBox(box)}>
              <Said text={sayBox(box)} />
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

type Place = Outcome['matched'][number]['place'];

/** Equal for rules that do the same in the same chain. */
function keyOf({ table, chain, rule }: Place): string {
  return `${table} ${chain} ${ruleKey(rule)}`;
}

function Way({
  title,
  name,
  says,
  side,
  outcome,
  others,
  at,
}: {
  readonly title: string;
  readonly name: string;
  readonly says: string;
  readonly side: Side;
  readonly outcome: Outcome | undefined;
  /** The rules on the other side's way. */
  readonly others: ReadonlySet<string>;
  readonly at: number;
}) {
  const w = words.value;
  return (
    <div>
      <h4>
        {title} <span class="kind">{name}</span>
      </h4>
      <p>
        <Said text={says} />
      </p>
      <ol class="steps">
        {outcome?.matched.map(({ place }, index) => {
          const isAlone = !others.has(keyOf(place));
          return (
            <li key={index} class={`${isAlone ? 'alone' : ''}${index === at ? ' here' : ''}`}>
              <span class="number">
                {place.table} {side.texts.chain(place.table, place.chain)} {place.number} ({w.line}{' '}
                {side.texts.line(place.rule)})
              </span>{' '}
              {isAlone && <span class="badge warn">{w.onlyHere}</span>}
              <div>
                <code>{side.texts.text(place.rule)}</code>
              </div>
            </li>
          );
        })}
        <li class={at >= (outcome?.matched.length ?? 0) ? 'here' : ''}>
          <strong>
            {outcome && w.verdict[outcome.verdict]} {outcome?.dnat ?? ''}
          </strong>
        </li>
      </ol>
    </div>
  );
}
