import { type Command, Option } from 'commander';
import { scopes } from '../diff/scope.ts';
import type { ProxyMode } from '../kube/cluster/config.ts';
import { effectKinds } from '../proof/classes/effect.ts';
import { nodesFormats, sayNodes } from '../report/diff-nodes.ts';
import type { CommandDetail } from '../report/words/command.ts';
import type { CertifiedFamily } from '../session/certificate.ts';
import { type DiffReport, inFamilyAsked } from '../session/comparison.ts';
import { readFacts } from '../session/facts.ts';
import { onlyOf } from '../session/only.ts';
import { refuse } from '../session/refuse.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import type { Answer } from './answer.ts';
import { type CertifiedSides, certifiedFamily, printCertificate } from './certificate.ts';
import { type ComparedFormat, comparedAnswer, comparedFormats, hostsFrom } from './compared.ts';
import { holdsNft, nftDiffAnswer } from './diff-nft.ts';
import { compareNodes } from './diff-nodes.ts';
import { rolloutAnswer } from './diff-rollout.ts';
import {
  collect,
  declareManifestFlags,
  declareNodeFlags,
  declareShardFlag,
  hostText,
  shardOf,
} from './flags.ts';
import type { Io } from './io.ts';
import { migrateAnswer } from './migrate.ts';
import { withProgress } from './progress.ts';
import type { Subcommand } from './run.ts';
import { openSides, readApplied, readHosts, readSides, type SidesFlags } from './sides.ts';

/** What `--ignore` and `--fail-on` may name. */
const respects: readonly string[] = [...effectKinds, 'text'];

interface DiffFlags extends SidesFlags {
  readonly modeA?: ProxyMode;
  readonly modeB?: ProxyMode;
  readonly format: ComparedFormat;
  readonly nodes?: 'all';
  readonly shard?: string;
  readonly graph?: true;
  readonly rollout?: true;
  readonly strict?: true;
  readonly paranoid?: true;
  readonly certificate?: string;
  readonly only: readonly string[];
  readonly ignore?: string;
  readonly failOn?: string;
}

export const diffCommand: Subcommand = {
  declare(command, io, answer) {
    declareDiff(command).action((before: string, after: string | undefined, flags: DiffFlags) =>
      answer(() => diffAnswer(io, before, after, flags)),
    );
  },
};

function declareDiff(command: Command): Command {
  return declareShardFlag(
    declareManifestFlags(
      declareNodeFlags(
        command
          .argument(
            '<before>',
            'a dump, a ruleset of nft, a manifest, a directory of them, or REV:PATH of git',
          )
          .argument('[after]', 'the same; any mix'),
      ),
    ),
    'the nodes, with --nodes all',
  )
    .option(
      '--context <name>',
      "a cluster, by kubectl's context, as it is now: the one file or directory is what kubectl apply would change of it",
    )
    .option(
      '--config-after <file>',
      "kube-proxy's configuration after the change, where --config is that before",
    )
    .option('--cluster <file>', 'objects of the cluster, beside manifests', collect, [])
    .option('--host <file>', hostText, collect, [])
    .option(
      '--assume <file>',
      'facts about the host that end a doubt: matches that never or always hold, and the like',
    )
    .option('--kube-version <release>', 'the release of kube-proxy, where manifests are compiled')
    .option('--kube-version-a <release>', 'the same, before the change')
    .option('--kube-version-b <release>', 'the same, after the change')
    .addOption(
      new Option('--mode-a <mode>', "kube-proxy's mode before the change").choices(['iptables', 'nftables']),
    )
    .addOption(new Option('--mode-b <mode>', 'the same, after the change').choices(['iptables', 'nftables']))
    .addOption(
      new Option('--format <format>', 'for whom').choices(Object.keys(comparedFormats)).default('text'),
    )
    .addOption(
      new Option('--nodes <nodes>', 'compare on every node, and group those that agree').choices(['all']),
    )
    .addOption(
      new Option('--scope <scope>', "whose rules are compared: everybody's, or kube-proxy's alone")
        .choices(scopes)
        .default('all'),
    )
    .option(
      '--only <packet>',
      'the packets that are compared, with their connections, as trace takes them; may be given several times',
      collect,
      [],
    )
    .option('--graph', 'with --format markdown: a drawing (Mermaid) of what moved')
    .option('--rollout', 'what open connections meet, by release of kube-proxy, instead of packets')
    .option('--strict', 'any difference of the canonical text counts, and warnings are errors')
    .option('--paranoid', 'confirm a proof by a second, simple procedure')
    .option(
      '--certificate <file>',
      'write what was proved, from what and under which assumptions; verify reads it',
    )
    .option('--ignore <list>', `what does not count: ${respects.join(', ')}`)
    .option('--fail-on <list>', `what alone counts: ${respects.join(', ')}`);
}

