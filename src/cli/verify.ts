import { Option } from 'commander';
import { readSource } from '../files/files.ts';
import type { ProofAssumption } from '../proof/assumption.ts';
import type { SecondLook } from '../proof/second/second.ts';
import { printVerified, printVerifiedJson, sayVerified } from '../report/verified.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { type CertifiedFamily, readCertificate, type SealedCertificate } from '../session/certificate.ts';
import { type CompareRequest, familiesToCompare, lookAgainAt, prepareSides } from '../session/comparison.ts';
import { readFacts } from '../session/facts.ts';
import { lookAgainAtNft } from '../session/nft-comparison.ts';
import { refuse } from '../session/refuse.ts';
import { dataKey } from '../text/data-key.ts';
import { want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Answer } from './answer.ts';
import { type CertifiedSides, certifiedFamily, certifiedNft, inputsOf, sealOf } from './certificate.ts';
import { hostsFrom } from './compared.ts';
import { holdsNft, openNftSides } from './diff-nft.ts';
import { collect } from './flags.ts';
import type { Io } from './io.ts';
import type { Subcommand } from './run.ts';
import {
  type OpenedSides,
  openSides,
  readHosts,
  readSides,
  type SidesFlags,
  type TwoTexts,
} from './sides.ts';
import { version } from './version.ts';

const formats = ['text', 'json'] as const;

interface VerifyFlags {
  readonly config?: string;
  readonly configAfter?: string;
  readonly cluster: readonly string[];
  readonly host: readonly string[];
  readonly assume?: string;
  readonly packets: string;
  readonly format: (typeof formats)[number];
}

/** `kubenat verify`: whether a certificate of `diff --certificate` holds of two sides. */
export const verifyCommand: Subcommand = {
  declare(command, io, answer) {
    command
      .argument('<file>', 'what diff --certificate wrote')
      .argument('<before>', 'the same as diff was given')
      .argument('<after>', 'the same as diff was given')
      .option('--config <file>', "kube-proxy's configuration, where diff was given one")
      .option('--config-after <file>', 'the one after the change, where diff was given one')
      .option('--cluster <file>', 'objects of the cluster, where diff was given some', collect, [])
      .option('--host <file>', "the node's network, where diff was given it", collect, [])
      .option('--assume <file>', 'facts about the host, where diff was given some')
      .option(
        '--packets <count>',
        'how many packets are walked through both sides, each with those that follow it',
        '10000',
      )
      .addOption(new Option('--format <format>', 'for whom').choices(formats).default('text'))
      .action((file: string, before: string, after: string, flags: VerifyFlags) =>
        answer(() => verifyAnswer(io, file, before, after, flags)),
      );
  },
};

function verifyAnswer(io: Io, file: string, before: string, after: string, flags: VerifyFlags): Answer {
  const limit = Number(flags.packets);
  if (!Number.isInteger(limit) || limit < 1)
    refuse<CommandDetail>(
      { code: 'flag-as', text: `--packets ${flags.packets}` },
      want.thing('number-of-packets'),
    );
  const certificate = readCertificate(readSource(io, file));
  if (sealOf(certificate) !== certificate.sha256)
    refuse<CommandDetail>({ code: 'not-as-written', file }, want.thing('certificate'));
  const { asked } = certificate;
  const sidesFlags: SidesFlags = { scope: 'all', ...asked, ...flags };
  const texts = readSides(io, before, after, sidesFlags);
  const found: Problem[] = [];
  const compared = texts.some(holdsNft)
    ? nftFamilies(file, certificate, texts, readHosts(io, texts, sidesFlags), sidesFlags, found)
    : familiesOf(file, certificate, openSides(io, texts, sidesFlags), sidesFlags, found);
  refuseOtherFamilies(
    file,
    certificate,
    compared.map(({ family }) => family),
  );
  const verified = compared.map(({ family, granted, look }) => ({ ...look(limit), ...family, granted }));
  const told = { file, kubenat: certificate.kubenat, families: verified };
  return {
    status: verified.every(({ differing }) => differing.length === 0) ? 0 : 1,
    output: flags.format === 'json' ? printVerifiedJson(told) : printVerified(told, io.language),
    format: flags.format,
    problems: found,
    summary: () => sayVerified(told, io.language),
  };
}

