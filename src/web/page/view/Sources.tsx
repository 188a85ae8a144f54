import { useMemo } from 'preact/hooks';
import { serviceKey } from '../../../kube/cluster/model.ts';
import type { Explanation } from '../../../path/explain.ts';
import { sayAnswerAssumptions } from '../../../report/answer-assumptions.ts';
import { sayPathNote } from '../../../report/paths.ts';
import type { Version } from '../../../session/version.ts';
import { dataKey } from '../../../text/data-key.ts';
import { explainCommand } from '../model/command.ts';
import { explainStage, type Stage, stageOf, unchanged } from '../model/scene.ts';
import { place } from '../state.ts';
import { language, words } from '../words.ts';
import { Copyable } from './Copyable.tsx';
import { Matrix } from './Matrix.tsx';
import { chosenService, Picks } from './Picks.tsx';
import { Unserved } from './Unserved.tsx';

/** Who reaches a service by which entry, and whether the server sees the client's own address. */
export function Sources({ version }: { readonly version: Version }) {
  const w = words.value;
  const service = chosenService(version);
  const { port: index } = place.value;
  const made = useMemo((): { stage: Stage; explanation: Explanation } | null => {
    if (!service || service.unproxied !== null) return null;
    const stage = stageOf(version, serviceKey(service), unchanged);
    const port = stage?.service.ports[Number(index)] ?? stage?.service.ports[0];
    return stage && port ? { stage, explanation: explainStage(version, stage, port) } : null;
  }, [version, service, index]);
  return (
    <section aria-labelledby="view-title">
      <h2 id="view-title">{w.sources}</h2>
      <Picks version={version} service={service} />
      {made ? (
        <>
          <Matrix explanation={made.explanation} chainName={made.stage.chainName} />
          {made.explanation.notes.length + made.stage.scene.network.assumed.length > 0 && (
            <>
              <h3>{w.takenForGranted}</h3>
              <ul>
                {made.explanation.notes.map((note) => (
                  <li key={dataKey(note)}>{sayPathNote(note, language.value)}</li>
                ))}
                {sayAnswerAssumptions(made.stage.scene.network.assumed, language.value).map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </>
          )}
          <Copyable
            label={w.sameCommand}
            text={explainCommand(version, serviceKey(made.stage.service), [], [])}
          />
        </>
      ) : (
        <Unserved version={version} service={service} />
      )}
    </section>
  );
}
