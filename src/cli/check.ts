import { Option } from 'commander';
import type { Family } from '../address/address.ts';
import { readSource } from '../files/files.ts';
import { countOwners } from '../iptables/owners.ts';
import { checkRuleset } from '../lint/check.ts';
import { type CheckReport, printCheckJson, printCheckText } from '../report/diff-check.ts';
import { dumpSide } from '../session/side.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import type { Subcommand } from './run.ts';

const formats = { text: printCheckText, json: printCheckJson };

interface CheckFlags {
  readonly family?: Family;
  readonly format: keyof typeof formats;
}

export const checkCommand: Subcommand = {
  declare(command, io, answer) {
    command
      .argument('<dump>', 'what iptables-save printed; - is standard input')
      .addOption(new Option('--family <family>', 'the address family').choices(['ipv4', 'ipv6']))
      .addOption(new Option('--format <format>', 'for whom').choices(Object.keys(formats)).default('text'))
      .action((dump: string, flags: CheckFlags) => answer(() => checkAnswer(io, dump, flags)));
  },
};

function checkAnswer(io: Io, dump: string, flags: CheckFlags): Answer {
  const { ruleset, source, problems, notes } = dumpSide(dump, readSource(io, dump), flags.family);
  const findings = checkRuleset(ruleset);
  const owners = countOwners(ruleset);
  const ipvs = owners.has("kube-proxy's ipvs mode")
    ? ["there are rules of kube-proxy's ipvs mode, which lead to sets and to IPVS and are not looked into"]
    : [];
  const report: CheckReport = { ruleset, source, findings, owners, notes: [...notes, ...ipvs] };
  return {
    status: findings.length > 0 ? 1 : 0,
    output: formats[flags.format](report),
    format: flags.format,
    problems,
  };
}
