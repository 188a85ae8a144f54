import { useState } from 'preact/hooks';
import type { ProgramChain, ProgramRule } from '../../../engine/program.ts';
import type { Fate } from '../../../engine/why-not.ts';
import { conditionsOf } from '../../../graph/conditions.ts';
import type { Match } from '../../../iptables/rule/match.ts';
import { printMatch } from '../../../iptables/rule/print.ts';
import { sayAsked } from '../../../report/graph-said.ts';
import { sayReason } from '../../../report/reasons.ts';
import { saySeen } from '../../../report/seen.ts';
import type { NodeView } from '../../../session/version.ts';
import type { Asked } from '../model/asked.ts';
import { textsOf } from '../model/texts.ts';
import type { Words } from '../words/en.ts';
import { language, words } from '../words.ts';
import { RuleLink } from './RuleLink.tsx';

/** Every rule that the packet met, on whichever of its ways, with what became of it. */
export function TriedRules({ asked, view }: { readonly asked: Asked; readonly view: NodeView }) {
  const w = words.value;
  const chains = [...asked.tried.entered].flatMap((key) => view.program.chains.get(key) ?? []);
  return (
    <section class="tried" aria-label={w.tried}>
      <h3>{w.tried}</h3>
      {chains
        .filter(({ rules }) => rules.length > 0)
        .map((chain) => (
          <ChainTried key={`${chain.table}/${chain.name}`} chain={chain} asked={asked} view={view} />
        ))}
    </section>
  );
}

/** Longer chains begin with the rules that matched, and so many of the others. */
const most = 20;

function ChainTried({
  chain,
  asked,
  view,
}: {
  readonly chain: ProgramChain;
  readonly asked: Asked;
  readonly view: NodeView;
}) {
  const w = words.value;
  const [limit, setLimit] = useState(most);
  const { fates } = asked.tried;
  const hit = (rule: ProgramRule) => fates.has(rule) && fates.get(rule)?.kind !== 'failed';
  const hits = chain.rules.filter(hit).length;
  const shown = chain.rules.filter((rule, index) => index < limit || hit(rule));
  const rest = chain.rules.length - shown.length;
  return (
    <details open={hits > 0}>
      <summary>
        {chain.table} {textsOf(view).chain(chain.table, chain.name)}: {hits} / {chain.rules.length}{' '}
        {w.matched}
      </summary>
      <ol class="rules">
        {shown.map((rule) => (
          <li key={rule.number}>
            <FateWord fate={fateOf(rule, fates.get(rule))} w={w} /> <RuleLink place={rule} view={view} />
            <Reason fate={fates.get(rule)} matches={rule.rule.matches} w={w} />
          </li>
        ))}
      </ol>
      {rest > 0 && (
        <button type="button" onClick={() => setLimit(limit + 200)}>
          {w.moreRules(rest)}
        </button>
      )}
    </details>
  );
}

const looks = {
  matched: { word: 'matched', sign: '✔', style: 'good' },
  'by-chance': { word: 'byChance', sign: '◔', style: 'good' },
  failed: { word: 'failedMatch', sign: '✘', style: 'hint' },
  unknown: { word: 'unknownMatch', sign: '?', style: 'warn' },
} as const;

/** Where chance let the packet through, it let it through on some of its ways. */
function fateOf({ rule }: ProgramRule, fate: Fate | undefined): Fate | undefined {
  const isChance = fate?.kind === 'matched' && rule.matches.some(({ kind }) => kind === 'statistic');
  return isChance ? { kind: 'by-chance' } : fate;
}

function FateWord({ fate, w }: { readonly fate: Fate | undefined; readonly w: Words }) {
  const look = fate && fate.kind in looks ? looks[fate.kind as keyof typeof looks] : null;
  return (
    <span class={`fate ${look?.style ?? 'hint'}`}>
      {look ? `${look.sign} ${w[look.word]}` : `– ${w.notReached}`}
    </span>
  );
}

function Reason({
  fate,
  matches,
  w,
}: {
  readonly fate: Fate | undefined;
  readonly matches: readonly Match[];
  readonly w: Words;
}) {
  if (fate?.kind === 'matched' || fate?.kind === 'by-chance') {
    const conditions = conditionsOf(matches).map((asked) => sayAsked(asked, language.value));
    return <div class="hint">{conditions.length === 0 ? w.takesAll : w.holds(conditions.join(', '))}</div>;
  }
  if (fate?.kind !== 'failed' && fate?.kind !== 'unknown') return null;
  const match = typeof fate.match === 'string' ? fate.match : printMatch(fate.match).trim();
  return (
    <div class="hint">
      {fate.kind === 'failed'
        ? w.doesNotHold(match, saySeen(fate.found, language.value))
        : w.cannotBeTold(match, sayReason(fate.reason, language.value))}
    </div>
  );
}
