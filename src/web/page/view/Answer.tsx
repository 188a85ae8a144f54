import type { Outcome } from '../../../engine/outcome.ts';
import { sayAnswerAssumptions } from '../../../report/answer-assumptions.ts';
import { sayReason } from '../../../report/reasons.ts';
import { explain } from '../../../report/trace-sentence.ts';
import type { NodeView, Version } from '../../../session/version.ts';
import type { Asked } from '../model/asked.ts';
import { traceCommand } from '../model/command.ts';
import { textsOf } from '../model/texts.ts';
import { linkTo, place } from '../state.ts';
import type { Words } from '../words/en.ts';
import { language, words } from '../words.ts';
import { Copyable } from './Copyable.tsx';
import { PathGraph } from './PathGraph.tsx';
import { Ribbon } from './Ribbon.tsx';
import { RuleDetail } from './RuleDetail.tsx';
import { TriedRules } from './TriedRules.tsx';

interface Props {
  readonly asked: Asked;
  readonly version: Version;
  readonly view: NodeView;
}

/** What can become of a packet, likeliest first, to be read. */
export function Outcomes({ asked: { trace } }: { readonly asked: Asked }) {
  const outcomes = trace.outcomes.toSorted((left, right) => right.probability - left.probability);
  return (
    <ul class="outcomes was">
      {outcomes.slice(0, 60).map((outcome, index) => (
        <li key={index}>
          <Share outcome={outcome} /> {nameOutcome(outcome, words.value)}
        </li>
      ))}
    </ul>
  );
}

/** All that can become of a packet, and one of these in full. */
export function Answer({ asked, version, view }: Props) {
  const w = words.value;
  const { packet, trace, text } = asked;
  const outcomes = trace.outcomes.map((outcome, index) => ({ outcome, index }));
  outcomes.sort((left, right) => right.outcome.probability - left.outcome.probability);
  const chosen = trace.outcomes[Number(place.value.outcome)] ?? outcomes[0]?.outcome;
  if (!chosen) return null;
  return (
    <>
      <h3>{w.outcomes}</h3>
      <ul class="outcomes">
        {outcomes.slice(0, 60).map(({ outcome, index }) => (
          <li key={index}>
            <a
              href={linkTo({ outcome: String(index), rule: '' })}
              aria-current={outcome === chosen ? 'true' : undefined}
            >
              <Share outcome={outcome} />
              <span>{nameOutcome(outcome, w)}</span>
            </a>
          </li>
        ))}
      </ul>
      {explain(chosen, packet, textsOf(view), language.value).map((sentence) => (
        <p key={sentence} class="sentence">
          {sentence.trim()}
        </p>
      ))}
      <Ribbon packet={packet} outcome={chosen} view={view} />
      <h3>{w.path}</h3>
      <PathGraph asked={asked} outcome={chosen} view={view} />
      <RuleDetail version={version} view={view} />
      <TriedRules asked={asked} view={view} />
      <h3>{w.takenForGranted}</h3>
      <ul>
        {sayAnswerAssumptions(trace.assumed, language.value).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {place.value.edits === '' && (
        <Copyable label={w.sameCommand} text={traceCommand(version, view.node, text)} />
      )}
      <Copyable
        label={w.sameLink}
        text={new URL(linkTo({ view: 'packet', packet: text, node: view.node }), location.href).href}
      />
      <details>
        <summary>{w.asJson}</summary>
        <pre class="excerpt" data-json>
          {asked.json}
        </pre>
      </details>
    </>
  );
}

function Share({ outcome: { probability, weight } }: { readonly outcome: Outcome }) {
  const percent = `${(probability * 100).toFixed(probability === 1 ? 0 : 2)} %`;
  return (
    <span>
      <strong>{percent}</strong> {weight !== '1/1' && weight.length <= 12 && <small>({weight})</small>}
      <span class="bar" aria-hidden="true">
        <span style={{ width: percent.replace(' ', '') }} />
      </span>
    </span>
  );
}

function nameOutcome(
  { verdict, dnat, src, delivered, masqueraded, reason, rejectWith, interface: out }: Outcome,
  w: Words,
): string {
  if (verdict !== 'accept') {
    const more = reason ? sayReason(reason, language.value) : rejectWith;
    // What is not known may arrive as well as not.
    const end = verdict === 'unknown' ? '' : `; ${w.seesNothing}`;
    return `${w.verdict[verdict]}${more === null ? '' : `: ${more}`}${end}`;
  }
  const where = `${w.delivered[delivered]}${out === null ? '' : ` (${out})`}`;
  const seen = masqueraded ? w.seesOther(src ?? '') : w.seesClient;
  return `${w.verdict.accept}, ${where}${dnat === null ? '' : ` → ${dnat}`}; ${seen}`;
}
