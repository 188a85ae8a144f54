import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import { serviceKey } from '../../../kube/cluster/model.ts';
import type { Client } from '../../../path/clients.ts';
import type { ExplainedService, Explanation } from '../../../path/explain.ts';
import type { Result } from '../../../path/results.ts';
import { formatShare, nameServer, nameSource, nameWhy, resultTables } from '../../../report/result-words.ts';
import type { Words } from '../words/en.ts';
import { language, words } from '../words.ts';
import { nameClient, nameEntry } from './names.ts';

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
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="table-box" tabIndex={0} aria-label={label}>
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{w.entryOrClient}</th>
            {clients.map((client) => (
              <th scope="col" key={idOf(client)}>
                {nameClient(client, w)} <code>{formatAddress(client.address)}</code>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ entry, cells }) => (
            <tr key={`${entry.kind} ${entry.address} ${entry.via}`}>
              <th scope="row">
                {nameEntry(entry, w)} <code>{formatEndpoint(entry.address, entry.port)}</code>
                {entry.via !== null && ` → ${entry.via}`}
              </th>
              {clients.map((client) => {
                const cell = cells.find((one) => idOf(one.client) === idOf(client));
                return <Cell key={idOf(client)} results={cell?.results ?? null} chainName={chainName} />;
              })}
            </tr>
          ))}
          {ingresses.map(({ trace, results }) => (
            <tr key={`${trace.request.host}${trace.request.path}`}>
              <th scope="row">
                {w.ingress} {trace.ingress?.key}{' '}
                <code>{`${trace.request.scheme}://${trace.request.host}${trace.request.path}`}</code>
              </th>
              {clients.map((client) => (
                <Cell
                  key={idOf(client)}
                  results={client.kind === 'outside' && results.length > 0 ? results : null}
                  chainName={chainName}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
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
  unanswered: { style: 'stopped', sign: '↯' },
  unknown: { style: 'mixed', sign: '?' },
};

function verdictOf(result: Result): Verdict {
  if (result.kind !== 'reached') return result.kind;
  return result.preserved ? 'kept' : 'hidden';
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
  const verdicts = new Set(results.map(verdictOf));
  const verdict: Verdict = verdicts.size === 1 ? ([...verdicts][0] as Verdict) : 'mixed';
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
