import type { Address, Family } from '../address/address.ts';
import type { PortRange } from '../address/port.ts';
import type { VirtualServers } from '../host/virtual-servers.ts';
import type { Sets } from '../ipset/sets.ts';
import type { Hook, Policy, Rule } from '../iptables/rule/ruleset.ts';
import type { Fraction } from '../sets/fraction.ts';
import type { IntervalSet } from '../sets/intervals.ts';
import type { WalkAssumption } from './assumption.ts';
import type { FieldRef } from './fields.ts';
import type { Reason } from './reasons.ts';

// The program: what rules of any language mean. Each language is lowered to it; whoever asks what rules do asks it.

/** The language that a rule was written in. */
export type Language = 'iptables' | 'nftables';

/** Where a rule stands. `number` counts from 1 within its chain. */
export interface RulePlace {
  readonly language: Language;
  readonly table: string;
  readonly chain: string;
  readonly number: number;
  /**
   * For printing, places and explanations only: the rule in the model of iptables. A rule of nft is there as what iptables
   * would call it: its place, its comment, and the last thing that it does.
   */
  readonly rule: Rule;
  /** As its language prints it; without it, its line in the text that it is from. */
  readonly text?: string;
}

/** A rule. `code` is lowered when it is first asked for: a node may have 400,000 rules, and a packet meets few. */
export interface IrRule extends RulePlace {
  readonly code: readonly Instruction[];
  /** The chain that it calls or goes to, where it does so without a lookup. */
  readonly jump: IrChain | null;
  /** What of the rule says an instruction, as its language prints it; without it, the rule's `part`. */
  sayInstruction?(instruction: Instruction): string | undefined;
}

/** A chain. Its rules are made when it is first entered. */
export interface IrChain {
  readonly language: Language;
  readonly table: string;
  readonly name: string;
  readonly rules: readonly IrRule[];
  /** Of a base chain; null for others. */
  readonly policy: Policy | null;
  /** It does nothing but choose an endpoint, which is known without its rules. */
  readonly isChoice?: boolean;
}

/** A chain that the kernel itself enters. The lower the priority, the earlier. */
export interface BaseChain {
  readonly name: string;
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: Hook;
  readonly priority: number;
  readonly policy: Policy;
  readonly chain: IrChain;
  /** Which of its table's base chains it is, by the time at which they were made; without it, that is not known. */
  readonly made?: number;
  /** How late it was registered among all base chains of the node; those of one number in any order. Without it, that is not known. */
  readonly registered?: number;
}

/** What one family's netfilter does on one node. */
export interface IrProgram {
  readonly family: Family;
  /** In the order in which the kernel runs them. */
  readonly baseChains: Readonly<Record<Hook, readonly BaseChain[]>>;
  /** By `table/chain`. */
  readonly chains: ReadonlyMap<string, IrChain>;
  readonly states: States;
  /** What IPVS answers for, beside the rules; absent where nobody said. */
  readonly virtualServers?: VirtualServers;
  /** Chains of which nobody looks at the rules, and that may do something to what passes an interface. */
  readonly unwalked?: readonly UnwalkedChain[];
  /** What was assumed of rules that are not walked. */
  readonly assumed?: readonly WalkAssumption[];
  /** Whether some rule asks for connections, or changes them: the kernel tracks them then on its own. */
  readonly usesConntrack: boolean;
}

/** A chain before or behind the hooks of IP, at interfaces by name; null: at every bridge. */
export interface UnwalkedChain {
  readonly table: string;
  readonly chain: string;
  readonly side: 'in' | 'out';
  readonly devices: readonly string[] | null;
}

/** What rules share that outlives a packet. */
export interface States {
  /** Lists of `recent`, by name: as the first rule that names one makes it. */
  readonly recent: ReadonlyMap<string, RecentList>;
  /** Contents of ipsets; null where nobody said. */
  readonly sets: Sets;
  /** Sets of nft that rules change, as they are before the first packet; by the key that uses of them have. */
  readonly dynamic?: ReadonlyMap<string, DynamicSet>;
}

