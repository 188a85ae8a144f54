import type { Outcome } from '../../../engine/outcome.ts';
import type { Packet } from '../../../engine/packet.ts';
import { sayReason } from '../../../report/reasons.ts';
import type { NodeView } from '../../../session/version.ts';
import { type RibbonStep, ribbonOf } from '../model/ribbon.ts';
import { language, words } from '../words.ts';
import { RuleLink } from './RuleLink.tsx';

interface Props {
  readonly packet: Packet;
  readonly outcome: Outcome;
  readonly view: NodeView;
}

/** The addresses from the client, on the left, to the pod, on the right, and back below. */
export function Ribbon({ packet, outcome, view }: Props) {
  const w = words.value;
  const { request, answer } = ribbonOf(packet, outcome);
  const width = Math.max(request.length, answer.length);
  return (
    <>
      <h3>{w.ribbon}</h3>
      <div class="ribbons">
        <Steps name={w.request} steps={request} width={width} view={view} />
        {answer.length > 0 && <Steps name={w.answer} steps={answer} width={width} view={view} back />}
      </div>
      {outcome.reply && <p class="hint">{sayReason(outcome.reply.reason, language.value)}</p>}
    </>
  );
}

function Steps({
  name,
  steps,
  width,
  view,
  back = false,
}: {
  readonly name: string;
  readonly steps: readonly RibbonStep[];
  /** In columns, of which each step has one; the last step has the rest. */
  readonly width: number;
  readonly view: NodeView;
  readonly back?: boolean;
}) {
  const w = words.value;
  const mark = (step: RibbonStep, side: 'from' | 'to') =>
    step.changed === side || step.changed === 'both' ? 'changed' : undefined;
  const spanOf = (index: number) => (index === steps.length - 1 ? width - index : 1);
  const column = (index: number) =>
    `${back ? width - index - spanOf(index) + 1 : index + 1} / span ${spanOf(index)}`;
  return (
    <section aria-label={name}>
      <h4>{name}</h4>
      <ol
        class={back ? 'ribbon back' : 'ribbon'}
        style={{ gridTemplateColumns: `repeat(${width}, minmax(0, 1fr))` }}
      >
        {steps.map((step, index) => (
          <li
            key={step.kind}
            class={step.changed ? 'changes' : undefined}
            style={{ gridColumn: column(index) }}
          >
            <span class="step">{w[step.kind]}</span>
            <div>
              <span class="kind">{w.from}</span> <code class={mark(step, 'from')}>{step.from}</code>
            </div>
            <div>
              <span class="kind">{w.to}</span> <code class={mark(step, 'to')}>{step.to}</code>
            </div>
            {step.by && <RuleLink place={step.by.place} view={view} short />}
          </li>
        ))}
      </ol>
    </section>
  );
}
