import { type ProgramRule, spanOf } from '../../../engine/program.ts';
import type { NodeView } from '../../../session/version.ts';
import type { Span } from '../../../text/source.ts';

/** `nat/KUBE-SERVICES/3`. */
export function findRule({ program }: NodeView, id: string): ProgramRule | undefined {
  const [, chain = '', number = ''] = /^(.+)\/(\d+)$/.exec(id) ?? [];
  return program.chains.get(chain)?.rules[Number(number) - 1];
}

/** A rule's place in the text of its rules: all of the line, and what stands behind `-A CHAIN`. */
export interface RuleLine {
  readonly line: Span;
  readonly spec: Span;
}

/** Undefined where the text does not spell it so: a listing is no text to edit. */
export function lineOfRule(view: NodeView, id: string): RuleLine | undefined {
  const rule = findRule(view, id);
  const line = rule && spanOf(rule.rule, view.rules.source).span;
  const [before] =
    /^(?:\[\d+:\d+\] )?-A \S+ /.exec(line?.source.text.slice(line.start, line.end) ?? '') ?? [];
  return line && before !== undefined
    ? { line, spec: { ...line, start: line.start + before.length } }
    : undefined;
}
