import { basename, dirname, isAbsolute, join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Family } from '../address/address.ts';
import { settingsName } from '../files/directory.ts';
import { readBeside, readIfThere, readSource, readSources } from '../files/files.ts';
import { type FindingCode, findingCodes } from '../lint/finding.ts';
import type { Ignored } from '../lint/select.ts';
import { printFindingList, printFindingPage } from '../report/check/explain.ts';
import { printCheckGithub } from '../report/check/github.ts';
import { printCheckJson } from '../report/check/json.ts';
import { printCheckJunit } from '../report/check/junit.ts';
import { printCheckMarkdown } from '../report/check/markdown.ts';
import { printCheckSarif } from '../report/check/sarif.ts';
import { printCheckSummary, printCheckText } from '../report/check/text.ts';
import type { CommandDetail } from '../report/words/command.ts';
import type { Language } from '../report/words/language.ts';
import { type CheckReport, checkTexts } from '../session/check/check.ts';
import {
  type CheckSettings,
  defaultSettings,
  printBaseline,
  readBaseline,
  readSettings,
} from '../session/check/settings.ts';
import { besideRules } from '../session/node-state.ts';
import { refuse } from '../session/refuse.ts';
import { want } from '../text/expected.ts';
import type { Answer } from './answer.ts';
import {
  collect,
  declareContextFlag,
  declareManifestFlags,
  declareShardFlag,
  hostText,
  type ManifestFlags,
  shardOf,
} from './flags.ts';
import type { Io } from './io.ts';
import type { Subcommand } from './run.ts';

const formats: Readonly<Record<string, (report: CheckReport, language?: Language) => string>> = {
  text: printCheckText,
  json: printCheckJson,
  markdown: printCheckMarkdown,
  sarif: printCheckSarif,
  github: printCheckGithub,
  junit: printCheckJunit,
};

interface CheckFlags extends ManifestFlags {
  readonly rules: readonly string[];
  readonly host: readonly string[];
  readonly drift: readonly string[];
  readonly loadedInOrder?: true;
  readonly node?: string;
  readonly nodes?: 'all';
  readonly shard?: string;
  readonly config?: string;
  readonly kubeVersion?: string;
  readonly family?: Family;
  readonly format: string;
  readonly explain?: string | true;
  readonly only: readonly string[];
  readonly ignore: readonly string[];
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly settings?: string;
  readonly strict?: true;
}

export const checkCommand: Subcommand = {
  declare(command, io, answer) {
    declareCheck(command).action((files: readonly string[], flags: CheckFlags) =>
      answer(() =>
        flags.explain === undefined ? checkAnswer(io, files, flags) : explain(flags.explain, io.language),
      ),
    );
  },
};

function declareCheck(command: Command): Command {
  return declareShardFlag(
    declareManifestFlags(
      declareContextFlag(command).argument(
        '[file...]',
        'what iptables-save or nft list ruleset printed, each of one node, or manifests; - is standard input',
      ),
    ),
    'the files of rules',
  )
    .option(
      '--rules <file>',
      'rules that are all of one node: what iptables-save and nft list ruleset print',
      collect,
      [],
    )
    .option(
      '--loaded-in-order',
      'the files of --rules are given in the order in which they were loaded, which tells what runs first of one hook and priority',
    )
    .option('--host <file>', hostText, collect, [])
    .option('--config <file>', "kube-proxy's configuration, or kubeadm's ConfigMap with it")
    .option('--kube-version <release>', 'the release of kube-proxy, for manifests')
    .option('--drift <file>', 'hold the rules against what these manifests ask for', collect, [])
    .option('--node <name>', 'the node of the rules, with --drift where there are several')
    .addOption(
      new Option(
        '--nodes <nodes>',
        'with --drift: each file of rules is of the node that it is named after',
      ).choices(['all']),
    )
    .addOption(new Option('--family <family>', 'the address family').choices(['ipv4', 'ipv6']))
    .addOption(new Option('--format <format>', 'for whom').choices(Object.keys(formats)).default('text'))
    .option('--explain [code]', 'say what a finding means and what to do about it; without a code list all')
    .option('--only <codes>', 'tell these findings alone', collect, [])
    .option('--ignore <codes>', 'do not tell these findings', collect, [])
    .option('--baseline <file>', 'findings that are known, and are not told again')
    .option('--write-baseline <file>', 'write all that is found as known')
    .option('--settings <file>', `settings in the place of ${settingsName} of this directory`);
}