/** A set of nft that rules change. Times are in seconds. */
export interface DynamicSet {
  readonly elements: readonly {
    readonly keys: readonly IntervalSet[];
    /** When it goes; null: it does not. */
    readonly expires: number | null;
  }[];
  /** How many elements there may be. */
  readonly size: number;
  /** After how long what rules put in goes; null: it does not. */
  readonly timeout: number | null;
}

export interface RecentList {
  /** How many time stamps are kept for an address. */
  readonly stamps: number;
  /** For how many seconds rules look back; undefined: none does. */
  readonly seconds: number | undefined;
  /** What addresses are reduced to. */
  readonly mask: Address;
}

/** A test that holds, does not hold, or cannot be told. */
export type Condition =
  | Test
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | OpenCondition;

/** A field that is looked up, of which only the bits of `mask` count. */
export interface LookupField extends FieldRef {
  readonly mask?: Address;
}

/** The field's value, of which only the bits of `mask` count, is in the set. */
export interface Test extends FieldRef {
  readonly kind: 'test';
  readonly mask?: Address;
  readonly set: IntervalSet;
}

/**
 * Asks what no field stands for. Asked again, the answer is the same, unless `until` happened in between: `packet` any
 * change of the packet's header, `never` nothing.
 */
export interface OpenCondition {
  readonly kind: 'open';
  /** The same for the same question, in whatever rule. */
  readonly key: string;
  readonly until: 'never' | 'packet';
  readonly reason: Reason;
}

export const always: Condition = { kind: 'all', of: [] };
export const never: Condition = { kind: 'any', of: [] };

/** What a state is asked, or made to remember. */
export type StateUse =
  /** xt_recent: a list of addresses that were seen. */
  | {
      readonly kind: 'recent';
      readonly list: string;
      readonly action: 'set' | 'rcheck' | 'update' | 'remove';
      readonly side: 'source' | 'destination';
      readonly seconds?: number;
      readonly hitcount?: number;
      readonly reap: boolean;
      readonly ttl: boolean;
      /** `!`, which `update` asks, too, before it refreshes. */
      readonly negated: boolean;
    }
  /** An ipset or a set of nft that rules change: whether what the packet has at these fields is in it. */
  | {
      readonly kind: 'element';
      readonly set: string;
      readonly action: 'test' | 'add' | 'delete';
      /** Which ends of the packet are asked, in the set's order; of an ipset. */
      readonly directions: readonly ('src' | 'dst')[];
      /** Further options, as they are printed. */
      readonly further: readonly string[];
    }
  /** An element of a set of nft: by fields. */
  | {
      readonly kind: 'dynamic';
      readonly set: string;
      readonly action: 'test' | 'add' | 'update' | 'delete';
      readonly fields: readonly LookupField[];
      /** Seconds; null: never. Without it the set's own. */
      readonly timeout?: number | null;
    }
  /** Rates, quotas and counts (limit, hashlimit, quota, connlimit …): whether it is reached is never known. */
  | {
      readonly kind: 'meter';
      /** The extension or statement. */
      readonly name: string;
      /** Rules with one key share what is counted; null: it is this rule's own. */
      readonly shared: string | null;
      /** As it is written. */
      readonly text: string;
      /** Why it is not known, where that is not the extension of iptables. */
      readonly reason?: Reason;
    };

/** How `choose` chooses. */
export type Chooser =
  | { readonly kind: 'chance' }
  /** A counter of this rule's own, which goes round through `every` positions. */
  | { readonly kind: 'counter'; readonly key: string; readonly every: number };

export interface ChosenWay {
  readonly share: Fraction;
  readonly code: readonly Instruction[];
  /** Of a counter: the positions at which this way is taken; without them it is the rest. */
  readonly at?: readonly number[];
}

