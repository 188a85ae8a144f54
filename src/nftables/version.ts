/**
 * What a version of nft prints otherwise than 1.0.6, as far as it is known: by the release notes, and by listings that were seen. Texts of
 * 1.0.6 and 1.1.3 were seen of the same tables of kube-proxy, and were the same.
 */
export interface NftVersion {
  /** `xt match "recent"`. */
  readonly quotedExtensions: boolean;
  /** Timeouts of connections by state have a unit: `established : 100s`. */
  readonly timeoutUnits: boolean;
  /** JSON tells the comments of tables and chains, and the device of a chain. */
  readonly jsonComments: boolean;
}

const oldest: NftVersion = { quotedExtensions: false, timeoutUnits: false, jsonComments: false };
const later: NftVersion = { quotedExtensions: true, timeoutUnits: false, jsonComments: true };

export const nftVersions: ReadonlyMap<string, NftVersion> = new Map([
  ['1.0.6', oldest],
  ['1.0.6.1', { ...oldest, quotedExtensions: true }],
  ['1.0.8', later],
  ['1.0.9', { ...later, timeoutUnits: true }],
  ['1.1.3', { ...later, timeoutUnits: true }],
]);

/** The version that is printed where none is asked for. */
export const defaultNftVersion = '1.0.6';
