import { type Command, Option } from 'commander';
import type { Family } from '../address/address.ts';
import { traceConnection } from '../engine/connect.ts';
import { type Flow, familyOfFlows, readFlows } from '../engine/flows.ts';
import type { IrProgram } from '../engine/ir.ts';
import { parsePacket } from '../engine/notation.ts';
import { isOpening, packetFamily } from '../engine/packet.ts';
import { printProgram } from '../engine/print.ts';
import { chainKey, type ProgramRule } from '../engine/program.ts';
import { drawOutcomes } from '../engine/sample.ts';
import { whyNot } from '../engine/why-not.ts';
import type { NameDetail } from '../expect/file/detail.ts';
import { isNamedPacket, namedPacket } from '../expect/file/named-packet.ts';
import { isNameless } from '../expect/file/names.ts';
import { readBeside, readSource } from '../files/files.ts';
import { readRulesTexts } from '../files/rules-texts.ts';
import { buildHost, hostFieldsOf } from '../host/build.ts';
import type { Host } from '../host/model.ts';
import { readHost } from '../host/read.ts';
import { addressesOfPods } from '../kube/cluster/pods.ts';
import { familyOfLog } from '../logs/read.ts';
import { hostOfMode } from '../proof/assume-mode.ts';
import { printConnectionJson } from '../report/connection-json.ts';
import { printConnectionText, sayConnections } from '../report/connection-text.ts';
import { NodeTexts } from '../report/node-texts.ts';
import type { PlaceTexts } from '../report/place-texts.ts';
import { printTraceJson } from '../report/trace-json.ts';
import { printPacket, printTraceText, sayOutcomes } from '../report/trace-text.ts';
import type { TraceView } from '../report/view.ts';
import { printWhyNot } from '../report/why-not-text.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { hostBeside, nothingKnown, readNodeState } from '../session/node-state.ts';
import { checkOpening } from '../session/opening.ts';
import type { NodeProgram } from '../session/program.ts';
import { refuse } from '../session/refuse.ts';
import { type NamedTrace, traceAll } from '../session/traces.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { nearest } from '../text/nearest.ts';
import { InputError } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Answer } from './answer.ts';
import {
  collect,
  declareContextFlag,
  declareManifestFlags,
  declareNodeFlags,
  hostText,
  modeOption,
} from './flags.ts';
import type { Io } from './io.ts';
import { loadProgram, openNodeProgram, type ProgramFlags } from './rules.ts';
import type { Subcommand } from './run.ts';
import { logAnswer } from './trace-log.ts';
import { nodesAnswer } from './trace-nodes.ts';
import { timelineAnswer } from './trace-timeline.ts';
import { asksForUrl, declareUrlFlags, type UrlFlags, urlAnswer } from './trace-url.ts';

interface TraceFlags extends ProgramFlags, Omit<UrlFlags, keyof ProgramFlags> {
  readonly host: readonly string[];
  readonly sets: readonly string[];
  readonly packet?: string;
  readonly connection?: string;
  readonly first?: boolean;
  readonly flows?: string;
  readonly log?: string;
  readonly timeline?: string;
  readonly nodes?: 'all';
  readonly nodeRules: readonly string[];
  readonly format: 'text' | 'json';
  readonly whyNot?: string;
  readonly allRules?: true;
  readonly showProgram?: boolean;
  readonly sample?: string;
  readonly seed: string;
}

export const traceCommand: Subcommand = {
  declare(command, io, answer) {
    declareUrlFlags(declareInput(command))
      .option(
        '--sets <file>',
        "what ipset save or list printed: the contents of the node's sets; what ipvsadm -Sn printed: what IPVS answers for",
        collect,
        [],
      )
      .option(
        '--packet <packet>',
        "one packet: 'tcp 198.51.100.7:40000 -> 10.96.0.1:80 from external'; as text, what opens a TCP connection is followed to its end",
      )
      .option('--first', 'of --packet, the packet alone, and not the connection that it opens')
      .option(
        '--connection <packet>',
        'a whole connection, of which this is the first packet: its answers, too',
      )
      .addOption(
        new Option(
          '--nodes <nodes>',
          'with --connection: through all nodes of the manifests on its way',
        ).choices(['all']),
      )
      .option(
        '--node-rules <node=dump>',
        "with --nodes all: a node's own rules, in place of those that are compiled",
        collect,
        [],
      )
      .option('--flows <file>', 'many packets, in JSON or YAML; with times they are one sequence')
      .option('--timeline <file>', 'packets, and objects or rules that change between them, at given times')
      .option(
        '--log <file>',
        'lines of TRACE, LOG, nft monitor trace, conntrack -L or tcpdump: where in the rules each packet is',
      )
      .option('--sample <draws>', 'draw so many outcomes by their probabilities')
      .option('--seed <number>', 'of --sample', '1')
      .option('--why-not <rule>', 'why this rule does not match: TABLE/CHAIN/NUMBER')
      .option('--all-rules', 'every rule that a packet matches on its way, else those that decide')
      .option('--show-program', 'print what the rules mean, as the program that packets are walked through')
      .addOption(
        new Option('--format <format>', 'for people, or for programs')
          .choices(['text', 'json'])
          .default('text'),
      )
      .action((files: string[], flags: TraceFlags) => answer(() => traceAnswer(io, files, flags)));
  },
};

