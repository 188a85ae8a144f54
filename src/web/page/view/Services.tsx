import { useMemo } from 'preact/hooks';
import type { Version } from '../../../session/version.ts';
import {
  countEndpoints,
  entryTexts,
  type ServiceRow,
  searchRows,
  serviceRows,
  sortColumns,
  sortRows,
  warningsOf,
} from '../model/services.ts';
import { linkTo, place } from '../state.ts';
import { words } from '../words.ts';
import { NoServices } from './NoServices.tsx';
import { Policy } from './Policy.tsx';
import { orderOf, Search, Sort } from './Table.tsx';
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
  const { search, sort } = place.value;
  const found = useMemo(
    () => sortRows(searchRows(rows, search), sort, version),
    [rows, search, sort, version],
  );
  return (
    <>
      <Search name="search" hint={w.searchHint} count={w.countOf(found.length, rows.length)} />
      {found.length === 0 ? (
        <p class="empty">{w.noService}</p>
      ) : (
        <VirtualList
          items={found}
          label={w.services}
          head={sortColumns.map((column) => (
            <th scope="col" key={column} aria-sort={orderOf({ name: 'sort', column })}>
              <Sort name="sort" column={column} label={w[column]} />
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
