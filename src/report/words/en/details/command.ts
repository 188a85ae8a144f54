import type { CommandDetail } from '../../command.ts';
import { sayOf, type WordsOf } from '../../words-of.ts';
import { fileDetails } from './files.ts';

/** What is wrong with a command line. */
export const commandDetails: WordsOf<CommandDetail> = {
  'rules-with-context': ({ name }) => `${name}: these are rules, and --context compares objects`,
  'nothing-to-check': () => 'there is nothing to check',
  'one-side': () => 'there is one side',
  'two-sides-with-context': () => '--context with two sides',
  'between-modes': ({ before, after }) =>
    `${before} and ${after}: between modes, the same manifests are compared`,
  'boxes-too-many': ({ count }) => `a picture of ${count} boxes is too large`,
  'chains-too-many': ({ count }) => `a picture of ${count} chains is too large`,
  'no-manifests': () => 'there are no manifests',
  'no-ruleset': ({ name }) => `${name} is no ruleset of nft`,
  'no-proxy-table': () => 'there is no table of kube-proxy',
  'no-service-or-file': ({ name }) => `there is no service and no file ${name}`,
  'coverage-of-nft': ({ name }) => `coverage is not counted of rulesets of nft, as in ${name}`,
  'dump-of-one-node': ({ name }) => `${name} is a dump of one node`,
  'page-unbuilt': () => 'this build of kubenat has no page: it was not built',
  'service-and-chain': () => 'there are both --service and --chain',
  'nothing-to-draw': () => 'there are no rules to draw',
  'no-rule-for': ({ service }) => `no rule is for service ${service}`,
  'rules-as-expectations': ({ name }) => `${name}: these are rules, and no expectations`,
  'no-ingress-serves': ({ host, family }) =>
    `--url: no Ingress serves ${host}, and it is no ${family} address`,
  'nothing-to-show': () => 'there is nothing to show',
  'config-before-alone': () => 'there is --config-before, but no version before',
  'sets-apart-of-nft': ({ names }) =>
    `ipset ${names.join(', ')}: other entries on the two sides, which are not compared beside rules of nft`,
  'first-of-nodes': ({ node, count }) => `the rules are those of ${node}, the first of ${count} nodes`,
  'page-of-tables': () => 'in nftables mode the page has no view of the cluster and of source addresses',
  'before-of-nft': () => '--before of rulesets of nft',
  'no-service': ({ service }) => `there is no service ${service}`,
  'no-port': ({ text }) => `'${text}' is no port`,
  'no-file-name': ({ name }) => `${name} cannot be the name of a file`,
  'json-of-nft': () => '--format json is what nft -j lists',
  'needs-directory': () => '--nodes all needs a directory',
  'program-of-nft': () => '--show-program in mode nftables',
  'nothing-to-hold-against': () => 'there is nothing to hold the rules against',
  'is-directory': ({ name }) => `${name} is a directory`,
  'no-manifests-in': ({ name }) => `${name} holds rules of a node, and no manifests`,
  'coverage-mixed': ({ coverage, format }) => `--coverage ${coverage} and --format ${format} would be mixed`,
  'lcov-of-compiled': () => 'lcov speaks of lines of files, and these rules were compiled',
  'not-as-written': ({ file }) => `${file} is not as it was written: its SHA-256 is another`,
  'of-other-rules': ({ file, family }) => `${file} is of other rules of ${family} than these inputs give`,
  'other-assumptions': ({ file }) => `${file} takes other things for granted than these inputs do`,
  'no-such-code': ({ name }) => `help errors ${name}: there is no such code`,
  'no-word-for-command': ({ word }) => `${word}: no name that can stand in a command`,
  'nodes-with-connection': () => '--nodes all goes with --connection',
  'rules-of-one-node': () => '--rules is of one node',
  'no-node-sets-out': ({ nodes, packet }) =>
    `--connection: no node (${nodes}) is known from which ${packet} sets out`,
  'node-rules-with-nodes': () => '--node-rules goes with --nodes all',
  'one-question': () => 'there must be one of --packet, --connection, --flows, --log and --timeline',
  'questions-together': ({ flags }) =>
    `${flags.join(' and ')} do not go together: each asks about packets of its own`,
  'first-with-packet': () => '--first goes with --packet',
  'no-mode-with-release': ({ text }) => `${text} is no mode with a release`,
  'manifests-with-both': ({ name }) =>
    `${name}: manifests are not compared with rules of iptables and nft together`,
  'timeline-beside': () => '--timeline beside manifests or --rules',
  'flag-with': ({ flag, others }) => `${flag} with ${others.join(' or ')}`,
  'flag-without': ({ flag, other }) => `${flag} without ${other}`,
  'flag-with-nft': ({ flag }) => `${flag} with rules of nft`,
  'format-of-nft': ({ format }) => `--format ${format} of rulesets of nft`,
  'format-between-modes': ({ format }) => `--format ${format} between modes`,
  'flag-as': ({ text }) => `${text}`,
  'no-such-finding': ({ flag, name }) => `${flag} ${name}: there is no such finding`,
  'no-such-node-for': ({ flag, name }) => `${flag}: there is no node ${name}`,
  'no-common-node': ({ before, after }) =>
    `no node is on both sides: ${before.join(', ')}; ${after.join(', ')}`,
  'rollout-of-dump': ({ name }) => `--rollout: ${name} is a dump`,
  'not-with-url': ({ flag }) => `${flag}: it does not go with --url`,
  'goes-only-with': ({ flag, other }) => `${flag}: it goes with ${other} only`,
  'not-printed-rules': ({ name, but }) =>
    `${name} is not what iptables-save or nft list ruleset prints${but === null ? '' : `, and ${but} is`}`,
  'of-other-inputs': ({ file, role, had, has }) =>
    `${file} is of other inputs: ${role} was ${had}, and is ${has}`,
  'of-family': ({ file, family, was }) => `${file} ${was ? 'is' : 'is not'} of ${family}, unlike these sides`,
  'no-node-for-rules': ({ text, node }) => `--node-rules ${text}: there is no node ${node}`,
  'answer-not-kept': ({ why }) => `the answer is not kept: ${sayOf(fileDetails, why)}`,
  'no-expectations-below': ({ paths }) =>
    `there is no expectation file below ${paths.map((path) => (path === '.' ? 'this directory' : path)).join(', ')}`,
  'no-golden-case': ({ paths }) => `there is no case of golden files in ${paths.join(', ')}`,
  'golden-name-unfit': ({ name }) => `${name} has no name of a golden file, and is not compared`,
  'filter-fits-none': ({ filter, count }) =>
    `--filter: no name of ${count} expectations holds ${JSON.stringify(filter)}`,
  'coverage-below': ({ share, least }) => `rule coverage is ${share.toFixed(2)} %, below ${least} %`,
  'host-of-one-node': ({ one, other }) => `host describes one node, and here are ${one} and ${other}`,
  'json-of-dump': ({ name }) => `${name}: --json is for rulesets of nft`,
  'counters-of-ruleset': ({ name }) => `${name}: --counters zero is for what iptables-save prints`,
  'why-not-no-chain': ({ text }) => `--why-not ${text}: there is no such chain`,
  'flag-without-effect': ({ flag }) =>
    `${flag} has no effect on rules of nft: what is not proved of them counts, in whatever respect`,
  'not-certified': ({ name }) => `${name} is not written: it is not proved that no packet changes fate`,
  'several-services': ({ name }) => `there are several services ${name}`,
};
