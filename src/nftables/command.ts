import type { SetElement } from './expression.ts';
import type {
  BaseChain,
  Flowtable,
  LaterRules,
  NftFamily,
  NftObject,
  NftRule,
  NftSet,
  ObjectKind,
  Place,
  TableFlag,
} from './model.ts';

/** A table as commands name it. */
export interface TableName {
  readonly family: NftFamily;
  readonly table: string;
}

/** What a text asks of nft, one thing each; a block of a table asks many. */
export type Command = { readonly place: Place } & (
  | {
      readonly do: 'add-table';
      readonly create: boolean;
      readonly of: TableName;
      readonly flags: readonly TableFlag[];
      readonly comment?: string;
      readonly handle?: number;
    }
  | { readonly do: 'add-chain'; readonly create: boolean; readonly of: TableName; readonly chain: ChainSpec }
  | {
      readonly do: 'add-rule';
      readonly of: TableName;
      readonly chain: string;
      readonly rule: NftRule;
      /** What all rules of this form share: that nft takes one of them says that it takes all. */
      readonly mold?: { accepted: boolean };
      readonly at: RulePosition;
    }
  | {
      readonly do: 'add-rules';
      readonly of: TableName;
      readonly chain: string;
      readonly later: LaterRules;
    }
  | {
      readonly do: 'replace-rule';
      readonly of: TableName;
      readonly chain: string;
      readonly rule: NftRule;
      readonly handle: number;
    }
  | { readonly do: 'delete-rule'; readonly of: TableName; readonly chain: string; readonly handle: number }
  | { readonly do: 'add-set'; readonly create: boolean; readonly of: TableName; readonly set: NftSet }
  | {
      readonly do: 'add-elements' | 'delete-elements';
      readonly of: TableName;
      readonly set: string;
      readonly create?: boolean;
      readonly elements: readonly SetElement[];
    }
  | {
      readonly do: 'add-object';
      readonly create: boolean;
      readonly of: TableName;
      readonly object: NftObject;
    }
  | {
      readonly do: 'add-flowtable';
      readonly create: boolean;
      readonly of: TableName;
      readonly flowtable: Flowtable;
    }
  | {
      readonly do: 'delete';
      /** `destroy`: without complaint where there is nothing to delete. */
      readonly ifThere: boolean;
      readonly of: TableName;
      readonly what: 'table' | 'chain' | 'set' | 'flowtable' | ObjectKind;
      readonly name: string | number;
    }
  | { readonly do: 'flush-ruleset'; readonly family?: NftFamily }
  | {
      readonly do: 'flush';
      readonly of: TableName;
      readonly what: 'table' | 'chain' | 'set';
      readonly name: string;
    }
  | { readonly do: 'rename-chain'; readonly of: TableName; readonly from: string; readonly to: string }
  /** `list`, `monitor` and the like, which change nothing. */
  | { readonly do: 'nothing' }
);

export interface ChainSpec {
  readonly name: string;
  readonly comment?: string;
  readonly handle?: number;
  readonly base?: BaseChain;
  /** A rule holds it (`jump { … }`), and it is told with that rule. */
  readonly isHeld?: true;
  /** Said without a hook, of a chain that is there. */
  readonly policy?: BaseChain['policy'];
}

/** Where a new rule goes: to an end of its chain, or beside a rule that is named by handle or by index. */
export type RulePosition =
  | 'first'
  | 'last'
  | { readonly side: 'before' | 'after'; readonly handle: number }
  | { readonly side: 'before' | 'after'; readonly index: number };

/** How messages name a table. */
export const nameOfTable = ({ family, table }: TableName): string => `table ${family} ${table}`;
