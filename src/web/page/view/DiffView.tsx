import { useMemo } from 'preact/hooks';
import type { PacketClass } from '../../../proof/classes/classify.ts';
import { sayAnswerAssumptions } from '../../../report/answer-assumptions.ts';
import { groupsOf, sayConditions } from '../../../report/diff-packets.ts';
import { sayBox, sayDoubt, sayEffects } from '../../../report/diff-words.ts';
import { sayNotes } from '../../../report/notes.ts';
import { diffTables } from '../../../report/words/diff-tables.ts';
import { fateTables } from '../../../report/words/fate-tables.ts';
import type { FateWords } from '../../../report/words/fates.ts';
import { readVersion, type Version } from '../../../session/version.ts';
import { diffCommand } from '../model/command.ts';
import { compareVersions } from '../model/difference.ts';
import { movedGraph } from '../model/moved.ts';
import { linkTo, place } from '../state.ts';
import { attempt, node, pageData } from '../store.ts';
import { language, words } from '../words.ts';
import { Copyable } from './Copyable.tsx';
import { DiffClass } from './DiffClass.tsx';
import { Graph } from './Graph.tsx';
import { Picks } from './Picks.tsx';
import { Problems } from './Problems.tsx';
import { arranged, Search, Sort } from './Table.tsx';

const most = 100;

/** What a change does to packets: the classes that change fate, worst first, and one of them in full. */
export function DiffView({ version }: { readonly version: Version }) {
  const w = words.value;
  const data = pageData.value;
  const made = useMemo(() => {
    const before = data?.before;
    if (!before) return null;
    return attempt(() => ({
      kind: 'made' as const,
      difference: compareVersions(readVersion(before, version.options), version, node.value),
    }));
  }, [data, version, node.value]);
  if (!data?.before || !made) return <NoDiff />;
  if (made.kind === 'failed') return <Problems problems={made.problems} />;
  const { difference } = made;
  const { classes, packets, services } = difference;
  const command = diffCommand(data.before, version, node.value);
  const chosen = classes[Number(place.value.change)] ?? classes[0];
  const taken = [
    ...sayNotes(difference.notes, language.value),
    ...sayAnswerAssumptions(difference.assumed, language.value),
  ];
  return (
    <section aria-labelledby="view-title">
      <h2 id="view-title">{w.diff}</h2>
      <Picks version={version} service={undefined} withNode />
      <p class={packets.same ? 'verdict good' : 'verdict'}>
        <strong>
          {packets.same
            ? w.same
            : [
                w.changedClasses(packets.classes.length),
                ...(packets.unproved.length > 0 ? [w.unproved(packets.unproved.length)] : []),
              ].join('; ')}
        </strong>{' '}
        {packets.left.length > 0 && w.left}
      </p>
      <ul class="chips">
        {services.map(({ service, status, severity }) => (
          <li key={service}>
            <span class="badge">
              {service ?? w.otherRules}: {w.serviceStatus[status]}, {w.importance[severity]}
            </span>
          </li>
        ))}
      </ul>
      <MovedPicture classes={classes} />
      {classes.length > 0 && <Classes classes={classes} chosen={chosen} />}
      {chosen && <DiffClass key={place.value.change} one={chosen} difference={difference} />}
      {taken.length > 0 && (
        <>
          <h3>{w.takenForGranted}</h3>
          <ul>
            {taken.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
      {command !== null && <Copyable label={w.sameCommand} text={command} />}
    </section>
  );
}

interface ClassesProps {
  readonly classes: readonly PacketClass[];
  readonly chosen: PacketClass | undefined;
}

/** The list of classes, worst first unless it is sorted, each with the number that links name. */
function Classes({ classes, chosen }: ClassesProps) {
  const w = words.value;
  const said = fateTables[language.value];
  const told = classes.map((one, index) => ({ one, index, says: sayClass(one, said) }));
  const sorts = { importance: w.byImportance, service: w.service } as const;
  const ranks = { high: 0, medium: 1, low: 2 };
  const found = arranged(
    told,
    ({ one, says }) => `${w.importance[one.severity]} ${says}`,
    ({ one, says }, column) => (column === 'importance' ? ranks[one.severity] : says),
  );
  return (
    <>
      <Search name="find" count={w.rowsOf(found.length, classes.length)} />
      <p class="chips">
        {Object.entries(sorts).map(([column, label]) => (
          <Sort key={column} name="order" column={column} label={label} />
        ))}
      </p>
      <ol class="classes">
        {found.slice(0, most).map(({ one, index }) => (
          <li key={index}>
            <ClassLink one={one} index={index} isChosen={one === chosen} />
          </li>
        ))}
      </ol>
      {found.length > most && <p class="hint">{w.moreRules(found.length - most)}</p>}
    </>
  );
}

function sayClass({ entry, doubt, boxes, ...rest }: PacketClass, said: FateWords): string {
  const w = words.value;
  const what = doubt === null ? sayEffects(rest, said) : sayDoubt(doubt, said);
  const where = entry.service ? `${entry.service}, ${w.entryKind[entry.kind]}` : w.otherRules;
  return `${where}: ${what} ${boxes[0] ? sayBox(boxes[0], said) : ''}`;
}

/** What moved, as a picture; nothing where nothing is known to. */
function MovedPicture({ classes }: { readonly classes: readonly PacketClass[] }) {
  const w = words.value;
  const said = fateTables[language.value];
  const { graph, looks } = useMemo(
    () =>
      movedGraph(
        classes,
        said,
        ({ entry }, number) =>
          `${number}. ${entry.service ? `${entry.service}\n${w.entryKind[entry.kind]}` : w.otherRules}`,
      ),
    [classes, said, w],
  );
  if (graph.edges.length === 0) return null;
  return (
    <>
      <h3>{w.moved}</h3>
      <Graph
        graph={graph}
        label={w.moved}
        href={(id) => (id.startsWith('from ') ? linkTo({ change: id.slice('from '.length) }) : null)}
        look={(edge) => looks.get(edge) ?? ''}
      />
      <p class="hint">{w.movedHint}</p>
    </>
  );
}

function NoDiff() {
  const w = words.value;
  return (
    <section aria-labelledby="view-title">
      <h2 id="view-title">{w.diff}</h2>
      <p class="empty">
        {w.noDiff} <code>kubenat report --before old.yaml new.yaml</code>
      </p>
    </section>
  );
}

const styles = { high: 'bad', medium: 'warn', low: 'hint' } as const;

function ClassLink({
  one,
  index,
  isChosen,
}: {
  readonly one: PacketClass;
  readonly index: number;
  readonly isChosen: boolean;
}) {
  const w = words.value;
  const said = fateTables[language.value];
  const { severity, entry, doubt } = one;
  const [group] = groupsOf(one);
  const conditions = sayConditions(group, (chain) => chain, diffTables[language.value]);
  return (
    <a href={linkTo({ change: String(index) })} aria-current={isChosen ? 'true' : undefined}>
      {index + 1}. <span class={`badge ${styles[severity]}`}>{w.importance[severity]}</span>{' '}
      <strong>{entry.service ?? w.otherRules}</strong>
      {entry.service && `, ${w.entryKind[entry.kind]}`}:{' '}
      {doubt === null ? sayEffects(one, said) : sayDoubt(doubt, said)}{' '}
      <small class="kind">{[sayBox(group.boxes[0], said), ...conditions].join('; ')}</small>
    </a>
  );
}
