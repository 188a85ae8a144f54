import { familyOf, formatAddress } from '../address/address.ts';
import type { ConnectionStep } from '../engine/connect.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { SilentNeighbour } from '../host/model.ts';
import { groupedBy } from '../text/lists.ts';
import { traceWords as en } from './words/en/trace.ts';
import { traceWords as ko } from './words/ko/trace.ts';
import type { Language } from './words/language.ts';
import type { TraceWords } from './words/trace.ts';

const tables: Readonly<Record<Language, TraceWords>> = { en, ko };

/** That the next hop of a packet did not answer when the node's neighbours were listed: a sentence, or none. */
export function saySilent({ silent }: Pick<Outcome, 'silent'>, language: Language = 'en'): string[] {
  return silent ? [tables[language].silent({ ...told(silent), steps: [] })] : [];
}

/** The same of a connection's packets: a sentence for each next hop. */
export function saySilentSteps(steps: readonly ConnectionStep[], language: Language = 'en'): string[] {
  const found = steps.flatMap(({ step, outcome }) =>
    outcome?.silent ? [{ step, silent: outcome.silent }] : [],
  );
  const hops = groupedBy(found, ({ silent }) => `${silent.interface} ${silent.address}`);
  return [...hops.values()].map((group) =>
    tables[language].silent({ ...told(group[0].silent), steps: group.map(({ step }) => step) }),
  );
}

/** `{"silent": {"address", "interface", "state"}}` for programs, or nothing. */
export function silentJson({ silent }: Pick<Outcome, 'silent'>) {
  return silent ? { silent: { ...silent, address: formatAddress(silent.address) } } : {};
}

function told({ address, interface: link, state }: SilentNeighbour) {
  return { address: formatAddress(address), family: familyOf(address), link, state };
}
