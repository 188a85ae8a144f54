import { protocolNumbers } from '../../../address/protocols.ts';
import { byIpvs } from '../../../iptables/rule/target.ts';
import type { Verdict } from '../../../nftables/expression.ts';
import { tcpOptions } from '../../../nftables/options.ts';
import { spellStatement } from '../../../nftables/print/statements.ts';
import type { DynamicSet, Statement } from '../../../nftables/statement.ts';
import { noMss, ofEntry, policyOfEntry } from '../../fields.ts';
import type { Instruction } from '../../ir.ts';
import { ask } from '../conditions.ts';
import { lowerAssignment } from './assign.ts';
import { choicesOf, unknown } from './choices.ts';
import { askNeeds, partsOf, unseenKey } from './lookup.ts';
import { lowerMatch } from './match.ts';
import { lowerTranslation } from './nat.ts';
import { ofProtocol } from './operand.ts';
import { lowerReject } from './reject.ts';
import { type Scope, setKey } from './scope.ts';
import { askMeter, lowerStateful, meters } from './stateful.ts';

type Kind = Statement['kind'];
type Of<K extends Kind> = Extract<Statement, { kind: K }>;
type Lower = { readonly [K in Kind]: (statement: Of<K>, scope: Scope) => readonly Instruction[] };

const note = (what: string): readonly Instruction[] => [{ do: 'note', what }];
const notCarriedOut = (statement: Statement) => unknown(spellStatement(statement, {}));

/** What each statement asks or does, as the kernel's expression of that name. Nothing else says what a statement means. */
const lower: Lower = {
  match: lowerMatch,
  verdict: lowerVerdict,
  vmap: ({ key, map }, scope) =>
    choicesOf(
      key,
      map,
      (data) => (data.kind === 'verdict' ? lowerVerdict(data, scope) : unknown('vmap')),
      scope,
    ),
  set: lowerAssignment,
  counter: lowerStateful,
  quota: lowerStateful,
  limit: lowerStateful,
  connlimit: lowerStateful,
  last: lowerStateful,
  object: lowerObject,
  snat: lowerTranslation,
  dnat: lowerTranslation,
  masquerade: lowerTranslation,
  redirect: lowerTranslation,
  reject: lowerReject,
  log: () => note('log'),
  'set-add': lowerSetAdd,
  meter: ({ element, set }, scope) => [
    ...askNeeds(partsOf(element.key, scope)?.needs ?? []),
    ...note(`meter ${set}`),
    ...meters(element.statements ?? []),
  ],
  notrack: () => [{ do: 'notrack' }],
  // What follows of a flow passes the rules by, and is sent on as this packet was.
  flow: () => note('flow add'),
  dup: () => note('dup'),
  fwd: notCarriedOut,
  queue: () => [{ do: 'queue', what: 'queue' }],
  tproxy: () => [{ do: 'open', reason: { code: 'listeners-unknown' } }],
  synproxy: notCarriedOut,
  'reset-option': ({ option }) => {
    const number = tcpOptions[option]?.number;
    const [field, value, clear] =
      option === 'maxseg'
        ? [{ field: 'mss' } as const, noMss, 0x1ffff]
        : [{ field: 'tcpOption', of: String(number) } as const, 0, 1];
    // Of another protocol than TCP the rule ends (nft_exthdr_tcp_strip_eval).
    const flip = { kind: 'constant', value } as const;
    return [...ask(ofProtocol(6)), { do: 'set', field, change: { kind: 'bits', clear, flip } }];
  },
  // Of extensions of iptables nft prints no parameters, or not all: each asks something of its own.
  xt: (statement, { place }) => {
    const { type, name } = statement;
    if (name === byIpvs) return [{ do: 'open', reason: { code: 'by-ipvs' } }];
    const text = spellStatement(statement, {});
    const reason = { code: 'statement-unevaluated', text } as const;
    if (type === 'match') return ask({ kind: 'open', key: `${text} of ${place}`, until: 'packet', reason });
    return type === 'watcher' ? note(text) : unknown(text);
  },
  unknown: ({ text }) => unknown(text),
};

