import { spanOf } from '../../../engine/program.ts';
import type { NodeView, Version } from '../../../session/version.ts';
import { canEdit } from '../model/edits.ts';
import { findRule } from '../model/rule-line.ts';
import { textsOf } from '../model/texts.ts';
import { linkTo, place } from '../state.ts';
import { words } from '../words.ts';
import { Excerpt } from './Excerpt.tsx';
import { RuleEdit } from './RuleEdit.tsx';

/** The rule that was chosen: its line of the dump, and the fields of manifests that it comes from. */
export function RuleDetail({ version, view }: { readonly version: Version; readonly view: NodeView }) {
  const w = words.value;
  const rule = findRule(view, place.value.rule);
  if (!rule) return null;
  const { span } = spanOf(rule.rule, view.rules.source);
  const field = view.field.of(rule);
  const name = `${rule.table} ${textsOf(view).chain(rule.table, rule.chain)} ${rule.number}`;
  return (
    <section class="chosen-rule" aria-label={name}>
      <h3>
        {name} <a href={linkTo({ rule: '' })}>{w.close}</a>
      </h3>
      <h4>
        {version.data.rules ? w.ofDump : w.ofCompiled}
        {version.data.rules && (
          <>
            : <code>{view.rules.source.name}</code>
          </>
        )}
        , {w.line} {textsOf(view).line(rule.rule)}
      </h4>
      {span && <Excerpt span={span} />}
      {canEdit(version) && <RuleEdit view={version.nodeView(view.node)} shown={place.value.rule} />}
      <h4>{w.ofManifest}</h4>
      {field === null ? (
        <p class="hint">{w.noField}</p>
      ) : (
        <>
          <p>
            <code>{field.object}</code>: <code>{field.field}</code> (<code>{field.file}</code>, {w.line}{' '}
            {field.line})
          </p>
          <Excerpt span={field.span} />
        </>
      )}
    </section>
  );
}
