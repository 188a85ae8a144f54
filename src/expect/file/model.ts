import type { Family } from '../../address/address.ts';
import type { SmallDocument } from '../../host/document.ts';
import type { EntryKind } from './fields.ts';

type Many<T> = T | readonly T[];

/** A set of packets as it is written: every field narrows it. */
export interface PacketSetText {
  readonly from?: Many<string>;
  readonly src?: Many<string>;
  readonly sport?: Many<string | number>;
  readonly dst?: Many<string>;
  readonly via?: EntryKind;
  readonly dport?: Many<string | number>;
  readonly proto?: string;
  readonly state?: 'new' | 'established' | 'related' | 'invalid' | 'untracked';
}

/** An expectation as it is written. */
export interface ExpectationText {
  readonly name?: string;
  readonly node?: Many<string>;
  readonly family?: Family;
  readonly packet?: string;
  readonly packets?: Many<PacketSetText>;
  readonly to?: Many<string>;
  readonly endpoints?: Many<string> | Readonly<Record<string, string | 1>>;
  readonly source?: string;
  readonly verdict?: 'accept' | 'drop' | 'reject';
  readonly by?: string;
  readonly never?: Many<string>;
  readonly reaches?: Many<string>;
  readonly mayBeUnknown?: boolean;
}

/** What a file says of the rules; paths are relative to the file. */
export interface RulesText {
  readonly manifests?: Many<string>;
  readonly rules?: Many<string>;
  readonly cluster?: Many<string>;
  readonly config?: string;
  readonly host?: string | Readonly<Record<string, unknown>>;
  readonly node?: Many<string>;
  readonly family?: Family;
  readonly kubeVersion?: string;
  readonly serviceCidr?: string;
  readonly nodePortRange?: string;
  readonly loadBalancerCidr?: string;
}

/** An expectation file, whose form was checked: names are not looked up yet. */
export interface ExpectationFile {
  readonly document: SmallDocument;
  readonly rules: RulesText;
  readonly expectations: readonly ExpectationText[];
}

export function many<T>(value: Many<T> | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
