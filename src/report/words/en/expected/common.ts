import type { CommonThing, CommonThingOf } from '../../../../text/things.ts';
import type { ThingWords } from '../../expected.ts';

/** What is right of more rooms than one. */
export const commonThings: ThingWords<CommonThing, CommonThingOf> = {
  fields: 'fields',
  rate: 'a rate',
  time: 'a time',
  address: 'an address',
  prefixes: 'prefixes',
  'two-ports': 'two ports',
  'addresses-of': (one) => `${one} addresses`,
  'address-of': (one) => `an ${one} address`,
  prefix: 'a prefix',
  'interface-name': "an interface's name",
  list: 'a list',
  number: 'a number',
  object: 'an object',
  value: 'a value',
  'dns-name': 'a DNS name',
  'one-of-them': 'one of them',
  name: 'a name',
  'prefix-or-one-of-each': 'one prefix, or one of each family',
  'relative-path': 'a path, relative to this file',
  'node-name': 'the name of a node',
  'schema-address': 'the address of the schema',
};
