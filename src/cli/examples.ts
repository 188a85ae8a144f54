import type { CommandName } from '../report/words/help.ts';

/** A command line, and what for. Tests run each of them beside manifests, dumps and expectations of these names. */
export interface Example {
  readonly what: string;
  readonly line: string;
}

/** By the command's name. */
export const examples: Readonly<Record<CommandName, readonly Example[]>> = {
  get: [
    { what: 'services with the addresses and ports that they get', line: 'kubenat get services manifests' },
    {
      what: 'of manifests on standard input, whose objects name no namespace',
      line: 'cat manifests/web.yaml | kubenat get services -n shop -',
    },
  ],
  explain: [
    { what: 'who reaches a service, and whom it sees', line: 'kubenat explain manifests default/web' },
    { what: 'what changes when a node goes', line: 'kubenat explain --without-node node-2 manifests' },
    {
      what: 'the same as a picture',
      line: 'kubenat explain --format svg -o web.svg manifests default/web',
    },
  ],
  trace: [
    {
      what: 'a connection through the rules that manifests ask for',
      line: "kubenat trace --node node-1 --packet 'tcp 198.51.100.7:40000 -> 192.168.0.11:30080 from external' manifests",
    },
    {
      what: 'through the rules of a node',
      line: "kubenat trace --rules node-1.save --host host.yaml --packet 'tcp 10.244.1.9:40000 -> 10.96.0.80:80 from pod'",
    },
    {
      what: 'its first packet alone',
      line: "kubenat trace --rules node-1.save --host host.yaml --first --packet 'tcp 10.244.1.9:40000 -> 10.96.0.80:80 from pod'",
    },
    {
      what: 'a connection and its answers through all nodes on its way',
      line: "kubenat trace --nodes all --connection 'tcp 198.51.100.7 -> 192.168.0.11:30080' manifests",
    },
    {
      what: 'where in the rules the packets of a kernel log, of conntrack -L or of tcpdump are',
      line: 'kubenat trace --rules node-1.save --host host.yaml --log kernel.log',
    },
    {
      what: 'why a rule does not match',
      line: "kubenat trace --rules node-1.save --host host.yaml --packet 'udp 10.244.1.9:4000 -> 10.96.0.80:80' --why-not nat/KUBE-SERVICES/1",
    },
  ],
  check: [
    { what: 'what is wrong with the rules of a node', line: 'kubenat check node-1.save' },
    {
      what: 'what a node has otherwise than manifests ask for',
      line: 'kubenat check --node node-1 --drift manifests node-1.save',
    },
    { what: 'what is wrong with manifests', line: 'kubenat check manifests' },
    { what: 'what a finding means, and what to do', line: 'kubenat check --explain shadowed' },
    {
      what: 'for a pipeline, without what is known',
      line: 'kubenat check --format junit --ignore repeated node-1.save',
    },
  ],
  graph: [
    {
      what: 'a picture of the chains of one service',
      line: 'kubenat graph --service default/web -o web.svg --node node-1 manifests',
    },
    {
      what: 'where a chain of a node leads, for a comment that GitHub or GitLab draws',
      line: 'kubenat graph --format mermaid --chain KUBE-NODEPORTS node-1.save',
    },
  ],
  report: [
    { what: 'a page to look at', line: 'kubenat report -o report.html --node node-1 manifests' },
    {
      what: 'what a change does, to look at',
      line: 'kubenat report --before main:manifests -o change.html --node node-1 manifests',
    },
  ],
  serve: [
    {
      what: 'the page, anew whenever a file changes',
      line: 'kubenat serve --port 0 --node node-1 manifests',
    },
    { what: 'of the rules of a node', line: 'kubenat serve --port 0 --rules node-1.save --host host.yaml' },
  ],
  diff: [
    { what: 'a change of manifests', line: 'kubenat diff --nodes all main:manifests manifests' },
    {
      what: 'which open connections a change breaks, or leads to a dead address',
      line: 'kubenat diff --rollout main:manifests manifests',
    },
    {
      what: 'two dumps, for a review comment',
      line: 'kubenat diff --format markdown node-1.old.save node-1.save',
    },
    {
      what: 'a proof that no packet changes fate, to keep',
      line: 'kubenat diff --certificate proof.json node-1.save node-1.new.save',
    },
    {
      what: 'what manifests ask for, and what the node has',
      line: 'kubenat diff --node node-1 --scope kube-proxy manifests node-1.save',
    },
  ],
  migrate: [
    { what: 'what a move to nftables mode changes', line: 'kubenat migrate --to nftables@1.37 manifests' },
    {
      what: 'the same for a change of release, on every node',
      line: 'kubenat migrate --from iptables@1.30 --to iptables@1.37 --nodes all manifests',
    },
  ],
  test: [
    { what: 'all expectation files below this directory', line: 'kubenat test' },
    { what: 'for a pipeline', line: 'kubenat test --format junit web.kubenat.yaml > junit.xml' },
  ],
  golden: [
    { what: 'write the expected dumps', line: 'kubenat golden --update cases' },
    { what: 'compare with them', line: 'kubenat golden cases' },
  ],
  verify: [
    {
      what: 'check a proof that was written by diff --certificate',
      line: 'kubenat verify proof.json node-1.save node-1.new.save',
    },
    {
      what: 'with more packets at each place where a rule changes',
      line: 'kubenat verify --packets 2000 proof.json node-1.save node-1.new.save',
    },
  ],
  merge: [
    {
      what: 'what three jobs found, as one run would have said it',
      line: 'kubenat merge part-1.json part-2.json part-3.json',
    },
    { what: 'into a file', line: 'kubenat merge -o all.txt part-1.json part-2.json part-3.json' },
  ],
  drift: [
    { what: 'a node against its manifests', line: 'kubenat drift --node node-1 node-1.save manifests' },
    { what: 'for programs', line: 'kubenat drift --node node-1 --format json node-1.save manifests' },
  ],
  collect: [
    { what: 'the command to run on a node', line: 'kubenat collect' },
    { what: 'the same from elsewhere', line: 'kubenat collect --ssh root@node-1' },
    { what: 'through the API server', line: 'kubenat collect --node node-1' },
  ],
  compile: [
    { what: 'the rules of one node', line: 'kubenat compile --node node-1 manifests > node-1.save' },
    {
      what: 'as kube-proxy 1.27 sends them to iptables-restore',
      line: 'kubenat compile --node node-1 --kube-version 1.27 --spelling restore manifests',
    },
    { what: 'what was filled in', line: 'cat manifests/web.yaml | kubenat compile --show-model -' },
  ],
  fmt: [
    { what: 'a dump without dates and counters', line: 'kubenat fmt --counters drop node-1.save' },
    { what: 'fail where a file is not in the canonical form', line: 'kubenat fmt --check node-1.save' },
  ],
  translate: [
    { what: 'the rules of a node as nft loads them', line: 'kubenat translate node-1.save > node-1.nft' },
    {
      what: 'which rules are not proved to do the same, for programs',
      line: 'kubenat translate --format json node-1.save',
    },
  ],
  completion: [
    { what: 'for this shell', line: 'source <(kubenat completion bash)' },
    { what: 'for every new fish', line: 'kubenat completion fish > kubenat.fish' },
  ],
};
