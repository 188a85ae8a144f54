import type { Source } from '../text/source.ts';
import type { Expression, SetElement } from './expression.ts';
import type { Limit, Quota, Stateful } from './stateful.ts';
import type { Statement } from './statement.ts';

/** A family of tables. */
export type NftFamily = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';

/** What `nft list ruleset` prints: all tables, in the order in which they were made. */
export interface NftRuleset {
  readonly tables: readonly NftTable[];
}

/** Objects, sets and maps, flowtables and chains each come in the order in which they were made. */
export interface NftTable {
  readonly family: NftFamily;
  readonly name: string;
  readonly handle?: number;
  readonly flags: readonly TableFlag[];
  readonly comment?: string;
  readonly objects: readonly NftObject[];
  /** Maps are sets whose elements have data. */
  readonly sets: readonly NftSet[];
  readonly flowtables: readonly Flowtable[];
  readonly chains: readonly NftChain[];
}

export type TableFlag = 'dormant' | 'owner' | 'persist';

export interface NftChain {
  readonly name: string;
  readonly handle?: number;
  readonly comment?: string;
  /** Absent where only jumps lead to the chain. */
  readonly base?: BaseChain;
  /** A rule holds it (`jump { … }`), and it is told with that rule. */
  readonly isHeld?: true;
  /** Made when they are first asked for, where `later` is there. */
  readonly rules: readonly NftRule[];
  readonly later?: LaterRules | undefined;
}

/** What is known of rules that are like others and that nobody asked for yet: a node may have a hundred thousand, and a packet meets few. */
export interface LaterRules {
  readonly forms: readonly RuleForm[];
  /** The chains that they name, of whatever table has them. */
  readonly targets: readonly string[];
  readonly make: () => NftRule[];
}

/** What rules have in common that are read alike, apart from addresses, ports, names of chains and comments. None of them changes a set. */
export interface RuleForm {
  /** What one of them says, with values that no text has. */
  readonly sample: Pick<NftRule, 'statements' | 'comment'>;
  /** Set once one of them was found to be taken by nft: then all are. */
  accepted: boolean;
}

/** Where the kernel enters a chain. */
export interface BaseChain {
  readonly type: ChainType;
  readonly hook: NftHook;
  readonly priority: number;
  readonly policy?: 'accept' | 'drop';
  /** Of the ingress and egress hooks. */
  readonly devices: readonly string[];
  readonly offload?: true;
}

export type ChainType = 'filter' | 'nat' | 'route';
export const nftHooks = [
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
  'ingress',
  'egress',
] as const;
export type NftHook = (typeof nftHooks)[number];

export interface NftRule {
  readonly statements: readonly Statement[];
  readonly comment?: string;
  readonly handle?: number;
  /** How nft listed a rule that iptables-nft made: the spelling is no one's that is loaded, and not all that the rule says. */
  readonly listed?: string;
  /** Where it stands in the text that was read: offsets, `end` exclusive. */
  readonly place?: Place;
}

export interface Place {
  readonly start: number;
  readonly end: number;
  /** The included file in which it is; absent: the text that was read. */
  readonly source?: Source;
}

/** A named set, or a map where `data` is there. */
export interface NftSet {
  readonly name: string;
  readonly handle?: number;
  /** The fields of a key: each the name of a type, or an expression of which the type is taken (`typeof`). */
  readonly key: SetType;
  readonly data?: SetData;
  readonly flags: readonly SetFlag[];
  readonly size?: number;
  readonly policy?: 'memory';
  readonly autoMerge?: true;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly gcInterval?: number;
  readonly comment?: string;
  /** What each element carries: a counter, a limit, a quota. */
  readonly statements: readonly Stateful[];
  readonly elements: readonly SetElement[];
}

export type SetFlag = 'constant' | 'interval' | 'timeout' | 'dynamic';

export type SetType =
  | { readonly by: 'type'; readonly types: readonly string[] }
  | { readonly by: 'typeof'; readonly expression: Expression };

/** What a map gives: verdicts, values, or the named objects of a kind. */
export type SetData =
  | { readonly by: 'verdict' }
  | { readonly by: 'object'; readonly object: ObjectKind }
  | { readonly by: 'type'; readonly types: readonly string[]; readonly interval?: true }
  | { readonly by: 'typeof'; readonly expression: Expression; readonly interval?: true };

export interface Flowtable {
  readonly name: string;
  readonly handle?: number;
  readonly hook: 'ingress';
  readonly priority: number;
  readonly devices: readonly string[];
  readonly offload?: true;
  readonly counter?: true;
}

/** A named object that rules refer to. */
export type NftObject = NamedObject & ObjectBody;
export type ObjectKind = ObjectBody['kind'];

interface NamedObject {
  readonly name: string;
  readonly handle?: number;
  readonly comment?: string;
}

type ObjectBody =
  | { readonly kind: 'counter'; readonly packets: bigint | number; readonly bytes: bigint | number }
  | ({ readonly kind: 'quota' } & Quota)
  | ({ readonly kind: 'limit' } & Limit)
  | {
      readonly kind: 'ct helper';
      readonly helper: string;
      readonly protocol: string;
      readonly l3proto?: string;
    }
  | {
      readonly kind: 'ct timeout';
      readonly protocol: string;
      readonly l3proto?: string;
      readonly states: readonly (readonly [state: string, seconds: number])[];
    }
  | {
      readonly kind: 'ct expectation';
      readonly protocol: string;
      readonly port: number;
      /** Milliseconds. */
      readonly timeout: number;
      readonly size: number;
      readonly l3proto?: string;
    }
  | { readonly kind: 'secmark'; readonly context: string }
  | {
      readonly kind: 'synproxy';
      readonly mss?: number;
      readonly wscale?: number;
      readonly timestamp: boolean;
      readonly sackPerm: boolean;
    };