/** How a field's new value is made of its old one. */
export type Change =
  /** `(old & ~clear) ^ flip`. */
  | { readonly kind: 'bits'; readonly clear: Address; readonly flip: Operand }
  /** Never above or below what the field can hold. */
  | { readonly kind: 'add'; readonly by: number }
  /** Not above that; what offers none gets `otherwise`. */
  | { readonly kind: 'at-most'; readonly value: number; readonly otherwise: number }
  | { readonly kind: 'unknown' };

/** A constant, or the bits of another field. */
export type Operand =
  | { readonly kind: 'constant'; readonly value: Address }
  | { readonly kind: 'field'; readonly field: FieldRef; readonly mask: Address };

export interface NatFlags {
  readonly random?: boolean;
  readonly randomFully?: boolean;
  readonly persistent?: boolean;
}

/** What a translation allows. Without addresses the address stays, without ports the port, if it is free. */
export interface NatRange extends NatFlags {
  readonly addresses?: { readonly first: Address; readonly last: Address };
  readonly ports?: PortRange;
  /** The base of a shifted range of ports. */
  readonly basePort?: number;
}

/** Which end of the packet is translated. */
export type Side = 'source' | 'destination';

/**
 * One step of a rule. Steps run from left to right; a test that fails ends the rule. `part`: which of the model's matches
 * says it, for places and explanations.
 */
export type Instruction =
  | { readonly do: 'test'; readonly condition: Condition; readonly part?: number }
  /**
   * The first element whose keys hold gives the code to go on with, before the rest of the rule; where none does, the
   * rule ends. `then` of a miss, where it is given, instead.
   */
  | {
      readonly do: 'lookup';
      readonly fields: readonly LookupField[];
      readonly elements: readonly {
        readonly keys: readonly IntervalSet[];
        readonly code: readonly Instruction[];
      }[];
      readonly otherwise?: readonly Instruction[];
      readonly part?: number;
    }
  /** The shares' sum is 1. A way's code comes before the rest of the rule. */
  | {
      readonly do: 'choose';
      readonly by: Chooser;
      readonly ways: readonly ChosenWay[];
      readonly part?: number;
    }
  /** Asks a state, which may change it, too; the rule ends where it does not hold. */
  | { readonly do: 'recall'; readonly state: StateUse; readonly negated: boolean; readonly part?: number }
  /** Changes a state. */
  | { readonly do: 'remember'; readonly state: StateUse }
  /** The rule ends. */
  | { readonly do: 'fail' }
  | FieldSet
  | { readonly do: 'notrack' }
  /** Counts, logs, copies: what changes nothing that rules can ask. */
  | { readonly do: 'note'; readonly what: string; readonly part?: number }
  | { readonly do: 'jump' | 'goto'; readonly chain: IrChain }
  | Verdict
  | Translation;

/** Gives a field another value. Of what is not there (a connection's mark without a connection) nothing is changed. */
export interface FieldSet {
  readonly do: 'set';
  readonly field: FieldRef;
  readonly change: Change;
}

/** What ends the walk through a base chain. */
export type Verdict =
  | { readonly do: 'return' }
  | { readonly do: 'accept' }
  | { readonly do: 'drop' }
  | { readonly do: 'reject'; readonly with: string }
  | { readonly do: 'queue'; readonly what: string }
  /** What becomes of the packet cannot be told. */
  | { readonly do: 'open'; readonly reason: Reason };

/** Ends the walk through a base chain of type nat. */
export type Translation =
  | { readonly do: 'nat'; readonly side: Side; readonly range: NatRange }
  | { readonly do: 'masquerade'; readonly range: NatRange }
  | { readonly do: 'redirect'; readonly range: NatRange }
  /** The bits of `mask` are replaced. The side is that of the hook. */
  | { readonly do: 'netmap'; readonly address: Address; readonly mask: Address };
