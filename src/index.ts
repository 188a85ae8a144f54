/** The library: everything that the command line does, by topic. */

// Addresses: a number is IPv4, a bigint IPv6.
export { type Address, type Family, formatAddress, parseAddress } from './address/address.ts';
export { formatSubnet, parsePrefix, type Subnet } from './address/subnet.ts';

// From manifests to the model of a cluster.
export { type BuildOptions, buildCluster, type ClusterReading } from './cluster/build.ts';
export { defaultProxyConfig, type ProxyConfig, readProxyConfig } from './cluster/config.ts';
export type * from './cluster/model.ts';
// Two rule sets, by what they do to packets.
export { type CompareOptions, comparePackets, type PacketComparison } from './compare/compare.ts';
export { byService, type ServiceChange } from './compare/services.ts';
// From the model to decisions, and to rules.
export { type CompileOptions, compile } from './compile/compile.ts';
export {
  compileNode,
  type NodeChoice,
  type NodeCompileOptions,
  type NodeRules,
  writeNode,
} from './compile-node.ts';
export { DumpWriter, type Spelling } from './dump/dump-writer.ts';
// Rules, as data and as text.
export { type Reading, type ReadOptions, readDump } from './dump/read.ts';
export { type CounterStyle, type WriteOptions, writeDump } from './dump/write.ts';
// What is expected of packets, read from files, asked and proved.
export { ask } from './expect/ask.ts';
export type { Claim, Goal } from './expect/claims.ts';
export { type Coverage, coverageOf, percentOf } from './expect/coverage.ts';
export type { ExpectationFile, ExpectationText, PacketSetText } from './expect/file/model.ts';
export { type Question, readQuestion, type Stage } from './expect/file/question.ts';
export { readExpectations } from './expect/file/read.ts';
export { expectationSchema } from './expect/file/schema.ts';
export { type Failure, judge } from './expect/judge.ts';
export { type Finding, type Judgement, judgePacket, prove } from './expect/prove.ts';
export type { TestedRules, TestResult } from './expect/results.ts';
// Packets through rules, on a node whose network is known.
export { buildHost, hostFieldsOf } from './host/build.ts';
export type { Host, HostFields } from './host/model.ts';
export { type Manifests, readManifests } from './manifest/read.ts';
export { type Flow, type Flows, readFlows } from './packet/flows.ts';
export { Interpreter } from './packet/interpreter.ts';
export { parsePacket } from './packet/notation.ts';
export type { Delivered, Outcome, Verdict } from './packet/outcome.ts';
export type { Origin, Packet } from './packet/packet.ts';
export { buildProgram, type Program } from './packet/program.ts';
export { Sequence } from './packet/sequence.ts';
export { type Trace, tracePacket } from './packet/trace.ts';
// Connections through a whole cluster.
export { type ExplainOptions, type Explanation, explainPort } from './path/explain.ts';
export { Network, type NetworkOptions } from './path/network.ts';
export type { Scene } from './path/scene.ts';
export type { Decision, Disposition } from './policy/decide.ts';
export { decideNode, type NodeDecisions } from './policy/node.ts';
export { defaultRelease, type Release, releases } from './policy/release.ts';
export type * from './rule/match.ts';
export type * from './rule/ruleset.ts';
export type * from './rule/target.ts';
export type * from './rule/writer.ts';

// Problems in the input.
export { type ProblemCode, problemCodes } from './text/codes.ts';
export { InputError, type Problem, printProblem, type Severity } from './text/problem.ts';
export type { Source, Span } from './text/source.ts';
