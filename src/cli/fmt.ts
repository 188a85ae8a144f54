import { type Command, Option } from 'commander';
import type { Family } from '../address/address.ts';
import { readSources } from '../files/files.ts';
import type { Spelling } from '../iptables/dump/dump-writer.ts';
import { type Reading, type ReadOptions, readDump } from '../iptables/dump/read.ts';
import { type CounterStyle, encodeDump } from '../iptables/dump/write.ts';
import { whyUnprinted } from '../iptables/pasted/unprinted.ts';
import type { Backend } from '../iptables/rule/syntax.ts';
import { modeNotes } from '../lint/modes.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { defaultNftVersion, nftVersions } from '../nftables/version.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { InputError } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import { withProgress } from './progress.ts';
import type { Subcommand } from './run.ts';

interface Flags {
  readonly family?: Family;
  readonly spelling: Spelling;
  readonly backend: Backend;
  readonly counters: CounterStyle;
  readonly check?: true;
  readonly format?: 'text' | 'json';
  readonly json?: true;
  readonly nftVersion: string;
}

/** `kubenat fmt`: dumps as iptables-save prints them, rulesets as nft lists them. */
export const fmtCommand: Subcommand = {
  declare(command: Command, io: Io, answer) {
    command
      .argument(
        '<file...>',
        'what iptables-save or nft list ruleset printed, or iptables-restore or nft -f takes; - is standard input',
      )
      .addOption(new Option('--family <family>', 'of the dump').choices(['ipv4', 'ipv6']))
      .addOption(
        new Option('--spelling <spelling>', "iptables-save's or kube-proxy's")
          .choices(['save', 'restore'])
          .default('save'),
      )
      .addOption(
        new Option('--backend <backend>', 'whose refusals and spelling count')
          .choices(['nft', 'legacy'])
          .default('nft'),
      )
      .addOption(
        new Option('--counters <counters>', 'what to print of counters')
          .choices(['keep', 'zero', 'drop'])
          .default('keep'),
      )
      .addOption(
        new Option('--nft-version <version>', 'whose spelling of a ruleset of nft, as far as it is known')
          .choices([...nftVersions.keys()])
          .default(defaultNftVersion),
      )
      .addOption(
        new Option('--format <format>', 'of a ruleset of nft: what nft lists, or what nft -j does')
          .choices(['text', 'json'])
          .default('text'),
      )
      .option('--json', 'the same as --format json')
      .option('--check', 'print nothing; exit with 1 where a file would change')
      .action((files: string[], { format: printed, ...flags }: Flags) =>
        answer(() => format(io, files, printed === 'json' ? { ...flags, json: true } : flags)),
      );
  },
};

async function format(io: Io, files: readonly string[], flags: Flags): Promise<Answer> {
  const sources = readSources(io, files).map((source) => ({
    given: source.text,
    source: { ...source, text: source.text.replace(/^\uFEFF/, '') },
  }));
  // Only where one is there: a fifth of the time of a short dump was loading what reads and prints rulesets of nft.
  const nft = sources.some(({ source }) => isNft(source.text)) ? await import('./fmt-nft.ts') : null;
  const results = sources.map(({ given, source }) => {
    if (nft && isNft(source.text)) return nft.formatNft(io, source, flags);
    if (flags.json) throw onlyNft(source);
    const { ruleset, problems } = withProgress(io, source.name, (progress) =>
      readPrinted(source, { ...flags, progress }),
    );
    const output = encodeDump(ruleset, flags);
    const notes = modeNotes(source.name, ruleset);
    const changes = () => withoutComments(given) !== new TextDecoder().decode(output);
    return { name: source.name, output, changes, problems: [...problems, ...notes] };
  });
  const problems = results.flatMap((result) => result.problems);
  const format = flags.json ? 'json' : 'dump';
  if (!flags.check)
    return { status: 0, output: joined(results.map(({ output }) => output)), format, problems };
  const changed = results.filter(({ changes }) => changes());
  const output = changed.map(({ name }) => `${name}\n`).join('');
  return { status: changed.length > 0 ? 1 : 0, output, problems };
}

/** A dump of many megabytes is written as the bytes that it was made as. */
function joined(outputs: readonly (string | Uint8Array)[]): string | Uint8Array {
  const [only = '', ...more] = outputs;
  return more.length === 0 ? only : Buffer.concat(outputs.map((output) => Buffer.from(output)));
}

/** Where a text is no dump any more, that is said, and not all that follows from it. */
function readPrinted(source: Source, options: ReadOptions): Reading {
  try {
    return readDump(source, options);
  } catch (error) {
    const why = error instanceof InputError ? whyUnprinted(source) : null;
    throw why ? new InputError([why]) : error;
  }
}

function onlyNft({ name }: Source): InputError {
  return new InputError([
    {
      code: 'flag-value',
      severity: 'error',
      ...told<CommandDetail>({ code: 'json-of-dump', name }),
      expected: want.thing('no-json'),
    },
  ]);
}

/** The dated comments that iptables-save writes are no part of the canonical text, nor are empty lines. */
function withoutComments(text: string): string {
  return text.replace(/^(?:#.*)?\r?\n/gm, '');
}
