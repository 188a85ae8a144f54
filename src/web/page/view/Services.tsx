import { useMemo } from 'preact/hooks';
import type { Version } from '../../../session/version.ts';
import {
  countEndpoints,
  entryTexts,
  type ServiceRow,
  searchRows,
  serviceRows,
  warningsOf,
} from '../model/services.ts';
import { go, linkTo, place } from '../state.ts';
import { words } from '../words.ts';
import { NoServices } from './NoServices.tsx';
import { Policy } from './Policy.tsx';
import { VirtualList } from './VirtualList.tsx';

export function Services({ version }: { readonly version: Version }) {
  const w = words.value;
  const rows = serviceRows(version);
  return (
    <div class="services">
      <h2 id="view-title">{w.services}</h2>
      {rows.length === 0 ? <NoServices version={version} /> : <List version={version} rows={rows} />}
    </div>
  );
}

function List({ version, rows }: { readonly version: Version; readonly rows: readonly ServiceRow[] }) {
  const w = words.value;
  const { search } = place.value;
  const found = useMemo(() => searchRows(rows, search), [rows, search]);
  const heads = [w.service, w.type, w.entries, w.endpoints, w.policy, w.warnings];
  return (
    <>
      <div class="search">
        <label>
          {w.search}
          <input
            type="search"
            value={search}
            placeholder={w.searchHint}
            onInput={(event) => go({ search: event.currentTarget.value }, true)}
          />
        </label>
        <output>{w.countOf(found.length, rows.length)}</output>
      </div>
      {found.length === 0 ? (
        <p class="empty">{w.noService}</p>
      ) : (
        <VirtualList
          items={found}
          label={w.services}
          head={heads.map((name) => (
            <th scope="col" key={name}>
              {name}
            </th>
          ))}
          keyOf={({ key }) => key}
          row={(row) => <Cells row={row} version={version} />}
        />
      )}
    </>
  );
}

function Cells({ row: { key, service }, version }: { readonly row: ServiceRow; readonly version: Version }) {
  const w = words.value;
  const { ready, all } = countEndpoints(version, service);
  const warnings = warningsOf(version, service);
  const entries = entryTexts(service);
  return (
    <>
      <th scope="row" class="name">
        <a
          title={key}
          href={linkTo({ view: 'chains', service: key, port: '0', packet: '', rule: '', entry: '' })}
        >
          {key}
        </a>
      </th>
      <td class="type">{service.type}</td>
      <td class="entries">
        <div class="clamp" title={entries.map(({ kind, text }) => `${w[kind]} ${text}`).join('\n')}>
          {entries.map(({ kind, text }) => (
            <span class="entry" key={kind + text}>
              <span class="kind">{w[kind]}</span> <code>{text}</code>
            </span>
          ))}
        </div>
      </td>
      <td class="count">{all === 0 ? w.none : w.readyOf(ready, all)}</td>
      <td class="policy">
        <Policy service={service} />
      </td>
      <td class="warnings">
        <div class="clamp" title={warnings.map((kind) => w[kind]).join('\n')}>
          {warnings.map((kind) => (
            <span class="warning" key={kind}>
              ⚠ {w[kind]}
            </span>
          ))}
        </div>
      </td>
    </>
  );
}