function diffAnswer(io: Io, first: string, second: string | undefined, flags: DiffFlags): Answer {
  refuseCertificate(flags);
  refuseOnly(flags);
  if (flags.context !== undefined) refuseBeside(second, flags);
  else if (second === undefined) refuse<CommandDetail>({ code: 'one-side' }, want.thing('two-or-context'));
  const [before, after] = [first, second ?? first];
  if (flags.rollout) return rolloutAnswer(io, before, after, flags);
  if (flags.modeA === 'nftables' || flags.modeB === 'nftables') return moveAnswer(io, before, after, flags);
  const { node, nodes, family, scope, strict, paranoid, format } = flags;
  if (flags.shard !== undefined && !nodes)
    refuse<CommandDetail>(
      { code: 'flag-without', flag: '--shard', other: '--nodes all' },
      want.thing('part-of-nodes-all'),
    );
  if (nodes && (node || flags.host.length > 0))
    refuse<CommandDetail>(
      { code: 'flag-with', flag: '--nodes all', others: ['--node', '--host'] },
      want.thing('one-of-them'),
    );
  if (flags.graph && format !== 'markdown')
    refuse<CommandDetail>(
      { code: 'flag-with', flag: '--graph', others: [`--format ${format}`] },
      want.written('--format markdown'),
    );
  const view = { ...io, graph: flags.graph === true };
  const ignored = readList('--ignore', flags.ignore);
  const failing = readList('--fail-on', flags.failOn);
  const found: Problem[] = [];
  const texts =
    flags.context === undefined
      ? readSides(io, before, after, flags)
      : readApplied(io, flags.context, first, flags);
  const only = onlyOf(flags.only, texts, flags);
  if (texts.some(holdsNft)) {
    const { language } = io;
    const hosts = readHosts(io, texts, flags);
    refuseBesideNft(flags);
    const without = [
      ...(ignored ? ['--ignore'] : []),
      ...(failing?.some((one) => one !== 'text') ? ['--fail-on'] : []),
    ];
    return nftDiffAnswer(texts, hosts, { ...flags, language, only, failing }, (families, isProved) => [
      ...without.map(ofNoEffect),
      ...certify(io, { texts, hosts, assumed: null }, flags, families, isProved),
    ]);
  }
  const opened = openSides(io, texts, flags);
  const host = hostsFrom(opened.hosts, found);
  const [left, right] = opened.sides;
  const facts = opened.assumed ? readFacts(opened.assumed) : undefined;
  const asked = { node, family, scope, strict, paranoid, ignored, failing, host, facts, only };
  const request = inFamilyAsked(asked);
  if (nodes) {
    const { report, problems } = withProgress(io, 'nodes', (progress) =>
      compareNodes(left, right, request, shardOf(io, flags.shard), progress),
    );
    const summary = () => sayNodes(report, io);
    return { status: report.status, output: nodesFormats[format](report, view), format, problems, summary };
  }
  return comparedAnswer(view, opened.sides, request, format, found, (reports, isProved) => {
    found.push(...certify(io, opened, flags, reports.map(familyOf), isProved));
  });
}

/** Rules of nft are those of one node, and what moved of them is not drawn. */
function refuseBesideNft({ nodes, shard, graph }: DiffFlags): void {
  const other = nodes ? '--nodes all' : shard !== undefined ? '--shard' : graph ? '--graph' : null;
  if (other) refuse<CommandDetail>({ code: 'flag-with-nft', flag: other }, want.thing('rules-without-it'));
}

