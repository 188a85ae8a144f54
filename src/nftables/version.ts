/**
 * What a version of nft prints otherwise than 1.0.6, as its sources and its listings of the same texts have it; `docs/reference/inputs.md`
 * says what beside it is not known here.
 */
export interface NftVersion {
  /** `xt match "recent"`. */
  readonly quotedExtensions: boolean;
  /** JSON tells the comments of tables and chains, and the device of a chain. */
  readonly jsonComments: boolean;
  /** Timeouts of connections by state are durations: `established : 1m40s`. */
  readonly timeoutDurations: boolean;
  /** Statements tell the burst of a rate of packets that nft takes where none is given: `burst 5 packets`. */
  readonly toldBursts: boolean;
  /** Only addresses have prefixes: `meta mark & 0xff000000 == 0x01000000`. */
  readonly writtenMasks: boolean;
  /** `tcp flags & (syn | ack) == syn`, not `tcp flags syn / syn,ack`. */
  readonly writtenFlags: boolean;
  /** In named sets whose elements carry something, or are of several fields, each stands on a line. */
  readonly elementsApart: boolean;
}

const versions = [
  '1.0.6',
  '1.0.6.1',
  '1.0.7',
  '1.0.8',
  '1.0.9',
  '1.1.0',
  '1.1.1',
  '1.1.2',
  '1.1.3',
  '1.1.4',
  '1.1.5',
  '1.1.6',
] as const;
type Known = (typeof versions)[number];

/** Since which version; what `also` has it before. */
const since: Readonly<Record<keyof NftVersion, { readonly first: Known; readonly also?: Known }>> = {
  quotedExtensions: { first: '1.0.7', also: '1.0.6.1' },
  jsonComments: { first: '1.0.8', also: '1.0.6.1' },
  timeoutDurations: { first: '1.0.9', also: '1.0.6.1' },
  toldBursts: { first: '1.0.9', also: '1.0.6.1' },
  writtenMasks: { first: '1.1.0', also: '1.0.6.1' },
  writtenFlags: { first: '1.1.0', also: '1.0.6.1' },
  elementsApart: { first: '1.1.2' },
};

function ofVersion(version: Known): NftVersion {
  const has = (feature: keyof NftVersion): boolean =>
    versions.indexOf(version) >= versions.indexOf(since[feature].first) || since[feature].also === version;
  return {
    quotedExtensions: has('quotedExtensions'),
    jsonComments: has('jsonComments'),
    timeoutDurations: has('timeoutDurations'),
    toldBursts: has('toldBursts'),
    writtenMasks: has('writtenMasks'),
    writtenFlags: has('writtenFlags'),
    elementsApart: has('elementsApart'),
  };
}

export const nftVersions: ReadonlyMap<string, NftVersion> = new Map(
  versions.map((version) => [version, ofVersion(version)]),
);

/** The version that is printed where none is asked for. */
export const defaultNftVersion = '1.0.6';
