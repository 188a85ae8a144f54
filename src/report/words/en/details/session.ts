import type { SessionDetail } from '../../../../session/detail.ts';
import { sayOf, type WordsOf } from '../../words-of.ts';
import { nameDetails } from './names.ts';

/** What is wrong with what is asked, or with the texts that it is asked of. */
export const sessionDetails: WordsOf<SessionDetail> = {
  'sets-of-which-node': ({ name, rules }) =>
    `${name} tells of one node, and there are ${rules === 0 ? 'no rules' : `rules of ${rules}`}`,
  'flag-unfit': ({ flag, text }) => `${flag} ${text}`,
  'hooks-alone': () => 'the hooks of a node are told without its rules',
  'table-differs-between': ({ table, one, other }) =>
    `table ${table} is another one in ${one} than in ${other}`,
  'ruleset-without-proxy': ({ name }) => `${name} has no table of kube-proxy`,
  'table-not-shown': ({ name, table, family }) =>
    `${name} shows no table ${table} kube-proxy: ${family} is not compared`,
  'refused-table': ({ family, node }) =>
    `kube-proxy makes no ${family} table on ${node}, since nft refuses it`,
  'opens-none': () => '--connection follows a connection from its first packet, and this one opens none',
  'client-no-address': ({ text, family }) => `--client: ${text} is no ${family} address`,
  'flag-no-node': ({ flag, name }) => `${flag}: there is no node ${name}`,
  'added-no-node': ({ text }) => `--add-node: ${text} is no node`,
  'added-twice': ({ name }) => `--add-node: there is a node ${name} already`,
  'table-in-two': ({ table, one, other }) => `table ${table} is in ${one} and in ${other}`,
  'families-differ': ({ before, one, after, other }) => `${before} is ${one}, ${after} is ${other}`,
  'only-family': ({ texts, family }) => `--only ${texts}: there are ${family} rules`,
  'only-never-arrives': () => '--only: no such packet arrives there',
  'dump-and-manifests': () => 'there are a dump and manifests to compile',
  'no-rules-to-walk': () => 'there are no rules to walk through',
  'nft-already': ({ name }) => `${name} is a ruleset of nft already`,
  'no-iptables-rules': ({ name }) => `${name} holds no rules of iptables`,
  'collected-breaks-off': ({ name }) => `${name} breaks off: what was gathered of the node is not whole`,
  'collected-nothing': ({ name }) =>
    `${name} holds no rules: neither iptables-save nor nft printed any on the node`,
  'collected-both': ({ name }) =>
    `${name}: there are rules of iptables-legacy and of iptables-nft, and nft is not there to tell them apart`,
  'shard-index': ({ text }) => `--shard ${text}: no JOB_COMPLETION_INDEX says which part this is`,
  'shard-no-part': ({ text }) => `--shard: ${text} is no part`,
  'rules-no-objects': ({ name }) => `${name}: these are rules of a node, and no Kubernetes objects`,
  'no-service-given': () => 'there is no Service among the manifests',
  'empty-input': ({ name }) => `${name} is empty: there is nothing to check`,
  'tables-not-alike': ({ table, name, one, other }) =>
    `table ${table} ${name} of ${one} and table ${name} of ${other} have other chains: they are taken for two tables, as where iptables-legacy made the one`,
  'taken-for-first': ({ name }) =>
    `${name} takes away rules that others made: it is taken as loaded before the other files`,
  'take-each-other': ({ one, other }) =>
    `${one} and ${other} take away each other's rules: what is left depends on which was loaded last`,
  'takes-part-of-dump': ({ one, other }) => `${one} takes away a part of the tables of ${other}`,
  'takes-of-which-backend': ({ one, other }) =>
    `${one} takes away the rules of ${other} if they are of iptables-nft, and leaves those of iptables-legacy`,
  'certificate-form': ({ form }) => `the certificate has form ${form}`,
  'no-results': () => 'there are no results to merge',
  'parts-of-two-runs': ({ one, other }) =>
    `${one.name} is part ${one.part} of ${one.of} of ${one.command}, ${other.name} part ${other.part} of ${other.of} of ${other.command}`,
  'both-one-part': ({ one, other, part }) => `${one} and ${other} are both part ${part}`,
  'parts-missing': ({ of, missing }) => `of ${of} parts these are missing: ${missing}`,
  'not-json': ({ name }) => `${name} is not JSON`,
  'no-merged-result': ({ name }) => `${name} is no result that can be merged`,
  'no-shared-part': ({ name }) => `${name} is no part of a shared run`,
  'no-events': () => 'there is no list of events',
  'event-goes-back': () => 'an event before the one that stands before it',
  'no-rules-yet': () => 'there are no rules yet',
  'no-event': () => 'not an event',
  'event-without-time': () => 'an event without a time',
  'event-no-time': () => 'not a time',
  'nothing-happens': () => 'nothing happens',
  'event-no-packet': () => 'not a packet',
  'event-not-true': () => 'not true',
  'event-no-files': () => 'no names of files',
  'event-of-two': ({ one, other }) => `both ${one} and ${other}`,
  'no-baseline': () => 'this is what check --format json prints, and no baseline',
  'no-list-there': () => 'this is no list',
  'fact-unasked': ({ text }) => `no rule asks ${text}: that fact ends no doubt`,
  'fact-for-all-and-none': ({ text }) => `${text} is said to hold for every packet and for none`,
  'no-multicast': ({ text }) => `${text} is no multicast address`,
  'only-of': ({ of }) => `--only: ${sayOf(nameDetails, of)}`,
};
