/**
 * The library: everything that the command line does, as functions on texts and data. Nothing here reads a file, so that it
 * runs in a browser, too; files are read by `kubenat/test`. Whatever is wrong with an input is thrown as an `InputError`,
 * which holds every problem, each with a code and mostly with a place. All types are to be read only.
 *
 * @module
 */

// Errors are told in English.
import './report/words/en/details.ts';

// Addresses: a number is IPv4, a bigint IPv6.
export { type Address, type Family, formatAddress, parseAddress } from './address/address.ts';
export { formatSubnet, parsePrefix, type Subnet } from './address/subnet.ts';
export { inScope, type Scope } from './diff/scope.ts';
export { byService, type ServiceChange } from './diff/services.ts';
export { compareTexts, type Hunk } from './diff/text.ts';
export type { WalkAssumption } from './engine/assumption.ts';
export { type Flow, type Flows, readFlows } from './engine/flows.ts';
export { Interpreter } from './engine/interpreter.ts';
export { parsePacket } from './engine/notation.ts';
export type { Delivered, Outcome, Verdict } from './engine/outcome.ts';
export type { Origin, Packet } from './engine/packet.ts';
export { buildProgram, type Program } from './engine/program.ts';
export { drawOutcomes } from './engine/sample.ts';
export { Sequence } from './engine/sequence.ts';
export { type Trace, tracePacket } from './engine/trace.ts';
export { whyNot } from './engine/why-not.ts';
// What is expected of packets, read from files, asked and proved.
export { ask } from './expect/ask.ts';
export type { Claim, Goal, PacketClaim } from './expect/claims.ts';
export { type Coverage, coverageOf, percentOf } from './expect/coverage.ts';
export type { ExpectationFile, ExpectationText, PacketSetText } from './expect/file/model.ts';
export { type Question, readQuestion, type Stage } from './expect/file/question.ts';
export { readExpectations } from './expect/file/read.ts';
export { expectationSchema } from './expect/file/schema.ts';
// Golden files.
export { compileGolden, type GoldenOptions, type GoldenRules } from './expect/golden/compile.ts';
export { type GoldenChange, type GoldenFile, judgeGolden } from './expect/golden/judge.ts';
export { type GoldenSettings, readGoldenSettings } from './expect/golden/settings.ts';
export { type Failure, judge } from './expect/judge.ts';
export { type Finding, type Judgement, judgePacket, prove } from './expect/prove.ts';
export { hasPassed, type TestedRules, type TestResult } from './expect/results.ts';
// Chains, as a picture.
export { chainGraph } from './graph/build.ts';
export type { ChainGraph, Selection as GraphSelection } from './graph/model.ts';
// Packets through rules, on a node whose network is known.
export type { HostAssumption } from './host/assumption.ts';
export { buildHost, hostFieldsOf } from './host/build.ts';
export type { Host, HostFields } from './host/model.ts';
export { readHost } from './host/read.ts';
export { readSets } from './ipset/set-file.ts';
export type { Sets } from './ipset/sets.ts';
export { DumpWriter, type Spelling } from './iptables/dump/dump-writer.ts';
export { type Reading, type ReadOptions, readDump } from './iptables/dump/read.ts';
export { type CounterStyle, type WriteOptions, writeDump } from './iptables/dump/write.ts';
export { countOwners } from './iptables/owners.ts';
export { type PastedReading, readRules } from './iptables/pasted/read.ts';
// Rules, as data and as text.
export type * from './iptables/rule/match.ts';
export * from './iptables/rule/ruleset.ts';
export type * from './iptables/rule/target.ts';
export type * from './iptables/rule/writer.ts';
export { type BuildOptions, buildCluster, type ClusterReading } from './kube/cluster/build.ts';
export { defaultProxyConfig, type ProxyConfig, readProxyConfig } from './kube/cluster/config.ts';
export * from './kube/cluster/model.ts';
export { servicesTable } from './kube/cluster/services-table.ts';
export { showModel } from './kube/cluster/show.ts';
// From manifests to the model of a cluster.
export { type Manifests, readManifests } from './kube/manifest/read.ts';
export { checkRuleset } from './lint/check.ts';
export type { FindingCode, RuleFinding, Severity as FindingSeverity } from './lint/finding.ts';
export type { NetworkAssumption } from './path/assumption.ts';
export { followDirect } from './path/direct.ts';
export { type ExplainedService, type ExplainOptions, type Explanation, explainPort } from './path/explain.ts';
export { findingsOf as checkIngresses } from './path/ingress/findings.ts';
export { followIngress, routeOf } from './path/ingress/follow.ts';
export { type Ingress, readIngresses } from './path/ingress/model.ts';
export { Network, type NetworkOptions } from './path/network.ts';
export type { Scene } from './path/scene.ts';
export { parseUrl, type UrlRequest, type UrlTrace } from './path/url.ts';
// Two rule sets, by what they do to packets, and what is wrong with one.
export { type AssumedHost, assumeHost } from './proof/assume-host.ts';
export type { MadeUp, ProofAssumption } from './proof/assumption.ts';
export { type CompareOptions, comparePackets, type PacketComparison } from './proof/compare.ts';
export {
  compileNode,
  type NodeChoice,
  type NodeCompileOptions,
  type NodeRules,
  writeNode,
} from './proxy/compile-node.ts';
// From the model to decisions, and to rules.
export { chooseFamily, chooseNode } from './proxy/decide/choice.ts';
export type { Decision, Disposition } from './proxy/decide/decide.ts';
export { decideNode, type NodeDecisions } from './proxy/decide/node.ts';
export { defaultRelease, type Release, releases } from './proxy/decide/release.ts';
export { type CompileOptions, compile } from './proxy/iptables/compile.ts';
export { addProxyJumps } from './proxy/iptables/proxy-jumps.ts';
export { sayAssumptions } from './report/assumptions.ts';
export { printCheckJson } from './report/check/json.ts';
export { printCheckText } from './report/check/text.ts';
export { printCoverageJson } from './report/coverage-json.ts';
export { printCoverageLcov } from './report/coverage-lcov.ts';
export { printCoverageText } from './report/coverage-text.ts';
export { printDiffJson } from './report/diff-json.ts';
export { printDiffMarkdown } from './report/diff-markdown.ts';
export { printDiffSarif } from './report/diff-sarif.ts';
export { printDiffText } from './report/diff-text.ts';
export { printDiffUnified } from './report/diff-unified.ts';
export { printExplainJson } from './report/explain-json.ts';
export { printExplainMarkdown } from './report/explain-markdown.ts';
export { printExplainText } from './report/explain-text.ts';
export { printGoldenJson } from './report/golden-json.ts';
export { printGoldenMarkdown } from './report/golden-markdown.ts';
export { type GoldenEntry, printGoldenText } from './report/golden-text.ts';
export { printDot } from './report/graph-dot.ts';
export { printMermaid } from './report/graph-mermaid.ts';
export { sayGraph } from './report/graph-said.ts';
export { printSvg } from './report/graph-svg.ts';
export { sayInstead } from './report/instead.ts';
export { sayNotes } from './report/notes.ts';
export { printUrlJson } from './report/path-url-json.ts';
export { printUrlText } from './report/path-url-text.ts';
export { sayClientNote, sayFilled, sayLegEnd, sayPathNote, sayStop } from './report/paths.ts';
export { sayReason } from './report/reasons.ts';
export { RuleTexts } from './report/rule-texts.ts';
export { saySeen } from './report/seen.ts';
export { printTestJson } from './report/test-json.ts';
export { printTestJunit } from './report/test-junit.ts';
export { printTestTap } from './report/test-tap.ts';
export { printTestText } from './report/test-text.ts';
export { printTraceJson } from './report/trace-json.ts';
export { chainNames } from './report/trace-names.ts';
export { printPacket, printTraceText } from './report/trace-text.ts';
export type { AnswerAssumption, Assumption } from './report/words/assumptions.ts';
export { type Language, languages } from './report/words/language.ts';
export type { DiffReport } from './session/comparison.ts';
export type { CheckNote, Note, Owned, SideNote } from './session/note.ts';
// Connections through a whole cluster.
export { changedCluster, makeScene, type SceneChanges } from './session/scene.ts';
export type { ReportSide } from './session/side.ts';
export type { NamedTrace } from './session/traces.ts';

export type { ConnectionState } from './sets/states.ts';
// Problems in the input.
export { type ProblemCode, problemCodes } from './text/codes.ts';
export { sayExpected } from './text/detail.ts';
export type { Expected } from './text/expected.ts';
export { InputError, type Problem, printProblem, type Severity } from './text/problem.ts';
export type { Source, Span } from './text/source.ts';