/** A certificate is of the texts that it was made of, whatever they are called by now. */
function refuseOtherInputs(file: string, { inputs }: SealedCertificate, opened: CertifiedSides): void {
  const present = inputsOf(opened);
  for (const role of new Set([...inputs, ...present].map((one) => one.role))) {
    const [had, has] = [inputs, present].map((list) => list.filter((one) => one.role === role));
    if (had?.map(({ sha256 }) => sha256).join() === has?.map(({ sha256 }) => sha256).join()) continue;
    const names = (list: typeof had) => list?.map(({ name }) => name).join(', ') || 'nothing';
    refuse<CommandDetail>(
      { code: 'of-other-inputs', file, role, had: names(had), has: names(has) },
      want.thing('same-texts'),
    );
  }
}

/** A family of what is certified, worked out anew, and how the second procedure looks at it. */
interface Compared {
  readonly family: CertifiedFamily;
  readonly granted: readonly ProofAssumption[];
  readonly look: (limit: number) => SecondLook;
}

function familiesOf(
  file: string,
  certificate: SealedCertificate,
  opened: OpenedSides,
  { node, family, scope }: SidesFlags,
  found: Problem[],
): readonly Compared[] {
  refuseOtherInputs(file, certificate, opened);
  const request: CompareRequest = {
    node,
    family,
    scope,
    ignored: null,
    failing: null,
    host: hostsFrom(opened.hosts, found),
    facts: opened.assumed ? readFacts(opened.assumed) : undefined,
  };
  const [before, after] = opened.sides;
  const several = familiesToCompare(before, after, request);
  const wanted = several ? several.compared.map((family) => ({ ...request, family })) : [request];
  return wanted.map((one) => {
    const prepared = prepareSides(before, after, one);
    const { left, right, assumed } = prepared;
    return {
      family: certifiedFamily([left, right], assumed),
      granted: assumed,
      look: (limit) => lookAgainAt(prepared, limit),
    };
  });
}

/** The same where some of the rules are of nft. */
function nftFamilies(
  file: string,
  certificate: SealedCertificate,
  texts: TwoTexts,
  hosts: readonly Source[],
  flags: SidesFlags,
  found: Problem[],
): readonly Compared[] {
  refuseOtherInputs(file, certificate, { texts, hosts, assumed: null });
  const { sides, problems } = openNftSides(texts, hosts, flags);
  found.push(...problems);
  return sides.map((one) => ({
    family: certifiedNft(one),
    granted: one.granted,
    look: (limit) => lookAgainAtNft(one, limit),
  }));
}

function refuseOtherFamilies(
  file: string,
  { families: certified, kubenat }: SealedCertificate,
  present: readonly CertifiedFamily[],
): void {
  for (const family of new Set([...certified, ...present].map((one) => one.family))) {
    const [was, is] = [certified, present].map((list) => list.find((one) => one.family === family));
    if (!was || !is)
      refuse<CommandDetail>(
        { code: 'of-family', file, family, was: Boolean(was) },
        want.thing('same-families'),
      );
    if (was.before !== is.before || was.after !== is.after)
      refuse<CommandDetail>({ code: 'of-other-rules', file, family }, want.thing('version-that-wrote'));
    if (!assumesAlike(was, is, kubenat === version))
      refuse<CommandDetail>({ code: 'other-assumptions', file }, want.thing('version-that-wrote'));
  }
}

/** By data, since a later version may say the same in other words; a certificate of form 1 has sentences alone. */
function assumesAlike(was: CertifiedFamily, is: CertifiedFamily, isOfThisVersion: boolean): boolean {
  const areWords = dataKey(was.assumed) === dataKey(is.assumed);
  if (!was.assumptions) return areWords;
  return dataKey(was.assumptions) === dataKey(is.assumptions) && (areWords || !isOfThisVersion);
}
