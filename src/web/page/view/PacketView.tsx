import { useMemo } from 'preact/hooks';
import { serviceKey } from '../../../kube/cluster/model.ts';
import type { Version } from '../../../session/version.ts';
import { type Asked, ask } from '../model/asked.ts';
import { callersFor, entriesFor, packetsOfRules, spellPacket } from '../model/choices.ts';
import { stageOf, unchanged } from '../model/scene.ts';
import { place } from '../state.ts';
import { node } from '../store.ts';
import { words } from '../words.ts';
import { Answer, Outcomes } from './Answer.tsx';
import { EditedRules, useTried } from './EditedRules.tsx';
import { PacketForm } from './PacketForm.tsx';
import { chosenPort, chosenService, Picks } from './Picks.tsx';
import { Problems } from './Problems.tsx';

/** A packet on one node: the form, and all that can become of it. */
export function PacketView({ version }: { readonly version: Version }) {
  const w = words.value;
  const service = chosenService(version);
  const port = service && chosenPort(service);
  const { view, was, isEdited, problems } = useTried(version);
  const offers = useMemo(() => {
    const stage =
      service && service.unproxied === null ? stageOf(version, serviceKey(service), unchanged) : null;
    if (!stage || !port) return { callers: [], entries: [], protocol: 'TCP' as const };
    const staged = stage.service.ports[Number(place.value.port)] ?? port;
    return {
      callers: callersFor(stage, staged, node.value),
      entries: entriesFor(stage, staged, node.value),
      protocol: port.protocol,
    };
  }, [version, service, port, node.value]);
  const examples = useMemo(() => (version.data.rules ? packetsOfRules(was) : []), [version, was]);
  const [caller] = offers.callers;
  const entry = offers.entries.find(({ kind }) => kind === 'node-port') ?? offers.entries[0];
  const offered =
    caller && entry
      ? spellPacket(offers.protocol, caller.client.address, entry, caller.from)
      : (examples[0] ?? '');
  const text = place.value.packet === '' ? offered : place.value.packet;
  const asked = useMemo(() => (text === '' ? null : ask(view, text)), [view, text]);
  const before = useMemo(() => (text === '' || !isEdited ? null : ask(was, text)), [was, isEdited, text]);
  return (
    <section aria-labelledby="view-title">
      <h2 id="view-title">{w.packet}</h2>
      <Picks version={version} service={service} withNode />
      <PacketForm key={`${node.value} ${text}`} text={text} {...offers} examples={examples} />
      <EditedRules problems={problems} />
      {before !== null && !isProblems(before) && (
        <>
          <h3>{w.withoutEdits}</h3>
          <Outcomes asked={before} />
        </>
      )}
      {asked !== null &&
        (isProblems(asked) ? (
          <Problems problems={asked} />
        ) : (
          <Answer asked={asked} version={version} view={view} />
        ))}
    </section>
  );
}

function isProblems(
  asked: Asked | readonly unknown[],
): asked is Extract<ReturnType<typeof ask>, readonly unknown[]> {
  return Array.isArray(asked);
}
