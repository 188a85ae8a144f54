import { compareRollout, isLeftAlone } from '../diff/rollout.ts';
import { readSources } from '../files/files.ts';
import { readFileOrRevision } from '../files/git.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import { chooseFamily } from '../proxy/decide/choice.ts';
import { knownRelease, releases } from '../proxy/decide/release.ts';
import { printRolloutJson, printRolloutText } from '../report/rollout.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { openCluster } from '../session/cluster.ts';
import { refuse } from '../session/refuse.ts';
import { want } from '../text/expected.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import type { RulesFlags } from './rules.ts';

/** What open connections meet when manifests change under a kube-proxy that runs. */
export function rolloutAnswer(
  io: Io,
  before: string,
  after: string,
  flags: RulesFlags & { readonly format: string },
): Answer {
  const { format, kubeVersion } = flags;
  if (format !== 'text' && format !== 'json')
    return refuse<CommandDetail>(
      { code: 'flag-as', text: `--rollout --format ${format}` },
      want.either('text', 'json'),
    );
  const sides = [before, after].map((name) => {
    const sources = [...readFileOrRevision(io, name, flags), ...readSources(io, flags.cluster, flags)];
    if (sources.some(({ text }) => looksLikeRules(text))) {
      refuse<CommandDetail>({ code: 'rollout-of-dump', name }, want.thing('manifests-with-conditions'));
    }
    return openCluster(sources, flags, flags.config !== undefined, flags.node ?? null);
  }) as [ReturnType<typeof openCluster>, ReturnType<typeof openCluster>];
  const [left, right] = sides;
  const { family, problems } = chooseFamily(left.cluster, flags.family);
  const asked = kubeVersion === undefined ? lookedAt : [kubeVersion];
  for (const version of asked) knownRelease(version);
  const rows = compareRollout({ before: left.cluster, after: right.cluster }, family, asked);
  const report = { before, after, rows };
  return {
    status: rows.every(isLeftAlone) ? 0 : 1,
    output: format === 'json' ? printRolloutJson(report) : printRolloutText(report, io.language),
    format,
    problems: [...problems, ...left.problems, ...right.problems],
  };
}

/** Releases of which it is known what they delete. */
const lookedAt = [...releases]
  .filter(([, { udpFlushing }]) => udpFlushing !== 'unknown')
  .map(([name]) => name);
