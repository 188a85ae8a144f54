import type { Family } from '../address/address.ts';
import { writeDump } from '../iptables/dump/write.ts';
import type { ProofAssumption } from '../proof/assumption.ts';
import { assumedJson } from '../report/assumptions.ts';
import {
  type Certificate,
  type CertifiedFamily,
  type CertifiedInput,
  certificateSchema,
  certifiedClaim,
  type SealedCertificate,
  sealedText,
} from '../session/certificate.ts';
import type { NftSides } from '../session/nft-comparison.ts';
import { setsBeside } from '../session/node-state.ts';
import type { ReportSide } from '../session/side.ts';
import { dataKey } from '../text/data-key.ts';
import { hexDigest } from '../text/digest.ts';
import { sortedBy } from '../text/lists.ts';
import type { Source } from '../text/source.ts';
import type { OpenedSides, SidesFlags } from './sides.ts';
import { version } from './version.ts';

/** Flags that decide which rules are compared, and are no files. */
const askedFlags = [
  'node',
  'family',
  'scope',
  'kubeVersion',
  'kubeVersionA',
  'kubeVersionB',
  'namespace',
  'recursive',
  'helm',
  'serviceCidr',
  'nodePortRange',
  'loadBalancerCidr',
] as const satisfies readonly (keyof SidesFlags)[];

/** What sides were made of. */
export type CertifiedSides = Pick<OpenedSides, 'texts' | 'hosts' | 'assumed'>;

/** All files that sides were made of, each by what it was read as. */
export function inputsOf({ texts, hosts, assumed }: CertifiedSides): readonly CertifiedInput[] {
  const of = (role: string, sources: readonly Source[]) =>
    sources.map(({ name, text }) => ({ role, name, sha256: hexDigest(text) }));
  const [before, after] = texts;
  return [
    ...of('before', before.sources),
    ...of('after', after.sources),
    ...of('sets', setsBeside(before.sources)),
    ...of('sets after', setsBeside(after.sources)),
    ...of('config', before.config ? [before.config] : []),
    ...of('config after', after.config ? [after.config] : []),
    ...of('cluster', before.cluster),
    ...of('host', hosts),
    ...of('assume', assumed ? [assumed] : []),
  ];
}

/** What was compared in one family. */
export function certifiedFamily(
  sides: readonly [ReportSide, ReportSide],
  assumed: readonly ProofAssumption[],
): CertifiedFamily {
  const [before, after] = sides.map(({ ruleset }) => writeDump(ruleset, { counters: 'drop' }));
  return certified(sides[1].ruleset.family, [before as string, after as string], assumed);
}

/** The same where some of the rules are of nft. */
export function certifiedNft({ after, texts, granted }: NftSides): CertifiedFamily {
  return certified(after.family, texts, granted);
}

function certified(
  family: Family,
  [before, after]: readonly [string, string],
  assumed: readonly ProofAssumption[],
): CertifiedFamily {
  const told = assumedJson(assumed);
  return {
    family,
    before: hexDigest(before),
    after: hexDigest(after),
    assumed: told.assumed.toSorted(),
    assumptions: sortedBy(told.assumptions, dataKey),
  };
}

/** What was proved, as a text to keep. */
export function printCertificate(
  opened: CertifiedSides,
  flags: SidesFlags,
  families: readonly CertifiedFamily[],
): string {
  const asked = Object.fromEntries(
    askedFlags.flatMap((name) => {
      const value = flags[name];
      return value === undefined || value === false ? [] : [[name, value]];
    }),
  );
  const certificate: Certificate = {
    schema: certificateSchema,
    kubenat: version,
    claim: certifiedClaim,
    asked,
    inputs: inputsOf(opened),
    families,
  };
  const sealed: SealedCertificate = { ...certificate, sha256: sealOf(certificate) };
  return `${JSON.stringify(sealed, null, 2)}\n`;
}

export function sealOf(certificate: Certificate): string {
  return hexDigest(sealedText(certificate));
}
