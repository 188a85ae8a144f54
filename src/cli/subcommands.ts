import type { Entry } from './run.ts';

/**
 * Every subcommand, in the order of a user's day, in which the help lists them. Each is loaded when it is called: nobody who compiles waits
 * for what compares.
 */
export const subcommands: readonly Entry[] = [
  {
    name: 'get',
    purpose: 'see',
    summary: 'services as kubectl prints them, with what was filled in',
    load: async () => (await import('./get.ts')).getCommand,
  },
  {
    name: 'explain',
    purpose: 'see',
    summary: 'who reaches a service, and whose address it sees',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'trace',
    purpose: 'see',
    summary: 'what a packet or a connection meets, and its fate',
    load: async () => (await import('./trace.ts')).traceCommand,
  },
  {
    name: 'check',
    purpose: 'see',
    summary: 'what is broken, in rules or in manifests',
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    name: 'graph',
    purpose: 'see',
    summary: 'a picture of chains and where they lead',
    load: async () => (await import('./graph.ts')).graphCommand,
  },
  {
    name: 'report',
    purpose: 'see',
    summary: 'a page of services, chains and packets',
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'serve',
    purpose: 'see',
    summary: 'the same page on localhost, anew when a file changes',
    load: async () => (await import('./serve.ts')).serveCommand,
  },
  {
    name: 'diff',
    purpose: 'review',
    summary: 'which packets a change treats differently',
    load: async () => (await import('./diff.ts')).diffCommand,
  },
  {
    name: 'migrate',
    purpose: 'review',
    summary: 'what another mode or release of kube-proxy changes',
    load: async () => (await import('./migrate.ts')).migrateCommand,
  },
  {
    name: 'test',
    purpose: 'review',
    summary: 'hold rules against what files expect of packets',
    load: async () => (await import('./test.ts')).testCommand,
  },
  {
    name: 'golden',
    purpose: 'review',
    summary: 'hold manifests and expected dumps together',
    load: async () => (await import('./golden.ts')).goldenCommand,
  },
  {
    name: 'verify',
    purpose: 'review',
    summary: 'check what diff --certificate wrote',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  {
    name: 'merge',
    purpose: 'review',
    summary: 'join the results of jobs that shared the work',
    load: async () => (await import('./merge.ts')).mergeCommand,
  },
  {
    name: 'drift',
    purpose: 'look-after',
    summary: 'whether a node has the rules that its cluster asks for',
    load: async () => (await import('./drift.ts')).driftCommand,
  },
  {
    name: 'collect',
    purpose: 'look-after',
    summary: 'the command that gathers what a node has',
    load: async () => (await import('./collect.ts')).collectCommand,
  },
  {
    name: 'compile',
    purpose: 'write',
    summary: 'the rules that kube-proxy installs on a node',
    load: async () => (await import('./compile.ts')).compileCommand,
  },
  {
    name: 'fmt',
    purpose: 'write',
    summary: 'rules as iptables-save or nft prints them',
    load: async () => (await import('./fmt.ts')).fmtCommand,
  },
  {
    name: 'translate',
    purpose: 'write',
    summary: 'iptables rules as a proved ruleset of nft',
    load: async () => (await import('./translate.ts')).translateCommand,
  },
  {
    name: 'completion',
    purpose: 'besides',
    summary: 'commands and flags for a shell to complete',
    load: async () => (await import('./completion.ts')).completionCommand,
  },
];
