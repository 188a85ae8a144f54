import { Option } from 'commander';
import { isDirectory, readBeside, readSource, readSources } from '../files/files.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { abilitiesOf } from '../proxy/drift/abilities.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { leftOutBeside } from '../session/left-out.ts';
import { refuse } from '../session/refuse.ts';
import { openSide, type SideTexts } from '../session/side.ts';
import { want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Answer } from './answer.ts';
import { type ComparedFormat, comparedAnswer, hostsFrom } from './compared.ts';
import { nftDriftAnswer } from './diff-nft.ts';
import {
  collect,
  declareContextFlag,
  declareManifestFlags,
  declareNodeFlags,
  hostText,
  type ManifestFlags,
  type NodeFlags,
} from './flags.ts';
import type { Io } from './io.ts';
import type { Subcommand } from './run.ts';

const formats = ['text', 'markdown', 'json'] as const satisfies readonly ComparedFormat[];

interface DriftFlags extends NodeFlags, ManifestFlags {
  readonly host: readonly string[];
  readonly kubeVersion?: string;
  readonly format: (typeof formats)[number];
}

/** `kubenat drift`: whether a node has the rules that the cluster's objects ask for. */
export const driftCommand: Subcommand = {
  declare(command, io, answer) {
    const described = command
      .argument('<dump>', 'what iptables-save or nft list ruleset printed on the node; - is standard input')
      .argument('[file...]', 'manifests of the cluster');
    declareManifestFlags(declareNodeFlags(declareContextFlag(described)))
      .option('--host <file>', hostText, collect, [])
      .option('--kube-version <release>', 'the release of kube-proxy')
      .addOption(new Option('--format <format>', 'for whom').choices(formats).default('text'))
      .action((dump: string, files: string[], flags: DriftFlags) =>
        answer(() => driftAnswer(io, dump, files, flags)),
      );
  },
};

function driftAnswer(io: Io, dump: string, files: readonly string[], flags: DriftFlags): Answer {
  const { family, config, context, format } = flags;
  if (files.length === 0 && context === undefined)
    refuse<CommandDetail>({ code: 'nothing-to-hold-against' }, want.thing('manifests-or-context'));
  if (isDirectory(io, dump)) refuse<CommandDetail>({ code: 'is-directory', name: dump }, order);
  const all = readSources({ ...io, list: () => null }, [dump]);
  const rules = ofProxy(all);
  const manifests = readSources(io, files, flags);
  refuseOrder(rules, manifests);
  const configuration = config === undefined ? null : readSource(io, config);
  const name = [...files, ...(context === undefined ? [] : [`context ${context}`])].join(' ');
  const beside = leftOutBeside(
    dump,
    all.filter((one) => one !== rules),
  );
  const found: SideTexts = { name: dump, sources: [rules], cluster: [], config: null, beside };
  const wanted: SideTexts = { name, sources: manifests, cluster: [], config: configuration };
  const hosts = readBeside(io, 'host', flags.host, [rules]);
  const request = { ...flags, abilities: abilitiesOf(rules.text) };
  const asked = openSide(wanted, request);
  const node = flags.node ?? asked.nodes?.find((name) => name === rules.node?.hostname);
  const own = { ...flags, ...(node === undefined ? {} : { node }) };
  if (isNft(rules.text)) return nftDriftAnswer(found, wanted, true, hosts, { ...own, language: io.language });
  const problems: Problem[] = [];
  const host = hostsFrom(hosts, problems);
  const has = openSide(found, request);
  const comparison = { node, family, scope: 'kube-proxy', ignored: null, failing: null, host } as const;
  return comparedAnswer(io, [asked, has], comparison, format, problems);
}

const order = want.thing('dump-then-manifests');

/** What is compiled is held against rules: two sides of one kind, or the other way round, would be told as a difference. */
function refuseOrder(rules: Source, manifests: readonly Source[]): void {
  const dump = manifests.find((one) => saysSomething(one) && isDump(one));
  if (!isDump(rules)) {
    refuse<CommandDetail>({ code: 'not-printed-rules', name: rules.name, but: dump?.name ?? null }, order);
  }
  if (dump !== undefined && manifests.every(isDump))
    refuse<CommandDetail>({ code: 'no-manifests-in', name: dump.name }, want.thing('manifests-for-drift'));
}

/** Nothing at all is a dump as well, of a node without rules. */
const isDump = ({ text }: Source): boolean => isNft(text) || looksLikeRules(text);

const saysSomething = ({ text }: Source): boolean => /^[ \t]*[^\s#]/m.test(text);

/** Of a node's rules those among which kube-proxy's are: it has a table of nft, or chains of iptables. */
function ofProxy(texts: readonly Source[]): Source {
  return texts.find(({ text }) => /^table ip6? kube-proxy\b/m.test(text)) ?? (texts[0] as Source);
}
