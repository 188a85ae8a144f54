import { readSource, readSources } from '../files/files.ts';
import { readHost } from '../host/read.ts';
import { printTimelineJson, printTimelineText } from '../report/timeline.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { refuse } from '../session/refuse.ts';
import { readTimeline, runTimeline } from '../session/timeline.ts';
import { want } from '../text/expected.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import type { ProgramFlags } from './rules.ts';

interface TimelineFlags extends ProgramFlags {
  readonly timeline: string;
  readonly host: readonly string[];
  readonly format: 'text' | 'json';
}

/** Packets, and objects or rules that change between them, at one node. */
export function timelineAnswer(io: Io, files: readonly string[], flags: TimelineFlags): Answer {
  if (files.length > 0 || flags.rules.length > 0)
    refuse<CommandDetail>({ code: 'timeline-beside' }, want.thing('timeline-events'));
  const family = flags.family ?? 'ipv4';
  const events = readTimeline(readSource(io, flags.timeline));
  const hosts = flags.host.map((file) => readHost(readSource(io, file), family));
  const config = flags.config === undefined ? null : readSource(io, flags.config);
  const { steps, problems } = runTimeline(
    events,
    { ...flags, family },
    config,
    hosts.map(({ fields }) => fields),
    (names) => readSources(io, names, flags),
  );
  return {
    status: 0,
    output: flags.format === 'json' ? printTimelineJson(steps) : printTimelineText(steps, io.language),
    format: flags.format,
    problems: [...hosts.flatMap((one) => one.problems), ...problems],
  };
}
