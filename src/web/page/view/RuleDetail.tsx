import type { ProgramRule } from '../../../packet/program.ts';
import { spanOf } from '../../../packet/program.ts';
import { fieldsOf } from '../model/field.ts';
import type { NodeView, Version } from '../model/version.ts';
import { linkTo, place } from '../state.ts';
import { words } from '../words.ts';
import { Excerpt } from './Excerpt.tsx';

/** The rule that was chosen: its line of the dump, and the fields of manifests that it comes from. */
export function RuleDetail({ version, view }: { readonly version: Version; readonly view: NodeView }) {
  const w = words.value;
  const rule = findRule(view, place.value.rule);
  if (!rule) return null;
  const { span } = spanOf(rule.rule, view.rules.source);
  const fields = fieldsOf(version, rule);
  const name = `${rule.table} ${view.texts.chain(rule.table, rule.chain)} ${rule.number}`;
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
        , {w.line} {view.texts.line(rule.rule)}
      </h4>
      {span && <Excerpt text={span.source.text} start={span.start} end={span.end} />}
      <h4>{w.ofManifest}</h4>
      {fields.length === 0 && <p class="hint">{w.noField}</p>}
      {fields.map(({ object, path, span: place, line }) => (
        <div key={`${object} ${path}`}>
          <p>
            <code>{object}</code>: <code>{path}</code> (<code>{place.source.name}</code>, {w.line} {line})
          </p>
          <Excerpt text={place.source.text} start={place.start} end={place.end} />
        </div>
      ))}
    </section>
  );
}

/** `nat/KUBE-SERVICES/3`. */
export function findRule({ program }: NodeView, id: string): ProgramRule | undefined {
  const [, chain = '', number = ''] = /^(.+)\/(\d+)$/.exec(id) ?? [];
  return program.chains.get(chain)?.rules[Number(number) - 1];
}
