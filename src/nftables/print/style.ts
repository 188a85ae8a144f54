import type { NftVersion } from '../version.ts';

/** How a listing is printed: the flags of `nft`, and whose spelling it is. */
export interface PrintStyle {
  /** `-a`. */
  readonly handles?: boolean;
  /** `-s`: without what counts up. */
  readonly stateless?: boolean;
  /** What of a quota is used is told all the same: it goes on from there when it is loaded. */
  readonly used?: true;
  /** `-t`: without the elements of named sets. */
  readonly terse?: boolean;
  /** `-S`: names of services, as far as they are known here. */
  readonly services?: boolean;
  /** `-p`. */
  readonly numericProtocols?: boolean;
  /** `-y`. */
  readonly numericPriorities?: boolean;
  /** `-n`: all of these. */
  readonly numericSymbols?: boolean;
  /** `-T`: times in seconds. */
  readonly seconds?: boolean;
  /** Absent: 1.0.6. */
  readonly version?: NftVersion;
}

/** Within a range all is printed as numbers. */
export const rangeStyle: PrintStyle = {
  numericProtocols: true,
  numericPriorities: true,
  numericSymbols: true,
  seconds: true,
};
