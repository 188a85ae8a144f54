import type { Entry } from './run.ts';

/**
 * Every subcommand, in the order in which the help lists them. Each is loaded when it is called: nobody who compiles waits
 * for what compares.
 */
export const subcommands: readonly Entry[] = [
  {
    name: 'compile',
    summary: 'print the rules that kube-proxy installs on a node for these manifests',
    load: async () => (await import('./compile.ts')).compileCommand,
  },
  {
    name: 'fmt',
    summary: 'print a dump as iptables-save prints it once it was loaded',
    load: async () => (await import('./fmt.ts')).fmtCommand,
  },
  {
    name: 'translate',
    summary: 'write rules of iptables as a ruleset of nft, and prove that it does the same',
    load: async () => (await import('./translate.ts')).translateCommand,
  },
  {
    name: 'trace',
    summary: 'show every rule that a packet meets, and every outcome with its probability',
    load: async () => (await import('./trace.ts')).traceCommand,
  },
  {
    name: 'diff',
    summary: 'show which packets a change treats differently, by service, and the change of the text',
    load: async () => (await import('./diff.ts')).diffCommand,
  },
  {
    name: 'verify',
    summary: 'check what diff --certificate wrote by a second, simple procedure',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  {
    name: 'check',
    summary: 'look for services that are cut off, rules that cannot match, and what is wrong with manifests',
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    name: 'test',
    summary: 'ask rules what expectation files expect of packets, and say which rules none of them meets',
    load: async () => (await import('./test.ts')).testCommand,
  },
  {
    name: 'get',
    summary: 'print the services of manifests as kubectl would, with all that was filled in',
    load: async () => (await import('./get.ts')).getCommand,
  },
  {
    name: 'explain',
    summary: 'show who reaches which endpoint of a service by which entry, and what source address it sees',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'migrate',
    summary:
      "say which packets a move of kube-proxy's mode or release treats differently, and what to do about it",
    load: async () => (await import('./migrate.ts')).migrateCommand,
  },
  {
    name: 'merge',
    summary: 'join the results of a run of diff, check or migrate that several jobs shared',
    load: async () => (await import('./merge.ts')).mergeCommand,
  },
  {
    name: 'drift',
    summary: "say whether a node has the rules that the cluster's objects ask for",
    load: async () => (await import('./drift.ts')).driftCommand,
  },
  {
    name: 'collect',
    summary: 'print the command that gathers what a node has into one file, which other commands take',
    load: async () => (await import('./collect.ts')).collectCommand,
  },
  {
    name: 'golden',
    summary: 'hold trees of manifests and expected dumps together, or write the dumps',
    load: async () => (await import('./golden.ts')).goldenCommand,
  },
  {
    name: 'report',
    summary: 'write a page that shows services, chains and packets, or a picture of chains',
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'serve',
    summary: 'show the same page on localhost, and again whenever a file changes',
    load: async () => (await import('./serve.ts')).serveCommand,
  },
  {
    name: 'completion',
    summary: 'print the completion of commands and flags for a shell',
    load: async () => (await import('./completion.ts')).completionCommand,
  },
];