const ofNoEffect = (flag: string): Problem => ({
  code: 'flag-value',
  severity: 'warning',
  ...told<CommandDetail>({ code: 'flag-without-effect', flag }),
});

/** What is compared with a cluster is one thing that could be applied to it. */
function refuseBeside(second: string | undefined, { rollout, modeA, modeB, certificate }: DiffFlags): void {
  const other = rollout
    ? '--rollout'
    : modeA || modeB
      ? '--mode-a or --mode-b'
      : certificate !== undefined
        ? '--certificate'
        : null;
  if (other)
    refuse<CommandDetail>(
      { code: 'flag-with', flag: '--context', others: [other] },
      want.thing('one-of-them'),
    );
  if (second !== undefined)
    refuse<CommandDetail>({ code: 'two-sides-with-context' }, want.thing('one-to-apply'));
}

/** Writes what was proved, where that is asked for; what was not is a problem. */
function certify(
  io: Io,
  sides: CertifiedSides,
  flags: DiffFlags,
  families: readonly CertifiedFamily[],
  isProved: boolean,
): readonly Problem[] {
  const { certificate } = flags;
  if (certificate === undefined) return [];
  if (!isProved) return [nothingToCertify(certificate)];
  io.write(certificate, printCertificate(sides, flags, families));
  return [];
}

const familyOf = ({ before, after, packets, assumed = [] }: DiffReport) =>
  certifiedFamily([before, after], [...assumed, ...packets.assumed]);

function nothingToCertify(file: string): Problem {
  const why = told<CommandDetail>({ code: 'not-certified', name: file });
  return { code: 'nothing-to-certify', severity: 'warning', ...why };
}

/** Nothing is proved of connections and of modes; of many nodes nobody could tell which. */
function refuseCertificate({ certificate, rollout, nodes, modeA, modeB }: DiffFlags): void {
  if (certificate === undefined) return;
  const other = rollout
    ? '--rollout'
    : nodes
      ? '--nodes all'
      : modeA || modeB
        ? '--mode-a or --mode-b'
        : null;
  if (other)
    refuse<CommandDetail>(
      { code: 'flag-with', flag: '--certificate', others: [other] },
      want.thing('one-of-them'),
    );
}

/** What is said of all packets is not said of some. */
function refuseOnly({ only, certificate, paranoid, rollout, modeA, modeB }: DiffFlags): void {
  if (only.length === 0) return;
  const other = [
    certificate !== undefined && '--certificate',
    paranoid && '--paranoid',
    rollout && '--rollout',
    (modeA || modeB) && '--mode-a or --mode-b',
  ].find((flag) => flag);
  if (other)
    refuse<CommandDetail>({ code: 'flag-with', flag: '--only', others: [other] }, want.thing('one-of-them'));
}

/** Between modes, the same manifests are compared as `migrate` does it. */
function moveAnswer(io: Io, before: string, after: string, flags: DiffFlags): Answer {
  const { format, kubeVersion, modeA = 'iptables', modeB = 'iptables' } = flags;
  const side = (mode: ProxyMode, release = kubeVersion) => (release ? `${mode}@${release}` : mode);
  const [from, to] = [side(modeA, flags.kubeVersionA), side(modeB, flags.kubeVersionB)];
  if (before !== after) {
    refuse<CommandDetail>(
      { code: 'between-modes', before, after },
      want.written(`kubenat migrate --from ${from} --to ${to} ${after}`),
    );
  }
  if (format !== 'text' && format !== 'json')
    return refuse<CommandDetail>({ code: 'format-between-modes', format }, want.either('text', 'json'));
  return migrateAnswer(io, [after], { ...flags, from, to, format });
}

function readList(flag: string, list: string | undefined): readonly string[] | null {
  if (list === undefined) return null;
  const names = list.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !respects.includes(name));
  if (wrong !== undefined)
    refuse<CommandDetail>({ code: 'flag-as', text: `${flag} ${wrong}` }, want.written(respects.join(', ')));
  return names;
}
