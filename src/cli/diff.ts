import { type Command, Option } from 'commander';
import type { PacketClass } from '../compare/classes/classify.ts';
import { effectKinds } from '../compare/classes/effect.ts';
import { comparePackets, type PacketComparison } from '../compare/compare.ts';
import { byService } from '../compare/services.ts';
import { compareTexts } from '../compare/text.ts';
import { readHost } from '../host/read.ts';
import { printDiffJson } from '../report/diff-json.ts';
import { printDiffMarkdown } from '../report/diff-markdown.ts';
import { printDiffSarif } from '../report/diff-sarif.ts';
import { type DiffReport, printDiffText } from '../report/diff-text.ts';
import { printDiffUnified } from '../report/diff-unified.ts';
import type { Answer } from './answer.ts';
import { hostFor } from './diff-host.ts';
import { loadSide } from './diff-side.ts';
import { type Io, readSource } from './io.ts';
import type { DiffSide } from './join.ts';
import { declareAllocationFlags, declareNodeFlags } from './load.ts';
import { type RulesFlags, refuse } from './rules.ts';
import type { Subcommand } from './run.ts';

const formats = {
  text: (report: DiffReport, io: Io) => printDiffText(report, { color: io.color }),
  markdown: printDiffMarkdown,
  json: printDiffJson,
  sarif: printDiffSarif,
  unified: printDiffUnified,
};

/** What `--ignore` and `--fail-on` may name. */
const respects: readonly string[] = [...Object.keys(effectKinds), 'text'];

interface DiffFlags extends RulesFlags {
  readonly configAfter?: string;
  readonly host: readonly string[];
  readonly format: keyof typeof formats;
  readonly strict?: true;
  readonly ignore?: string;
  readonly failOn?: string;
}

export const diffCommand: Subcommand = {
  declare(command, io, answer) {
    declareDiff(command).action((before: string, after: string, flags: DiffFlags) =>
      answer(() => diffAnswer(io, before, after, flags)),
    );
  },
};

function declareDiff(command: Command): Command {
  return declareAllocationFlags(
    declareNodeFlags(
      command
        .argument('<before>', 'a dump, a manifest, a directory of them, or REV:PATH of git')
        .argument('<after>', 'the same; any mix'),
    ),
  )
    .option(
      '--config-after <file>',
      "kube-proxy's configuration after the change, where --config is that before",
    )
    .option('--cluster <file>', 'objects of the cluster, beside manifests', collect, [])
    .option('--host <file>', "the node's network", collect, [])
    .option('--kube-version <release>', 'the release of kube-proxy, where manifests are compiled')
    .addOption(new Option('--format <format>', 'for whom').choices(Object.keys(formats)).default('text'))
    .option('--strict', 'any difference of the canonical text counts')
    .option('--ignore <list>', `what does not count: ${respects.join(', ')}`)
    .option('--fail-on <list>', 'what alone counts, of the same list');
}

function collect(file: string, files: readonly string[]): readonly string[] {
  return [...files, file];
}

function diffAnswer(io: Io, before: string, after: string, flags: DiffFlags): Answer {
  const ignored = readList('--ignore', flags.ignore);
  const failing = readList('--fail-on', flags.failOn);
  const sides = loadSides(io, before, after, flags);
  const [left, right] = sides;
  const { family } = right.ruleset;
  if (left.ruleset.family !== family) {
    refuse(
      `${before} is ${left.ruleset.family}, ${after} is ${family}`,
      'two sides of one family, or --family',
    );
  }
  const given = flags.host.map((file) => readHost(readSource(io, file), family));
  const { host, assumed } = hostFor(
    family,
    given.map(({ fields }) => fields),
    sides,
  );
  const packets = comparePackets(left.ruleset, right.ruleset, host);
  const text = compareTexts(left.ruleset, right.ruleset);
  const report: DiffReport = {
    before: left,
    after: right,
    packets,
    services: byService(packets.classes, left.ruleset, right.ruleset),
    text,
    notes: [...left.notes, ...right.notes, ...assumed],
    status: statusOf(packets, text?.length !== 0, { ...flags, ignored, failing }),
  };
  const problems = [...left.problems, ...right.problems, ...given.flatMap(({ problems: found }) => found)];
  return { status: report.status, output: formats[flags.format](report, io), format: flags.format, problems };
}

/** Where nobody says which family, both sides are of the one that the first is of. */
function loadSides(io: Io, before: string, after: string, flags: DiffFlags): readonly [DiffSide, DiffSide] {
  const { configAfter, ...common } = flags;
  const left = loadSide(io, before, common);
  const config = configAfter === undefined ? {} : { config: configAfter };
  const right = loadSide(io, after, { ...common, ...config });
  if (flags.family || left.ruleset.family === right.ruleset.family) return [left, right];
  // A dump without any address is of either family.
  const family = isBare(left) ? right.ruleset.family : left.ruleset.family;
  return isBare(left)
    ? [loadSide(io, before, { ...common, family }), right]
    : isBare(right)
      ? [left, loadSide(io, after, { ...common, ...config, family })]
      : [left, right];
}

function isBare({ source }: DiffSide): boolean {
  return !/\d\.\d+\.\d+\.\d|[0-9a-f]::?[0-9a-f]/.test(source.text.replace(/\[\d+:\d+\]/g, ''));
}

function readList(flag: string, list: string | undefined): readonly string[] | null {
  if (list === undefined) return null;
  const names = list.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !respects.includes(name));
  if (wrong !== undefined) refuse(`${flag} ${wrong}`, respects.join(', '));
  return names;
}

interface Judgement {
  readonly strict?: true;
  readonly ignored: readonly string[] | null;
  readonly failing: readonly string[] | null;
}

/** What could not be proved counts, whatever is ignored. */
function statusOf(packets: PacketComparison, textDiffers: boolean, judgement: Judgement): 0 | 1 {
  const { strict, ignored, failing } = judgement;
  const counts = (respect: string) =>
    !(ignored?.includes(respect) ?? false) && (failing?.includes(respect) ?? true);
  if (packets.unproved.length + packets.left.length > 0) return 1;
  if (textDiffers && (strict || failing?.includes('text')) && counts('text')) return 1;
  const matters = ({ effects }: PacketClass) => effects.some(({ kind }) => counts(kind));
  return packets.classes.some(matters) ? 1 : 0;
}
