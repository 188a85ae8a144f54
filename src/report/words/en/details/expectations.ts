import type { ExpectationDetail, RecordName, ShapeDetail, Shown } from '../../../../expect/file/detail.ts';
import { sayOf, type WordsOf } from '../../words-of.ts';

const shown: WordsOf<Shown> = {
  list: () => 'a list',
  mapping: () => 'a mapping',
  nothing: () => 'nothing',
  written: ({ text }) => text,
};

const records: Readonly<Record<RecordName, string>> = {
  'packet-set': 'a set of packets',
  expectation: 'an expectation',
  'expectation-file': 'an expectation file',
  network: "a node's network",
  'ignored-finding': 'a finding to ignore',
  'check-settings': 'settings of check',
  severities: 'how bad findings are',
  'settings-file': 'a file of settings',
  baseline: 'a baseline',
  'known-finding': 'a known finding',
  facts: 'a fact',
  'certificate-input': 'an input',
  'certificate-family': 'a family',
  certificate: 'a certificate',
};

/** Why a file that people write has not the form that it should have. */
export const shapeDetails: WordsOf<ShapeDetail> = {
  'stands-here': ({ value }) => `the value is ${sayOf(shown, value)}`,
  'unfit-here': ({ value }) => `${sayOf(shown, value)} does not fit`,
  'unknown-here': ({ value }) => `${sayOf(shown, value)} is not known here`,
  'empty-list': () => 'the list is empty',
  'empty-mapping': () => 'the mapping is empty',
  'empty-record': ({ what }) => `${records[what]} is empty`,
  'not-record': ({ what, value }) => `${sayOf(shown, value)} is not ${records[what]}`,
  'record-no-field': ({ what, value }) => `${records[what]} has no field ${sayOf(shown, value)}`,
  'record-without': ({ what, fields }) =>
    `${records[what]} with ${fields.length === 1 ? `no ${fields[0]}` : `none of ${fields.join(', ')}`}`,
  'fields-exclude': ({ fields }) => `${fields.join(' and ')} exclude each other`,
};

/** Why an expectation, or the packets that it is about, make no sense. */
export const expectationDetails: WordsOf<ExpectationDetail> = {
  'reaches-of-packets': () => 'reaches is about a connection',
  'reaches-opens-none': () => 'reaches is about a connection, and the packet opens none',
  'no-such-packets': () => 'there are no such packets: no host sends from these addresses, or not from there',
  'from-says-addresses': () => 'from says already which addresses send',
  'via-without-service': () => 'via says by which entry a service is called',
  'ports-of-no-protocol': () => 'ports of which protocol',
  'claims-contradict': ({ one, other }) => `no packet can satisfy both: ${one}, and ${other}`,
  'packet-other-family': ({ family }) => `the packet does not meet ${family} rules`,
  'no-source-claim': ({ text }) => `${text} says nothing of a source`,
  'names-no-service': ({ text }) => `${text} names no service`,
  'names-no-rule': ({ text }) => `${text} names neither a rule nor a service`,
  'no-share': ({ text }) => `${text} is no share`,
  'port-at-address': ({ text }) => `${text} has a port`,
  'no-protocol': ({ text }) => `${text} is no protocol`,
  'protocol-no-ports': ({ text }) => `${text} has no ports`,
  'shares-sum': ({ share }) => `the shares sum to ${share.toFixed(2)} %`,
  'service-no-entry': ({ name, family, via }) => `service ${name} has no ${family} ${via.replace('-', ' ')}`,
  'service-several-ports': ({ name }) => `service ${name} has several ports`,
  'service-no-port-of': ({ name, protocol }) => `service ${name} has no such port of ${protocol}`,
};