/** What a statement of a rule asks or does. */
export function lowerStatement(statement: Statement, scope: Scope): readonly Instruction[] {
  return (lower[statement.kind] as (statement: Statement, scope: Scope) => readonly Instruction[])(
    statement,
    scope,
  );
}

/** `continue` goes on with the rule, `break` with the next one (nft_do_chain). */
function lowerVerdict(verdict: Verdict, { chains }: Scope): readonly Instruction[] {
  switch (verdict.verdict) {
    case 'continue':
      return [];
    case 'break':
      return [{ do: 'fail' }];
    case 'jump':
    case 'goto': {
      const chain = chains.get(verdict.chain);
      return chain ? [{ do: verdict.verdict, chain }] : unknown(`${verdict.verdict} ${verdict.chain}`);
    }
    default:
      return [{ do: verdict.verdict }];
  }
}

function lowerObject(statement: Of<'object'>, scope: Scope): readonly Instruction[] {
  const { tableName } = scope;
  const { object, name } = statement;
  switch (object) {
    case 'quota':
    case 'limit':
      return [
        askMeter(
          object,
          spellStatement(statement, {}),
          name.kind === 'text' ? `${object} ${tableName} ${name.text}` : null,
        ),
      ];
    case 'synproxy':
      return notCarriedOut(statement);
    case 'secmark':
      return [{ do: 'set', field: { field: 'secmark' }, change: { kind: 'unknown' } }];
    case 'ct helper':
    case 'ct timeout':
      return lowerEntryObject(statement, scope);
    case 'ct expectation':
      // Of a connection that is not new the rule ends (nft_ct_expect_obj_eval).
      return [...lowerMatch(unconfirmed, scope), ...note(object)];
    case 'counter':
      return note(object);
  }
}

const unconfirmed = {
  kind: 'match',
  left: { kind: 'ct', key: 'status' },
  operator: 'lacks',
  right: { kind: 'value', type: 'ct_status', value: 8 },
} as const;

/** What a new connection of the object's protocol gets; what a map chooses, or nobody shows, is noted. */
function lowerEntryObject({ object, name }: Of<'object'>, { objects }: Scope): readonly Instruction[] {
  const known = objects.find((one) => name.kind === 'text' && one.kind === object && one.name === name.text);
  const isPolicy = known?.kind === 'ct helper' || known?.kind === 'ct timeout';
  const value = isPolicy ? protocolNumbers[known.protocol as keyof typeof protocolNumbers] : undefined;
  if (!isPolicy || value === undefined) return object === 'ct timeout' ? unknownTimeout(name) : note(object);
  const field =
    known.kind === 'ct helper'
      ? ({ field: 'ctHelper', of: `${ofEntry}${known.helper}` } as const)
      : ({ field: 'ctTimeout', of: known.states.map((state) => state.join(' ')).join(', ') } as const);
  const change = { kind: 'bits', clear: 0xffff, flip: { kind: 'constant', value } } as const;
  return [{ do: 'set', field, change }];
}

/** Which policy it is that a map chooses, or of which protocol one is that nobody shows, is not known. */
function unknownTimeout(name: Of<'object'>['name']): readonly Instruction[] {
  const field = {
    field: 'ctTimeout',
    of: `${policyOfEntry}${name.kind === 'text' ? name.text : 'of a map'}`,
  } as const;
  return [
    { do: 'set', field, change: { kind: 'bits', clear: 0xffff, flip: { kind: 'constant', value: 1 } } },
  ];
}

/** A set that is full ends the rule. */
function lowerSetAdd(
  statement: Extract<DynamicSet, { kind: 'set-add' }>,
  scope: Scope,
): readonly Instruction[] {
  const { operation, set, element } = statement;
  // Of a key that is computed otherwise it is not known what is added.
  const parts = partsOf(element.key, scope) ?? unseenKey(element.key);
  const carried = meters([...(element.statements ?? []), ...(scope.sets.get(set)?.statements ?? [])]);
  const { timeout } = element;
  const state = {
    kind: 'dynamic',
    set: setKey(scope, set),
    action: operation,
    fields: parts.fields,
    ...(timeout !== undefined && { timeout: timeout / 1000 }),
  } as const;
  return [...askNeeds(parts.needs), { do: 'recall', state, negated: false }, ...carried];
}
