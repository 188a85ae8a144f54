import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import { serviceKey } from '../../../kube/cluster/model.ts';
import type { Client } from '../../../path/clients.ts';
import type { ExplainedService, Explanation } from '../../../path/explain.ts';
import type { Result } from '../../../path/results.ts';
import { formatShare, nameServer, nameSource, nameWhy, resultTables } from '../../../report/result-words.ts';
import type { Words } from '../words/en.ts';
import { language, words } from '../words.ts';
import { nameClient, nameEntry } from './names.ts';
import { arranged, orderOf, Search, Sort } from './Table.tsx';

interface Props {
  readonly explanation: Explanation;
  readonly chainName: ExplainedService['chainName'];
}

/** A table of entries and clients. Each cell says its verdict in words, beside sign and colour. */
export function Matrix({ explanation, chainName }: Props) {
  const w = words.value;
  const { service, port, rows, ingresses } = explanation;
  const all = new Map(
    rows.flatMap(({ cells }) => cells.map(({ client }) => [idOf(client), client] as const)),
  );
  const clients = [...all.values()];
  const label = w.matrixLabel(serviceKey(service), `${port.port}/${port.protocol}`);
  const every = [
    ...rows.map(
      ({ entry, cells }): Row => ({
        name: nameEntry(entry, w),
        at: `${formatEndpoint(entry.address, entry.port)}${entry.via === null ? '' : ` → ${entry.via}`}`,
        results: new Map(cells.map((cell) => [idOf(cell.client), cell.results])),
      }),
    ),
    ...ingresses.map(
      ({ trace, results }): Row => ({
        name: `${w.ingress} ${trace.ingress?.key}`,
        at: `${trace.request.scheme}://${trace.request.host}${trace.request.path}`,
        results: new Map(
          results.length === 0
            ? []
            : clients.filter(({ kind }) => kind === 'outside').map((client) => [idOf(client), results]),
        ),
      }),
    ),
  ];
  const said = (row: Row, id: string) => {
    const verdict = verdictIn(row.results.get(id));
    return verdict === null ? w.notAsked : w.cell[verdict];
  };
  const shown = arranged(
    every,
    (row) => [row.name, row.at, ...clients.map((client) => said(row, idOf(client)))].join(' '),
    (row, column) => (column === 'entry' ? `${row.name} ${row.at}` : said(row, column)),
  );
  return (
    <>
      <Search name="find" count={w.rowsOf(shown.length, every.length)} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="table-box" tabIndex={0} aria-label={label}>
        <table>
          <caption>{label}</caption>
          <thead>
            <tr>
              <th scope="col" aria-sort={orderOf({ name: 'order', column: 'entry' })}>
                <Sort name="order" column="entry" label={w.entryOrClient} />
              </th>
              {clients.map((client) => (
                <th
                  scope="col"
                  key={idOf(client)}
                  aria-sort={orderOf({ name: 'order', column: idOf(client) })}
                >
                  <Sort name="order" column={idOf(client)} label={nameClient(client, w)} />{' '}
                  <code>{formatAddress(client.address)}</code>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, at, results }) => (
              <tr key={`${name} ${at}`}>
                <th scope="row">
                  {name} <code>{at}</code>
                </th>
                {clients.map((client) => (
                  <Cell
                    key={idOf(client)}
                    results={results.get(idOf(client)) ?? null}
                    chainName={chainName}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

interface Row {
  readonly name: string;
  readonly at: string;
  /** By client; none where it is no way to call. */
  readonly results: ReadonlyMap<string, readonly Result[]>;
}

const idOf = ({ kind, address, node }: Client): string => `${kind} ${address} ${node}`;

type Verdict = keyof Words['cell'];

const looks: Readonly<Record<Verdict, { readonly style: string; readonly sign: string }>> = {
  kept: { style: 'kept', sign: '✔' },
  hidden: { style: 'hidden-source', sign: '◐' },
  mixed: { style: 'mixed', sign: '≈' },
  dropped: { style: 'stopped', sign: '✘' },
  rejected: { style: 'stopped', sign: '⊘' },
  refused: { style: 'stopped', sign: '⊘' },
  lost: { style: 'stopped', sign: '∅' },
  left: { style: 'mixed', sign: '↗' },
  unplaced: { style: 'mixed', sign: '↗' },
  unanswered: { style: 'stopped', sign: '↯' },
  unknown: { style: 'mixed', sign: '?' },
};

function verdictOf(result: Result): Verdict {
  if (result.kind !== 'reached') return result.kind;
  return result.preserved ? 'kept' : 'hidden';
}

/** Null: nobody calls so. */
function verdictIn(results: readonly Result[] | undefined): Verdict | null {
  if (!results) return null;
  const verdicts = new Set(results.map(verdictOf));
  return verdicts.size === 1 ? ([...verdicts][0] as Verdict) : 'mixed';
}

function Cell({
  results,
  chainName,
}: {
  readonly results: readonly Result[] | null;
  readonly chainName: Props['chainName'];
}) {
  const w = words.value;
  const said = resultTables[language.value];
  if (!results) return <td class="not-asked">– {w.notAsked}</td>;
  const verdict = verdictIn(results) ?? 'mixed';
  const { style, sign } = looks[verdict];
  return (
    <td class={style}>
      <span class="cell">
        {sign} {w.cell[verdict]}
      </span>
      <details>
        <summary>{w.why}</summary>
        <ul>
          {results.map((result, index) => {
            const why = nameWhy(result, chainName, language.value);
            return (
              <li key={`${index} ${result.kind}`}>
                {formatShare(result)} {w.cell[verdictOf(result)]} {nameServer(result, said)}{' '}
                {nameSource(result, said)}
                {why !== '' && ` (${why})`}
              </li>
            );
          })}
        </ul>
      </details>
    </td>
  );
}