function declareInput(command: Command): Command {
  return declareManifestFlags(
    declareNodeFlags(
      declareContextFlag(command.argument('[file...]', 'manifests to compile, where no --rules')),
    ),
  )
    .option(
      '--rules <dump>',
      'what iptables-save, nft list ruleset or nft list hooks printed; - is standard input',
      collect,
      [],
    )
    .option(
      '--loaded-in-order',
      'the files of --rules are given in the order in which they were loaded, which tells what runs first of one hook and priority',
    )
    .option('--cluster <file>', 'objects of the cluster, beside --rules', collect, [])
    .option('--host <file>', hostText, collect, [])
    .option('--kube-version <release>', 'the release of kube-proxy, where manifests are compiled')
    .addOption(modeOption());
}

function traceAnswer(io: Io, files: readonly string[], flags: TraceFlags): Answer {
  if (asksForUrl(flags)) return urlAnswer(io, files, flags);
  if (flags.nodes) return nodesAnswer(io, files, flags);
  if (flags.nodeRules.length > 0)
    refuse<CommandDetail>({ code: 'node-rules-with-nodes' }, want.orElse('--nodes all', '--rules'));
  const { timeline } = flags;
  if (timeline !== undefined) return timelineAnswer(io, files, { ...flags, timeline });
  if (flags.showProgram) return programAnswer(io, files, flags);
  const asked = [flags.packet, flags.flows, flags.connection, flags.log];
  if (asked.every((given) => given === undefined)) {
    refuse<CommandDetail>(
      { code: 'one-question' },
      want.written("--packet 'tcp 10.0.0.5:4000 -> 10.96.0.1:80'"),
    );
  }
  const together = (['packet', 'connection', 'flows', 'log'] as const).filter(
    (name) => flags[name] !== undefined,
  );
  if (together.length > 1) {
    refuse<CommandDetail>(
      { code: 'questions-together', flags: together.map((name) => `--${name}`) },
      want.thing('one-at-a-time'),
    );
  }
  if (flags.first && flags.packet === undefined)
    refuse<CommandDetail>(
      { code: 'first-with-packet' },
      want.written("--packet 'tcp 10.0.0.5:4000 -> 10.96.0.1:80'"),
    );
  const single = flags.packet ?? flags.connection;
  const isNamed = single !== undefined && isNamedPacket(single);
  const written = single === undefined || isNamed ? null : onePacket(single);
  const texts = readRulesTexts(io, files, flags);
  const sets = readBeside(io, 'sets', flags.sets, texts.dumps);
  const state = sets.length === 0 ? nothingKnown : readNodeState(sets);
  const listed = flags.flows === undefined ? null : readSource(io, flags.flows);
  const log = flags.log === undefined ? null : readSource(io, flags.log);
  const loaded = openNodeProgram(io, texts, flags, {
    state,
    asked: written ? packetFamily(written.packet) : familyIn(log, listed),
  });
  const { family, program, node, problems: known } = loaded;
  const packet = isNamed ? packetByName(single, loaded) : written;
  const flows = listed && readFlows(listed, family);
  const packets = flows ? flows.packets : packet ? [packet] : [];
  if (flags.connection !== undefined && packet) checkOpening(packet.packet);
  const given = readBeside(io, 'host', flags.host, texts.dumps).map((source) => readHost(source, family));
  const network = buildHost(family, [
    ...given.map(({ fields }) => fields),
    ...(flows ? [flows.host] : []),
    ...(node ? [hostFieldsOf(node, family)] : []),
    hostOfMode([loaded]),
  ]);
  const problems = [...known, ...given.flatMap(({ problems: found }) => found), ...(flows?.problems ?? [])];
  const host = hostBeside(network, state);
  const wanted = flags.whyNot === undefined ? null : findRule(program, flags.whyNot);
  const told = new NodeTexts(loaded);
  const text = flags.format === 'text';
  const view = { ...io, deciding: !flags.allRules };
  if (flags.connection !== undefined || (text && opensConnection(packets, flags)))
    return {
      ...connectionAnswer(program, host, packets, text ? view : null, told),
      problems,
    };
  if (log !== null) return { ...logAnswer(log, program, told, host, flags.format, io.language), problems };
  const results = drawAll(traceAll(program, host, packets, text), flags);
  if (!text) return { status: 0, output: printTraceJson(results), format: 'json', problems };
  const answers = wanted
    ? packets.map(({ packet }) =>
        printWhyNot(wanted, whyNot(program, host, packet, wanted), told, io.language),
      )
    : [];
  return {
    status: 0,
    output: [printTraceText(results, told, view), ...answers].join('\n'),
    problems,
    summary: () => sayOutcomes(results, io.language),
  };
}

