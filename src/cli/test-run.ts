import { basename, dirname, isAbsolute, join } from 'node:path';
import type { Family } from '../address/address.ts';
import type { IrProgram } from '../engine/ir.ts';
import { type Asked, ask } from '../expect/ask.ts';
import { describeClaim } from '../expect/claims.ts';
import { type ExpectationFile, type ExpectationText, many } from '../expect/file/model.ts';
import { familyMeant, type Question, readQuestion, type Stage } from '../expect/file/question.ts';
import { readExpectations } from '../expect/file/read.ts';
import type { TestedRules, TestResult } from '../expect/results.ts';
import { readSource } from '../files/files.ts';
import { buildHost, hostFieldsOf } from '../host/build.ts';
import { isRecord, spanOf } from '../host/document.ts';
import { readHostFields } from '../host/fields.ts';
import type { HostFields } from '../host/model.ts';
import { readHost } from '../host/read.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import type { Cluster } from '../kube/cluster/model.ts';
import { addressesOfPods } from '../kube/cluster/pods.ts';
import { isNft } from '../nftables/read/recognise.ts';
import type { Scene } from '../path/scene.ts';
import { hostOfMode } from '../proof/assume-mode.ts';
import type { CommandDetail } from '../report/words/command.ts';
import type { NodeProgram } from '../session/program.ts';
import { refuse } from '../session/refuse.ts';
import { makeScene } from '../session/scene.ts';
import { rulesOfMode } from '../session/scene-modes.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { InputError, type Problem, refuseErrors, saidOnce, unsaid } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Io } from './io.ts';
import { loadConfig } from './load.ts';
import { loadProgram, openNodeProgram } from './rules.ts';

/** Expectations that are ready to be asked. */
export interface LoadedTests {
  readonly tests: readonly Test[];
  /** Warnings and notes. */
  readonly problems: readonly Problem[];
}

/** One expectation on one node. */
export interface Test extends Omit<TestResult, 'judgement'> {
  readonly question: Question;
  readonly stage: NodeStage;
}

interface NodeStage extends Stage, Asked {
  readonly program: IrProgram;
  readonly rules: TestedRules;
  readonly node: string | null;
}

/**
 * Reads a file, the rules that it is about, and all that its expectations name; `live`: the objects of a cluster, which is asked instead of
 * what the file names. Throws an InputError with every problem.
 */
export function loadTests(io: Io, path: string, live: Source | null): LoadedTests {
  const source = readSource(io, path);
  if (/\S/.test(source.text) && (looksLikeRules(source.text) || isNft(source.text)))
    refuse<CommandDetail>(
      { code: 'rules-as-expectations', name: path },
      want.thing('expectations-with-rules'),
    );
  const file = readExpectations(source);
  const stages = new Stages(io, path, file, live);
  const tests = file.expectations.flatMap((expectation, index): Test[] => {
    const family = expectation.family ?? file.rules.family ?? familyMeant(expectation);
    const named = many(expectation.node ?? file.rules.node);
    const nodes: readonly (string | undefined)[] = named.length === 0 ? [undefined] : named;
    return nodes.map((node) => {
      const stage = stages.of(node, family);
      const place = ['expectations', index];
      const question = readQuestion(file.document, source, place, expectation, stage);
      const name = nameOf(expectation, question, nodes.length > 1 ? node : undefined);
      const { rules } = stage;
      const span = spanOf(source, place);
      return {
        file: path,
        name,
        node: stage.node,
        family: rules.program.family,
        span,
        claims: question.claims,
        rules,
        question,
        stage,
      };
    });
  });
  refuseErrors(file.document.problems);
  return { tests, problems: [...stages.problems, ...file.document.problems] };
}

/** Asks one expectation. */
export function runTest({ question, stage, ...test }: Test): TestResult {
  try {
    return { ...test, judgement: ask(question, stage) };
  } catch (error) {
    // What is wrong with the packet on this node is wrong at its place in the file.
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ ...problem, span: problem.span ?? test.span })));
  }
}

function nameOf(expectation: ExpectationText, { claims }: Question, node: string | undefined): string {
  const name = expectation.name ?? `${subjectOf(expectation)}: ${claims.map(describeClaim).join(', ')}`;
  return node === undefined ? name : `${name} (${node})`;
}

/** The packet, or the set as it is written: `packets from pod, dst service default/web`. */
function subjectOf({ packet, packets }: ExpectationText): string {
  if (packet !== undefined) return packet.trim().replace(/\s+/g, ' ');
  const sets = many(packets).map((set) =>
    Object.entries(set).map(([field, value]) => `${field} ${many(value).join(' or ')}`),
  );
  return sets.map((fields) => `packets ${fields.join(', ') || 'of all kinds'}`).join(' and ');
}

/** The nodes that a file's expectations are asked of, each read once. */
class Stages {
  readonly problems: Problem[] = [];
  private readonly io: Io;
  private readonly path: string;
  private readonly file: ExpectationFile;
  private readonly live: Source | null;
  private readonly known = new Map<string, NodeStage>();

