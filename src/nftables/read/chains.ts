import { want } from '../../text/expected.ts';
import type { ChainSpec, Command, TableName } from '../command.ts';
import { type BaseChain, type ChainType, type NftFamily, nftHooks, type Place } from '../model.ts';
import { readDefinition } from './definitions.ts';
import { readDevices } from './flowtables.ts';
import { readLater } from './later.ts';
import { readPriority } from './priority.ts';
import type { Reader } from './reader.ts';
import { readRule, recover, takeHeld } from './rules.ts';

const types: readonly ChainType[] = ['filter', 'nat', 'route'];

type Building = { -readonly [K in keyof ChainSpec]: ChainSpec[K] };

/** After the name of a chain: its block, where there is one. Its rules are commands of their own. */
export function readChainBlock(
  reader: Reader,
  of: TableName,
  name: string,
  create: boolean,
  start: number,
): readonly Command[] {
  const chain: Building = { name };
  const rules: Command[] = [];
  const place = reader.since(start);
  reader.family = of.family;
  reader.table = of.table;
  reader.scanner.handle = undefined;
  if (reader.takeMark('{')) {
    if (reader.scanner.handle !== undefined) chain.handle = reader.scanner.handle;
    const later = readLater(reader);
    if (later) rules.push({ do: 'add-rules', of, chain: name, later, place });
    reader.scoped(() => readParts(reader, of, chain, rules));
  }
  return [{ do: 'add-chain', create, of, chain, place }, ...rules];
}

function readParts(reader: Reader, of: TableName, chain: Building, rules: Command[]): void {
  for (;;) {
    reader.skipSeparators();
    if (reader.takeMark('}')) return;
    if (reader.scanner.kind === 'end')
      reader.refuse('the block of a chain has no end', want.thing('closing-brace'));
    const { start } = reader.scanner;
    try {
      if (!readProperty(reader, of, chain)) rules.push(...readRuleOf(reader, of, chain));
      reader.expectSeparator();
    } catch (error) {
      recover(reader, error, start, 0);
      if (reader.scanner.start === start) reader.next();
    }
  }
}

function readRuleOf(reader: Reader, of: TableName, { name }: Building): readonly Command[] {
  const read = readRule(reader);
  const place = read.rule.place as Place;
  return [...takeHeld(reader, of, place), { do: 'add-rule', of, chain: name, ...read, at: 'last', place }];
}

/** What is said of the chain itself, and definitions. */
function readProperty(reader: Reader, of: TableName, chain: Building): boolean {
  if (reader.is('define') || reader.is('redefine')) readDefinition(reader);
  else if (reader.is('type') && isHookLine(reader)) chain.base = readHook(reader, of.family);
  else if (reader.take('policy')) chain.policy = readPolicy(reader);
  else if (reader.take('comment')) chain.comment = reader.takeValue();
  else if (reader.take('flags')) {
    reader.expect('offload');
    chain.base = withBase(reader, chain, { offload: true });
  } else if (reader.take('devices')) {
    chain.base = withBase(reader, chain, { devices: readDevices(reader) });
  } else return false;
  return true;
}

const isHookLine = (reader: Reader) => /^\s+\S+\s+hook\b/.test(reader.ahead(40));

function withBase(reader: Reader, { base }: Building, more: Partial<BaseChain>): BaseChain {
  return base
    ? { ...base, ...more }
    : reader.refuse('the chain is entered by no hook', want.thing('base-chain-first'));
}

function readPolicy(reader: Reader): 'accept' | 'drop' {
  if (reader.isMark('$')) return reader.within(() => readPolicy(reader));
  return (
    reader.takeOneOf(['accept', 'drop']) ??
    reader.refuse(`unexpected ${reader.describe()}`, want.either('accept', 'drop'))
  );
}

/** `type filter hook input device "lo" priority filter`. */
function readHook(reader: Reader, family: NftFamily): BaseChain {
  reader.expect('type');
  const type =
    reader.takeOneOf(types) ??
    reader.refuse(`unexpected ${reader.describe()}`, want.written(types.join(', ')));
  reader.expect('hook');
  const hook =
    reader.takeOneOf(nftHooks) ??
    reader.refuse(`unexpected ${reader.describe()}`, want.written(nftHooks.join(', ')));
  const devices: string[] = [];
  if (reader.take('device')) devices.push(reader.name('device'));
  if (reader.take('devices')) devices.push(...readDevices(reader));
  reader.expect('priority');
  return { type, hook, devices, priority: readPriority(reader, family, hook) };
}
