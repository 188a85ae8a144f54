import { type Command, Option } from 'commander';
import type { Family } from '../address/address.ts';
import type { ClusterNode } from '../cluster/model.ts';
import { readDump } from '../dump/read.ts';
import { writeDump } from '../dump/write.ts';
import { buildHost, hostFieldsOf } from '../host/build.ts';
import { readSmallDocument } from '../host/document.ts';
import { readHostFields } from '../host/fields.ts';
import type { HostFields } from '../host/model.ts';
import { compileNode } from '../index.ts';
import { type Flow, readFlows } from '../packet/flows.ts';
import { parsePacket } from '../packet/notation.ts';
import { buildProgram } from '../packet/program.ts';
import { tracePacket } from '../packet/trace.ts';
import { chooseNode } from '../policy/choice.ts';
import { printTraceJson } from '../report/trace-json.ts';
import { printPacket, printTraceText, RuleTexts } from '../report/trace-text.ts';
import type { Ruleset } from '../rule/ruleset.ts';
import { InputError, type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Answer } from './answer.ts';
import { type Io, readSource } from './io.ts';
import {
  type AllocationFlags,
  declareAllocationFlags,
  declareNodeFlags,
  loadCluster,
  loadConfig,
  type NodeFlags,
} from './load.ts';
import type { Subcommand } from './run.ts';

interface TraceFlags extends NodeFlags, AllocationFlags {
  readonly rules?: string;
  readonly cluster: readonly string[];
  readonly host?: string;
  readonly packet?: string;
  readonly flows?: string;
  readonly format: 'text' | 'json';
  readonly kubeVersion?: string;
}

export const traceCommand: Subcommand = {
  name: 'trace',
  summary: 'show every rule that a packet meets, and every outcome with its probability',
  declare(command, io, answer) {
    declareInput(command)
      .option('--packet <packet>', "one packet: 'tcp 198.51.100.7:40000 -> 10.96.0.1:80 from external'")
      .option('--flows <file>', 'many packets, in JSON or YAML')
      .addOption(
        new Option('--format <format>', 'for people, or for programs')
          .choices(['text', 'json'])
          .default('text'),
      )
      .action((files: string[], flags: TraceFlags) => answer(() => traceAnswer(io, files, flags)));
  },
};

function declareInput(command: Command): Command {
  return declareAllocationFlags(
    declareNodeFlags(command.argument('[file...]', 'manifests to compile, where no --rules')),
  )
    .option('--rules <dump>', 'what iptables-save printed; - is standard input')
    .option('--cluster <file>', 'objects of the cluster, beside --rules', collect, [])
    .option('--host <file>', "the node's network, in YAML or JSON")
    .option('--kube-version <release>', 'the release of kube-proxy, where manifests are compiled');
}

function collect(file: string, files: readonly string[]): readonly string[] {
  return [...files, file];
}

function traceAnswer(io: Io, files: readonly string[], flags: TraceFlags): Answer {
  if ((flags.packet === undefined) === (flags.flows === undefined)) {
    refuse('there must be one of --packet and --flows', "--packet 'tcp 10.0.0.5:4000 -> 10.96.0.1:80'");
  }
  const { ruleset, source, node, problems } = loadRules(io, files, flags);
  const { family } = ruleset;
  const flows = flags.flows === undefined ? null : readFlows(readSource(io, flags.flows), family);
  const packets = flows ? flows.packets : [onePacket(flags.packet as string)];
  const host = buildHost(family, [
    ...(flags.host === undefined ? [] : [loadHost(readSource(io, flags.host), family)]),
    ...(flows ? [flows.host] : []),
    ...(node ? [hostFieldsOf(node, family)] : []),
  ]);
  const program = buildProgram(ruleset, source);
  const trace = flags.format === 'text';
  const results = packets.map(({ id, packet }) => ({
    id,
    trace: tracePacket(program, host, packet, { trace }),
  }));
  const output = trace ? printTraceText(results, new RuleTexts(ruleset, source)) : printTraceJson(results);
  return { status: 0, output, problems };
}

function onePacket(text: string): Flow {
  const packet = parsePacket({ name: '--packet', text });
  return { id: printPacket(packet), packet, at: null };
}

function loadHost(source: Source, family: Family): HostFields {
  const document = readSmallDocument(source);
  const fields = readHostFields(document, document.value, [], family);
  refuseErrors(document.problems);
  return fields;
}

/** The rules of one node, as data and as text, and the node where one is known. */
interface LoadedRules {
  readonly ruleset: Ruleset;
  readonly source: Source;
  readonly node: ClusterNode | null;
  readonly problems: readonly Problem[];
}

function loadRules(io: Io, files: readonly string[], flags: TraceFlags): LoadedRules {
  if (flags.rules === undefined && files.length === 0) {
    refuse('there are no rules to walk through', '--rules with a dump, or manifests');
  }
  if (flags.rules !== undefined && files.length > 0) {
    refuse('there are a dump and manifests to compile', '--cluster for objects beside a dump');
  }
  return flags.rules === undefined ? compileRules(io, files, flags) : readRules(io, flags.rules, flags);
}

function readRules(io: Io, dump: string, flags: TraceFlags): LoadedRules {
  const source = readSource(io, dump);
  const { ruleset, problems } = readDump(source, flags.family ? { family: flags.family } : {});
  if (flags.cluster.length === 0) return { ruleset, source, node: null, problems };
  const config = loadConfig(io, flags.config);
  const { cluster, problems: found } = loadCluster(io, flags.cluster, flags);
  const node = chooseNode(cluster, flags.node, config.config);
  return { ruleset, source, node, problems: [...problems, ...config.problems, ...found] };
}

/** Compiled rules are walked as their own dump, so that a trace can point at its lines. */
function compileRules(io: Io, files: readonly string[], flags: TraceFlags): LoadedRules {
  const config = loadConfig(io, flags.config);
  const { cluster, problems } = loadCluster(io, [...files, ...flags.cluster], flags);
  const { kubeVersion } = flags;
  const compiled = compileNode(cluster, {
    node: flags.node,
    family: flags.family,
    config: config.config,
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
  });
  const source = { name: '<compiled>', text: writeDump(compiled.ruleset) };
  const { ruleset } = readDump(source, { family: compiled.family });
  return {
    ruleset,
    source,
    node: compiled.node,
    problems: [...config.problems, ...problems, ...compiled.problems],
  };
}

function refuse(message: string, expected: string): never {
  throw new InputError([{ code: 'flag-value', severity: 'error', message, expected }]);
}