/** The family of what is asked in a file, where it has only one. */
function familyIn(log: Source | null, flows: Source | null): Family | undefined {
  if (log) return familyOfLog(log);
  return flows ? familyOfFlows(flows) : undefined;
}

/** Of a packet that opens a connection people ask what becomes of the connection. */
function opensConnection(packets: readonly Flow[], { packet, first, whyNot, sample }: TraceFlags): boolean {
  if (packet === undefined || first || whyNot !== undefined || sample !== undefined) return false;
  return packets.every((one) => one.packet.protocol === 6 && isOpening(one.packet));
}

function connectionAnswer(
  program: IrProgram,
  host: Host,
  packets: readonly Flow[],
  /** Null: for programs. */
  view: TraceView | null,
  rules: PlaceTexts,
): Omit<Answer, 'problems'> {
  const results = packets.map(({ id, packet }) => ({ id, trace: traceConnection(program, host, packet) }));
  if (view === null) return { status: 0, output: printConnectionJson(results, rules), format: 'json' };
  return {
    status: 0,
    output: printConnectionText(results, rules, view),
    summary: () => sayConnections(results, view.language),
  };
}

function programAnswer(io: Io, files: readonly string[], flags: TraceFlags): Answer {
  const { program, problems } = loadProgram(io, files, flags, {});
  return { status: 0, output: printProgram(program), format: 'dump', problems };
}

/** `nat/KUBE-SERVICES/3`. */
function findRule(program: IrProgram, text: string): ProgramRule {
  const [, table = '', chain = '', number = ''] = /^([a-z]+(?: [^/ ]+)?)\/(.+)\/(\d+)$/.exec(text) ?? [];
  const found = program.chains.get(chainKey(table, chain));
  const rule = found?.rules[Number(number) - 1];
  if (rule) return rule;
  const close = nearest(`${table}/${chain}`, program.chains.keys());
  throw new InputError([
    {
      code: 'rule-missing',
      severity: 'error',
      ...told<CommandDetail | NameDetail>(
        found
          ? { code: 'chain-has-rules', chain: `${table}/${chain}`, count: found.rules.length }
          : { code: 'why-not-no-chain', text },
      ),
      expected: found
        ? want.range(1, found.rules.length)
        : close
          ? want.suchAs(`${close}/1`, want.written('TABLE/CHAIN/NUMBER'))
          : want.written('TABLE/CHAIN/NUMBER'),
    },
  ]);
}

function drawAll(results: readonly NamedTrace[], { sample, seed }: TraceFlags): readonly NamedTrace[] {
  if (sample === undefined) return results;
  const draws = Number(sample);
  if (!Number.isInteger(draws) || draws < 1 || draws > 1_000_000)
    refuse<CommandDetail>({ code: 'flag-as', text: `--sample ${sample}` }, want.range(1, 1_000_000));
  if (!/^\d{1,9}$/.test(seed))
    refuse<CommandDetail>({ code: 'flag-as', text: `--seed ${seed}` }, want.thing('nine-digits'));
  return results.map((result, index) => ({
    ...result,
    drawn: drawOutcomes(result.trace.outcomes, draws, Number(seed) + index),
  }));
}

/** `from pod default/client to service default/web:http`. */
function packetByName(text: string, { family, cluster, objects }: NodeProgram): Flow {
  const packet = namedPacket(text, { family, cluster, pods: addressesOfPods(objects) });
  if (isNameless(packet)) return refuse<NameDetail>(packet.detail, packet.expected);
  return { id: printPacket(packet), packet, at: null };
}

function onePacket(text: string): Flow {
  const packet = parsePacket({ name: '--packet', text });
  return { id: printPacket(packet), packet, at: null };
}
