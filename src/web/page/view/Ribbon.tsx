import type { Outcome } from '../../../packet/outcome.ts';
import type { Packet } from '../../../packet/packet.ts';
import { type RibbonStep, ribbonOf } from '../model/ribbon.ts';
import type { NodeView } from '../model/version.ts';
import { words } from '../words.ts';
import { RuleLink } from './RuleLink.tsx';

interface Props {
  readonly packet: Packet;
  readonly outcome: Outcome;
  readonly view: NodeView;
}

/** The addresses from the client to the pod and back. */
export function Ribbon({ packet, outcome, view }: Props) {
  const w = words.value;
  const { request, answer } = ribbonOf(packet, outcome);
  return (
    <>
      <h3>{w.ribbon}</h3>
      <h4>{w.request}</h4>
      <Steps steps={request} view={view} />
      {answer.length > 0 && (
        <>
          <h4>{w.answer}</h4>
          <Steps steps={answer} view={view} back />
          {outcome.reply && <p class="hint">{outcome.reply.because}</p>}
        </>
      )}
    </>
  );
}

function Steps({
  steps,
  view,
  back = false,
}: {
  readonly steps: readonly RibbonStep[];
  readonly view: NodeView;
  readonly back?: boolean;
}) {
  const w = words.value;
  const mark = (step: RibbonStep, side: 'from' | 'to') =>
    step.changed === side || step.changed === 'both' ? 'changed' : undefined;
  return (
    <ol class={back ? 'ribbon back' : 'ribbon'}>
      {steps.map((step) => (
        <li key={step.kind}>
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
  );
}