function explain(code: string | true, language?: Language): Answer {
  if (code === true) return { status: 0, output: printFindingList(language) };
  return { status: 0, output: printFindingPage(codeOf('--explain', code), language) };
}

function checkAnswer(io: Io, files: readonly string[], flags: CheckFlags): Answer {
  if (files.length === 0 && flags.rules.length === 0 && flags.context === undefined)
    refuse<CommandDetail>({ code: 'nothing-to-check' }, want.thing('check-inputs'));
  if (flags.nodes && flags.node !== undefined)
    refuse<CommandDetail>(
      { code: 'flag-with', flag: '--nodes all', others: ['--node'] },
      want.thing('one-of-them'),
    );
  if (flags.shard !== undefined && flags.writeBaseline !== undefined)
    refuse<CommandDetail>(
      { code: 'flag-with', flag: '--write-baseline', others: ['--shard'] },
      want.thing('one-run-over-all'),
    );
  const { settings, folder } = settingsOf(io, flags);
  const known =
    flags.baseline ?? (settings.baseline === null ? undefined : within(folder, settings.baseline));
  const { writeBaseline, config } = flags;
  const sources = readSources(io, files, flags);
  const { context: _, ...otherFlags } = flags;
  const { report, problems, all } = checkTexts(sources, {
    ...flags,
    config: config === undefined ? null : readSource(io, config),
    drift: readSources(io, flags.drift, otherFlags),
    rules: besideRules(flags.rules.flatMap((file) => readSources({ ...io, list: () => null }, [file]))),
    host: readBeside(io, 'host', flags.host, sources),
    settings,
    shard: shardOf(io, flags.shard),
    nodeOf: flags.nodes === 'all' ? ({ name }) => basename(name).replace(/\.[a-z]+$/, '') : () => flags.node,
    baseline: known === undefined || writeBaseline !== undefined ? [] : readBaseline(readSource(io, known)),
  });
  if (writeBaseline !== undefined) {
    io.write(writeBaseline, printBaseline(all));
    const count = `${all.length} ${all.length === 1 ? 'finding' : 'findings'}`;
    return { status: 0, output: `${writeBaseline}: ${count} written as known\n`, problems };
  }
  const print = formats[flags.format] as (report: CheckReport, language?: Language) => string;
  const summary = () => printCheckSummary(report, io.language);
  return {
    status: report.status,
    output: print(report, io.language),
    format: flags.format,
    problems,
    summary,
  };
}

/** What the file of settings says, and above it the flags. */
function settingsOf(
  io: Io,
  flags: CheckFlags,
): { readonly settings: CheckSettings; readonly folder: string } {
  const source =
    flags.settings === undefined ? readIfThere(io, settingsName) : readSource(io, flags.settings);
  const said = source === null ? defaultSettings : readSettings(source);
  const only = codesOf('--only', flags.only);
  const ignored = codesOf('--ignore', flags.ignore).map((code): Ignored => ({ code, service: null }));
  const settings = {
    ...said,
    only: only.length > 0 ? only : said.only,
    ignored: [...said.ignored, ...ignored],
    strict: flags.strict ?? said.strict,
  };
  return { settings, folder: source === null ? '' : dirname(source.name) };
}

function within(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function codesOf(flag: string, lists: readonly string[]): FindingCode[] {
  return lists.flatMap((list) => list.split(',').map((code) => codeOf(flag, code.trim())));
}

function codeOf(flag: string, code: string): FindingCode {
  if (findingCodes.includes(code as FindingCode)) return code as FindingCode;
  return refuse<CommandDetail>(
    { code: 'no-such-finding', flag, name: code },
    want.nearestOf(code, findingCodes) ?? want.written(findingCodes.join(', ')),
  );
}
