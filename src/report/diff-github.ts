import type { PacketClass } from '../proof/classes/classify.ts';
import type { DiffReport } from '../session/comparison.ts';
import { causeFieldsOf, causeRuleOf } from './diff-causes.ts';
import { changesOf, type ToldChange, type ToldGroup } from './diff-changes.ts';
import { namesIn, sideTexts } from './diff-class.ts';
import { groupsOf, sayConditions } from './diff-packets.ts';
import { sayChange, sayEntry, sayNames, sayServices } from './diff-services.ts';
import { sayBox, sayDoubt } from './diff-words.ts';
import { type Annotated, annotation } from './github.ts';

const severities = { high: 'error', medium: 'warning', low: 'note' } as const;

/** Annotations of a comparison, each at the line of the manifest, or of the dump, that makes the difference. */
export function printDiffGithub(report: DiffReport): string {
  const changes = changesOf(report.services).flatMap((group) =>
    group.changes.flatMap((change) => annotationsOf(change, group, report)),
  );
  const { unproved, left } = report.packets;
  const doubts = [
    ...unproved.map(({ boxes: [box], doubt }) => `${box ? sayBox(box) : 'packets'}: ${sayDoubt(doubt)}`),
    ...left.slice(0, 1).map((box) => `too many kinds of packets, such as ${sayBox(box)}`),
  ].map((message) =>
    annotation('warning', { ...nowhere, title: 'kubenat diff: could not be proved', message }),
  );
  return [...new Set([...changes, ...doubts])].join('');
}

const nowhere = { file: null, line: null, column: null };

/** One for each place: what a line of the configuration does to all Services is said there once. */
function annotationsOf(change: ToldChange, group: ToldGroup, report: DiffReport): string[] {
  const { entries, classes, isMain } = change;
  const [like] = groupsOf(classes[0]);
  const said = `${sayServices(group.services)}${sayNames(group.services)}: ${sayEntry(entries)}: ${sayChange(entries, classes[0], true)}`;
  const message = [said, ...sayConditions(like, namesIn(sideTexts(report)))].join('; ');
  const title = `kubenat diff: ${group.status} (${group.severity})`;
  const ofClasses = isMain ? entries.map(({ classes: [main] }) => main) : [classes[0]];
  return ofClasses.map((one) =>
    annotation(severities[group.severity], { ...placeOf(one, report), title, message }),
  );
}

function placeOf(one: PacketClass, report: DiffReport): Pick<Annotated, 'file' | 'line' | 'column'> {
  const [field] = causeFieldsOf(one, report);
  if (field) return { file: field.file, line: field.line, column: null };
  const cause = causeRuleOf(one);
  if (cause === null) return nowhere;
  const texts = sideTexts(report)[cause.side];
  return { file: texts.fileOf(cause.place), line: texts.lineOf(cause.place), column: null };
}
