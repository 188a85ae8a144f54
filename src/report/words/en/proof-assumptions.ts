import { formatAddress } from '../../../address/address.ts';
import type { ProofWords } from '../assumptions.ts';

const listed = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));

export const proofWords: ProofWords = {
  'flows-kept': () =>
    'a translated flow keeps what either side gave it; ICMP errors about such flows, and how a helper translates what it expects of them, are not looked at',
  'unmarked-on-arrival': () => 'no packet is marked when it arrives',
  'routing-ignores-mark': ({ bits }) =>
    `routing does not ask for the bits 0x${bits.toString(16)} of the mark, by which rules find their packets`,
  'conntrack-on': ({ missing }) =>
    `connection tracking is on, though no rule${missing === 'both' ? '' : ` of the side ${missing} the change`} asks for it: fragments are put together, and nat is asked`,
  'fit-to-forward': () =>
    'what is to be forwarded has a hop left, fits its link, and leaves by another than it came by: of others the node tells their sender, unless rules before FORWARD, which are not the same, drop them',
  'headers-whole': () =>
    'headers are whole: of a packet that ends before what a rule reads of it, xtables drops it there and nf_tables ends the rule, and rules that read them are not the same',
  'no-fragments': ({ tracked }) =>
    `no packet is a later fragment where fragments are not yet put together (${tracked ? 'before priority -400' : 'connections are not tracked'}): it has no header for rules to read, and rules that do are not the same`,
  'sets-kept': ({ names }) => `sets hold the same on both sides: ${listed(names)}`,
  'sets-held': ({ names }) => `sets go on to hold what they held when they were saved: ${listed(names)}`,
  'lists-renamed': ({ lists }) =>
    `lists of recent hold under their new names what they held: ${listed(lists.map(({ before, after }) => `${before} as ${after}`))}`,
  'addresses-kept': () =>
    'the addresses of the node stay: MASQUERADE takes another then and forgets its flows, and SNAT, which the other side has, does not',
  'interfaces-kept': ({ names }) =>
    `interfaces that are named by index (iif, oif) on one side stay, and keep their names: ${listed(names)}`,
  'fact-match': ({ match, holds }) =>
    `${match} holds for ${holds ? 'every' : 'no'} packet (--assume says so)`,
  'fact-interfaces': ({ names }) =>
    `of interfaces that rules name there are ${listed(names)} (--assume says so)`,
  'fact-groups': ({ groups }) =>
    `the node listens to the multicast groups ${listed(groups.map(formatAddress))} (--assume says so)`,
  'sets-listed': () => 'sets without elements are empty, and not left out as nft -t leaves them out',
  'elements-alive': ({ sets }) =>
    `elements that expire at other times on either side are all still there: of ${listed(sets)}`,
  'chains-in-order': () => 'chains of one hook and priority were made in the same order on both sides',
  'extensions-alike': ({ names }) =>
    `what nft lists by name alone has the same parameters on both sides: ${listed(names)}`,
};
