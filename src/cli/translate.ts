import { type Command, Option } from 'commander';
import type { Family } from '../address/address.ts';
import { readSource } from '../files/files.ts';
import {
  printTranslation,
  printTranslationJson,
  sayTranslation,
  translationProblems,
} from '../report/translate.ts';
import { translateDump } from '../session/translation.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import type { Subcommand } from './run.ts';

interface Flags {
  readonly family?: Family;
  readonly format: 'text' | 'json';
}

/** `kubenat translate`: rules of iptables as a ruleset of nft; 1 where it is not all proved to do the same. */
export const translateCommand: Subcommand = {
  declare(command: Command, io: Io, answer) {
    command
      .argument('<dump>', 'what iptables-save printed; - is standard input')
      .addOption(
        new Option('--family <family>', 'of the dump; without it both, where it holds both').choices([
          'ipv4',
          'ipv6',
        ]),
      )
      .addOption(
        new Option('--format <format>', 'the ruleset, or all that is known of it for programs')
          .choices(['text', 'json'])
          .default('text'),
      )
      .action((file: string, flags: Flags) => answer(() => translate(io, file, flags)));
  },
};

function translate(io: Io, file: string, { family, format }: Flags): Answer {
  const { translations, problems } = translateDump(readSource(io, file), family);
  const isProved = translations.every(({ gaps }) => gaps.length === 0);
  return {
    status: isProved ? 0 : 1,
    output: format === 'json' ? printTranslationJson(translations) : printTranslation(translations),
    format: format === 'json' ? 'json' : 'dump',
    problems: [...problems, ...translationProblems(translations, io.language)],
    summary: () => sayTranslation(translations, io.language),
  };
}