  constructor(io: Io, path: string, file: ExpectationFile, live: Source | null) {
    this.live = live;
    this.io = io;
    this.path = path;
    this.file = file;
  }

  of(node: string | undefined, family: Family | undefined): NodeStage {
    const key = JSON.stringify([node, family]);
    const known = this.known.get(key);
    if (known) return known;
    const loaded = this.load(node, family);
    this.note(loaded.problems);
    const { program, texts, iptables, cluster, objects } = loaded;
    const own = loaded.node?.name ?? node ?? null;
    const host = buildHost(loaded.family, [
      ...this.hostFields(loaded.family, own),
      ...(loaded.node ? [hostFieldsOf(loaded.node, loaded.family)] : []),
      hostOfMode([loaded]),
    ]);
    const compiled = this.live !== null || this.file.rules.rules === undefined;
    const stage: NodeStage = {
      host,
      node: own,
      program,
      scene: compiled && cluster ? this.scene(cluster, loaded.family) : null,
      names: { family: loaded.family, cluster, pods: addressesOfPods(objects) },
      chains: chainSizes(loaded),
      rules: {
        name: compiled
          ? `${stemOf(this.path)}.${own ?? 'node'}.${loaded.family}.save`
          : (texts[0]?.source.name ?? ''),
        compiled,
        program,
        texts,
        iptables,
      },
    };
    this.known.set(key, stage);
    return stage;
  }

  /** All nodes, whose rules are compiled when a connection comes there. */
  private scene(cluster: Cluster, family: Family): Scene {
    const { config, kubeVersion } = this.file.rules;
    const unchanged = { withoutNode: [], drainNode: [], deadNode: [], addNode: [] };
    const flags = { ...unchanged, ...(kubeVersion === undefined ? {} : { kubeVersion }) };
    return makeScene(
      cluster,
      cluster.services,
      family,
      loadConfig(this.io, this.at(config)).config,
      flags,
      rulesOfMode,
    );
  }

  private load(node: string | undefined, family: Family | undefined): NodeProgram {
    const { rules: said } = this.file;
    const { manifests, rules, cluster, config, kubeVersion, serviceCidr, nodePortRange, loadBalancerCidr } =
      said;
    const flags = { config: this.at(config), node, family, kubeVersion };
    const allocation = { serviceCidr, nodePortRange, loadBalancerCidr };
    const given = Object.entries({ ...flags, ...allocation }).filter(([, value]) => value !== undefined);
    const asked = { asked: family };
    if (this.live) {
      const configured = flags.config === undefined ? null : readSource(this.io, flags.config);
      const texts = { dumps: [], objects: [this.live], config: configured };
      return openNodeProgram(this.io, texts, { ...Object.fromEntries(given), rules: [], cluster: [] }, asked);
    }
    const objects = many(cluster).map((one) => this.at(one) as string);
    const files = many(manifests).map((one) => this.at(one) as string);
    const dumps = many(rules).map((one) => this.at(one) as string);
    return loadProgram(
      this.io,
      files,
      { ...Object.fromEntries(given), rules: dumps, cluster: objects },
      asked,
    );
  }

  /** Of one node only: another has other addresses. */
  private hostFields(family: Family, node: string | null): readonly HostFields[] {
    const { host } = this.file.rules;
    if (host === undefined) return [];
    const others = [...this.known.values()].map((stage) => stage.node).filter((other) => other !== node);
    if (others.length > 0) {
      const why = told<CommandDetail>({ code: 'host-of-one-node', one: others[0] ?? null, other: node });
      this.file.document.report(['host'], 'field-conflict', why, want.thing('file-for-each-node'));
    }
    if (isRecord(host)) return [readHostFields(this.file.document, host, ['host'], family)];
    const { fields, problems } = readHost(readSource(this.io, this.at(host as string) as string), family);
    this.note(problems);
    return [fields];
  }

  /** Paths are relative to the file that names them. */
  private at(path: string | undefined): string | undefined {
    return path === undefined || isAbsolute(path) ? path : join(dirname(this.path), path);
  }

  /** Several nodes of one cluster have the same to say. */
  private note(problems: readonly Problem[]): void {
    this.problems.push(...saidOnce(unsaid(problems, this.problems)));
  }
}

/** `web` of `tests/web.kubenat.yaml`. */
function stemOf(path: string): string {
  return basename(path).replace(/(?:\.kubenat)?\.(?:ya?ml|json)$/, '');
}

/** Rules of iptables are counted as they were read: as a program they would all be made. */
function chainSizes({ iptables, program }: NodeProgram): ReadonlyMap<string, number> {
  const read = (iptables?.ruleset.tables ?? []).flatMap(({ name, chains }) =>
    [...chains.values()].map((chain) => [`${name}/${chain.name}`, chain.rules.length] as const),
  );
  const ofNft = [...program.chains].filter(([, { language }]) => language === 'nftables');
  return new Map([...read, ...ofNft.map(([key, { rules }]) => [key, rules.length] as const)]);
}
