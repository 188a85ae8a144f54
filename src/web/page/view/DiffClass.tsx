import { useEffect, useState } from 'preact/hooks';
import type { Outcome } from '../../../engine/outcome.ts';
import type { PacketClass } from '../../../proof/classes/classify.ts';
import { namesIn } from '../../../report/diff-class.ts';
import { groupsOf, sayConditions } from '../../../report/diff-packets.ts';
import { sayBox, sayFate } from '../../../report/diff-words.ts';
import { printPacket } from '../../../report/trace-text.ts';
import { diffTables } from '../../../report/words/diff-tables.ts';
import { fateTables } from '../../../report/words/fate-tables.ts';
import { type AlignedRow, alignWays } from '../model/aligned.ts';
import { type Difference, type ShownSide, witnessOn } from '../model/difference.ts';
import { language, words } from '../words.ts';

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
  const said = fateTables[language.value];
  const told = diffTables[language.value];
  const ends = { before: witnessOn(before, one), after: witnessOn(after, one) };
  const rows = alignWays(ends.before?.matched ?? [], ends.after?.matched ?? []);
  const [at, setAt] = useState(0);
  const [plays, setPlays] = useState(() => !isStill());
  useEffect(() => {
    if (!plays || rows.length === 0) return;
    const timer = setInterval(() => setAt((old) => (old + 1) % (rows.length + 2)), pace);
    return () => clearInterval(timer);
  }, [plays, rows.length]);
  return (
    <section aria-label={w.witness}>
      <h3>{w.witness}</h3>
      <p>
        <code>{printPacket(one.witness)}</code>{' '}
        <button type="button" onClick={() => setPlays(!plays)}>
          {plays ? `⏸ ${w.pause}` : `▶ ${w.play}`}
        </button>
      </p>
      <div class="split">
        <Way
          title={w.wayBefore}
          says={sayFate(one.before, said)}
          side={before}
          outcome={ends.before}
          rows={rows}
          of="before"
          at={at}
        />
        <Way
          title={w.wayAfter}
          says={sayFate(one.after, said)}
          side={after}
          outcome={ends.after}
          rows={rows}
          of="after"
          at={at}
        />
      </div>
      <details>
        <summary>{w.whichPackets}</summary>
        {groupsOf(one).map((group) => {
          const conditions = sayConditions(
            group,
            namesIn({ before: before.texts, after: after.texts }),
            told,
          );
          return (
            <section key={conditions.join()}>
              {conditions.length > 0 && <p>{conditions.join('; ')}</p>}
              <ul>
                {group.boxes.slice(0, 40).map((box) => (
                  <li key={sayBox(box)}>{sayBox(box, said)}</li>
                ))}
              </ul>
            </section>
          );
        })}
      </details>
    </section>
  );
}

interface WayProps {
  readonly title: string;
  readonly says: string;
  readonly side: ShownSide;
  readonly outcome: Outcome | undefined;
  readonly rows: readonly AlignedRow[];
  readonly of: 'before' | 'after';
  /** In which row the witness is; behind the last: at its end. */
  readonly at: number;
}

/** One of the two ways. Rules of both stand level with each other where there is room for it. */
function Way({ title, says, side, outcome, rows, of, at }: WayProps) {
  const w = words.value;
  const steps = rows.flatMap((row, index) =>
    row[of] ? [{ ...row[of], isShared: row.isShared, index }] : [],
  );
  const here = at >= rows.length ? rows.length : steps.findLast(({ index }) => index <= at)?.index;
  return (
    <div class="way" style={{ gridRow: `span ${rows.length + 3}` }}>
      <h4>
        {title} <code class="kind">{side.name}</code>
      </h4>
      <p>{says}</p>
      <ol class="steps" style={{ gridRow: `span ${rows.length + 1}` }}>
        {steps.map(({ place, isShared, index }) => (
          <li
            key={index}
            style={{ gridRow: String(index + 1) }}
            class={`${isShared ? '' : 'alone'}${index === here ? ' here' : ''}`}
          >
            <span class="number">
              {place.table} {side.texts.chain(place.table, place.chain)} {place.number} ({w.line}{' '}
              {side.texts.line(place.rule)})
            </span>{' '}
            {!isShared && <span class="badge warn">{w.onlyHere}</span>}
            <div>
              <code>{side.texts.text(place.rule)}</code>
            </div>
          </li>
        ))}
        <li style={{ gridRow: String(rows.length + 1) }} class={`end${here === rows.length ? ' here' : ''}`}>
          <strong>
            {outcome && w.verdict[outcome.verdict]} {outcome?.dnat ?? ''}
          </strong>
        </li>
      </ol>
    </div>
  );
}
