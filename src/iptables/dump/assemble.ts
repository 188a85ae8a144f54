import type { Word } from '../../grammar/dump-nodes.ts';
import { want } from '../../text/expected.ts';
import type { CommandLetter } from '../rule/base-options.ts';
import { mergeTransports } from '../rule/extensions/transport.ts';
import { baseMatchKinds, type Match } from '../rule/match.ts';
import type { Counters } from '../rule/ruleset.ts';
import type { Context } from '../rule/syntax.ts';
import type { Target } from '../rule/target.ts';
import type { Command, DecodedRule, Jump, Settings } from './command.ts';
import { checkInterfaces, checkJump, isVerdict } from './place.ts';
import { buildUse } from './use.ts';
import type { Use } from './vocabulary.ts';
import type { WordReader } from './word-reader.ts';

/** What the words of a line have said so far. */
export class Said {
  command: Pick<Command, 'letter' | 'chain' | 'argument'> | undefined;
  counters: Counters | undefined;
  protocol = { number: 0, name: '', negated: false };
  jump: Jump | undefined;
  /** The option that named several addresses. */
  several: Word | undefined;
  readonly base = new Map<string, readonly (Match | null)[]>();
  readonly matchUses: Use[] = [];
  /** Options that only commands with a rule can have. */
  readonly ruleWords: Word[] = [];
}

/** On what the meaning of the next option's words depends. */
export function contextOf({ protocol }: Said, { family, backend, table }: Settings): Context {
  return { family, backend, table, protocol: protocol.number, protocolNegated: protocol.negated };
}

/** The command that a whole line gives; null where it is of no use after what was reported. */
export function finish(said: Said, reader: WordReader, settings: Settings): Command | null {
  const { command, jump, counters } = said;
  if (!command) {
    if (!reader.failed)
      reader.fail(reader.first, 'dump-syntax', { code: 'no-command' }, want.written('-A CHAIN'));
    return null;
  }
  const rules = hasRule(command)
    ? buildRules(command, said, reader, settings)
    : refuseRule(command, said, reader);
  if (reader.failed) return null;
  return { ...command, rules, jump: jump && !jump.use ? jump.word : undefined, counters };
}

type SaidCommand = NonNullable<Said['command']>;

const withRule: readonly CommandLetter[] = ['A', 'C', 'D', 'I', 'R'];

/** `-D` has a rule or a number. */
function hasRule({ letter, argument }: SaidCommand): boolean {
  return withRule.includes(letter) && !(letter === 'D' && argument);
}

/** A policy has counters, and nothing else of a rule. */
function refuseRule({ letter }: SaidCommand, { ruleWords, counters }: Said, reader: WordReader): [] {
  const [word] = ruleWords;
  if (word && !(letter === 'P' && counters && ruleWords.length === 1))
    reader.fail(word, 'option-conflict', { code: 'takes-no-rule', letter, word: word.text });
  return [];
}

function buildRules(
  { letter, chain }: SaidCommand,
  said: Said,
  reader: WordReader,
  settings: Settings,
): DecodedRule[] {
  const { jump, base, counters } = said;
  if (counters && (letter === 'D' || letter === 'C'))
    reader.fail(reader.first, 'option-conflict', { code: 'takes-no-counters', letter });
  const built = buildMatches(said, reader, settings);
  const matches = settings.backend === 'nft' ? mergeTransports(built) : built;
  checkInterfaces(chain?.text, (key) => base.has(key), reader);
  if (said.several && excludesAddress(base))
    reader.fail(said.several, 'option-negation', { code: 'addresses-negated' });
  if (jump) checkJump(jump, settings, reader);
  const target = buildTarget(said, reader, settings);
  const lack = jump?.use?.extension?.lacks?.(matches, settings.backend);
  if (lack && jump) reader.fail(jump.word, 'option-needs', lack);
  return combinations(base).map((list) => ({ matches: [...list, ...matches], target }));
}

/** What `-m NAME …` or `-j NAME …` gives; undefined where anything was refused. */
export function buildRule(said: Said, reader: WordReader, settings: Settings): DecodedRule | undefined {
  const matches = buildMatches(said, reader, settings);
  const target = buildTarget(said, reader, settings);
  return reader.failed ? undefined : { matches, target };
}

function buildMatches(said: Said, reader: WordReader, settings: Settings): Match[] {
  const context = contextOf(said, settings);
  return said.matchUses.flatMap((use) => (buildUse(use, reader, context) as Match) ?? []);
}

function buildTarget(said: Said, reader: WordReader, settings: Settings): Target | null {
  if (!said.jump) return null;
  const { word, returns, use } = said.jump;
  if (use) return (buildUse(use, reader, contextOf(said, settings)) as Target | undefined) ?? null;
  const { text } = word;
  if (returns && isVerdict(text)) return { kind: 'verdict', verdict: text };
  if (settings.open && !settings.isChain(text))
    return { kind: 'other', name: text, words: [], understood: false };
  return { kind: 'jump', chain: text, returns };
}

function excludesAddress(base: Said['base']): boolean {
  return [...base.values()].flat().some(isExcluded);
}

function isExcluded(match: Match | null): boolean {
  return (match?.kind === 'source' || match?.kind === 'destination') && match.negated;
}

/** The long names of the base matches, in the order in which they are printed. */
const baseKeys = baseMatchKinds.map((kind) => (kind === 'fragment' ? 'fragments' : kind));

/** The base matches in their order; several lists where an option named several addresses. */
function combinations(base: Said['base']): (readonly Match[])[] {
  let lists: (readonly Match[])[] = [[]];
  for (const key of baseKeys) {
    const choices = base.get(key);
    if (!choices) continue;
    lists = lists.flatMap((list) => choices.map((choice) => (choice ? [...list, choice] : list)));
  }
  return lists;
}
