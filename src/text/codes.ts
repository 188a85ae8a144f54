/** Every code that a problem can carry, with what it means. The list is closed: a new problem is entered here first. */
export const problemCodes = {
  'file-missing': 'A file or directory that was named cannot be read.',
  'file-changed': 'A file was written to while it was read.',
  'collected-part': 'A file that the command of kubenat collect wrote is not whole, or lacks what is asked.',
  'file-too-large': 'A file is larger than what can be read and held in memory.',
  'text-encoding': 'A file is not text in UTF-8.',
  'file-unwritable': 'A file cannot be written; what was there before is still there.',
  'directory-unread': 'Directories below one that was named were not read.',
  'build-needed': 'A directory is a kustomization or a chart, which a program has to build first.',
  'program-failed': 'A program that was run for an input failed.',
  'yaml-syntax': 'The text is not YAML.',
  'json-syntax': 'The text is not JSON.',
  'not-kubernetes': 'A document is no Kubernetes object: it has no apiVersion, kind or name.',
  'kind-unknown': 'Objects of these kinds are not read and were passed over.',
  'field-missing': 'A field that is required is not there.',
  'field-type': 'A field holds a value of another type than Kubernetes defines for it.',
  'field-value': 'A field holds a value that Kubernetes does not accept.',
  'address-syntax': 'A text that should be an IP address, or a prefix, is none.',
  'port-range': 'A number that should be a port is not between 1 and 65535.',
  // Manifests and the cluster that they describe.
  'name-syntax': 'A name is not of the form that Kubernetes demands.',
  'field-conflict': 'Two fields of an object contradict each other.',
  duplicate: 'Something that must be unique within an object, or among all objects, is there twice.',
  'address-family': 'An address is of the other family than the fields around it say.',
  'table-syntax': 'The text begins like a table that kubectl prints, but a line does not fit.',
  'table-conflict': 'A table that kubectl printed contradicts a manifest.',
  'table-cut': 'A table that kubectl printed does not show everything.',
  'range-exhausted': 'A range of addresses or ports has nothing left to give.',
  'no-services': 'There is no Service among the manifests, so that there is little to compile.',
  'config-unused': "kube-proxy's configuration lies among the manifests, where it has no effect.",
  'no-endpoints': 'Nothing tells where the endpoints of a service are.',
  'endpoints-unknown':
    'What was given may hold endpoints of a service, and was not understood; they are not known.',
  'not-watched': 'A label takes an object away from kube-proxy.',
  'helm-template': 'A file that could not be read looks like a template of a Helm chart.',
  'target-port-unknown':
    'A service names a target port that none of its pods has, so that it has no endpoints.',
  'not-compiled': 'Objects of this kind are read, but nothing is compiled from them yet.',
  assumed: 'A value that the manifests leave open was filled in.',
  // The proxy's configuration and the choice of what to compile.
  'nft-refuses': 'nft refuses what kube-proxy of that release sends, so that the node has no table.',
  'proxy-config':
    'The configuration of kube-proxy asks for something that is not compiled, or contradicts itself.',
  'field-unknown': 'A field is not known here, and is passed over.',
  'node-choice': 'It is not clear for which node to compile, or there is no such node.',
  'other-family': 'There is a second address family, which this answer leaves out.',
  'release-unknown': 'The release of kube-proxy is not known.',
  'merge-parts': 'Results that are merged are not the parts of one run, or some are missing.',
  'flag-value': 'A flag of the command line has a value that it cannot have.',
  // Dumps.
  'proxy-mode': 'The rules are of another mode of kube-proxy than iptables, or of no kube-proxy at all.',
  'dump-syntax': 'A line of a dump is none of those that iptables-restore reads.',
  'nothing-to-certify': 'A certificate was asked for, and there is no proof to write one of.',
  'proof-refuted': 'Two procedures disagree on a proof: a fault of kubenat.',
  'rules-missing': 'Not all rules of the node are shown; what depends on the others is not known.',
  'dump-encoding':
    "A line of a dump has a spelling of old times, or another system's line ends; it is read all the same.",
  'table-twice': 'A table of iptables stands in a dump and in a ruleset of nft, and the two are not alike.',
  'table-unknown': 'There is no such table in netfilter.',
  'chain-unknown': 'A chain is used that does not exist.',
  'chain-name': 'A name is no name for a chain.',
  'chain-loop': 'Chains jump to each other in a circle.',
  'chain-in-use': 'A chain cannot be deleted or renamed as it is still needed.',
  'too-many-ways': 'Chance leads to more different states than are followed.',
  'rule-missing': 'There is no rule to delete, insert before or replace.',
  'commit-missing': 'A table is not ended by COMMIT.',
  'option-unknown': 'An option, match or target is not known.',
  'option-value': 'The value of an option is none that it can have.',
  'option-missing': 'An option lacks its value, or a match or target an option.',
  'option-conflict': 'Two options exclude each other, or one is given twice.',
  'option-needs': 'An option makes no sense without another, or without the protocol.',
  'option-negation': 'An option cannot be negated.',
  'target-place': 'A target or match cannot be used in this table, or not in chains that this hook reaches.',
  // Rulesets of nft.
  'nft-syntax': 'The text is none that nft reads.',
  'nft-unknown': 'A statement is not understood; it is kept word for word.',
  'nft-name': 'A table, chain, set or object is named that does not exist, or exists already.',
  'nft-refused': 'nft or the kernel refuses the ruleset.',
  'nft-lost': 'What nft prints of rules of iptables does not hold all that they say.',
  'not-translated': 'A rule of iptables is not proved to do the same in nft, or has no form there.',
  'translated-otherwise':
    'What is nothing to packets is another thing in nft: a comment, the name of a chain.',
  // Packets and the rules that they walk through.
  'packet-syntax': 'A packet is not written as packets are.',
  'packet-family': 'A packet is of the other address family than the rules.',
  'interface-unknown': 'A packet comes from an interface that the node does not have.',
  'log-syntax': 'No line of a log shows a packet or a connection.',
  'set-syntax': 'A line is none of those that ipset save prints.',
  'chain-missing': 'A rule jumps to a chain that its table does not have.',
  // The way through a whole cluster.
  'service-choice': 'It is not clear which service is meant, or there is no such service.',
  'ingress-backend':
    'The backend of an Ingress leads nowhere: its service or port does not exist, or none is named.',
  'ingress-balancer': 'A Service behind an Ingress has a load balancer of its own as well.',
  'ingress-duplicate': 'Two Ingresses claim one host and path.',
  'ingress-node-port': 'A load balancer outside calls node ports, and the service has none.',
  'ingress-resource': 'A backend is no Service; only its controller knows how to serve it.',
  'ingress-secret': 'An Ingress has no certificate for a host.',
  'url-syntax': 'A text is no URL of HTTP or HTTPS.',
  // Expectations.
  'expectation-missing':
    'There is no expectation file where one was looked for, or no expectation that is asked.',
  'coverage-low': 'Fewer rules are met by expectations than was demanded.',
  // Findings.
  'silence-syntax': 'A comment that silences findings names none that there is, or gives no reason.',
  'input-empty': 'A text holds nothing to check.',
  // Golden files.
  'golden-missing': 'There is no case of golden files where one was looked for.',
  'golden-name': 'A file among golden files has no name of one, and is not compared.',
} as const;

/** A code of the list. */
export type ProblemCode = keyof typeof problemCodes;
