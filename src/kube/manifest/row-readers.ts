import { type Address, parseAddress } from '../../address/address.ts';
import { isPort } from '../../address/port.ts';
import type { TableItem } from '../../grammar/services.ts';
import { want } from '../../text/expected.ts';
import type { ManifestDetail } from './detail.ts';
import { parseDnsLabel, parseSubdomain } from './names.ts';
import type { EndpointsRow, NodeRow, PodRow, RowPort, ServiceRow } from './rows.ts';
import type { Row } from './table.ts';

const types = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const;

/** A row under NAME, CLUSTER-IP, EXTERNAL-IP, PORT(S) and perhaps NAMESPACE, TYPE and SELECTOR. */
export function readServiceRow(row: Row): ServiceRow | undefined {
  const names = namesOf(row);
  const cluster = itemsOf(row, 'CLUSTER-IP')[0];
  const external = itemsOf(row, 'EXTERNAL-IP');
  const type = typeOf(row);
  if (!names || type === undefined || !cluster) return undefined;
  const isHeadless = cluster.text === 'None';
  const address = cluster.kind === 'word' && !isHeadless ? addressOf(row, cluster) : null;
  const ports = portsOf(row);
  if (address === undefined || !ports) return undefined;
  const absent = external[0]?.kind === 'absent' ? (absences[external[0].text] ?? 'none') : null;
  const whole = external.filter(({ text }) => !text.endsWith('...'));
  return {
    kind: 'ServiceRow',
    ...names,
    span: row.span,
    type,
    clusterAddress: address,
    headless: isHeadless,
    external: absent === null ? whole.map(({ text }) => parseAddress(text) ?? text) : [],
    cut: whole.length < external.length,
    absent,
    ports,
    selector: row.cell('SELECTOR') ? pairsOf(row, 'SELECTOR') : null,
  };
}

const absences: Readonly<Record<string, ServiceRow['absent']>> = {
  '<none>': 'none',
  '<pending>': 'pending',
  '<nodes>': 'nodes',
};

/** A row under NAME and ENDPOINTS and perhaps NAMESPACE. */
export function readEndpointsRow(row: Row): EndpointsRow | undefined {
  const names = namesOf(row);
  const endpoints: { address: Address; port: number }[] = [];
  for (const item of itemsOf(row, 'ENDPOINTS')) {
    if (item.kind === 'absent') continue;
    const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(item.text) ?? [];
    const address = parseAddress(host);
    // What has no ports (a headless Service without them) has bare addresses, and nothing for kube-proxy.
    if (address === undefined && parseAddress(item.text) !== undefined) continue;
    if (address === undefined || !isPort(Number(port))) {
      row.fail(
        'address-syntax',
        item.offset,
        item.text.length,
        { code: 'no-endpoint', text: item.text },
        want.thing('address-port'),
      );
      return undefined;
    }
    endpoints.push({ address, port: Number(port) });
  }
  if (!names) return undefined;
  const omitted = row.cell('ENDPOINTS')?.omitted ?? 0;
  return { kind: 'EndpointsRow', ...names, span: row.span, endpoints, omitted };
}

/** A row under NAME and, with `-o wide`, INTERNAL-IP and EXTERNAL-IP. */
export function readNodeRow(row: Row): NodeRow | undefined {
  const item = itemsOf(row, 'NAME')[0];
  const name = item?.text.replace(/^node\//, '') ?? '';
  if (item && parseSubdomain(name) === undefined) {
    row.fail(
      'name-syntax',
      item.offset,
      item.text.length,
      { code: 'no-node-name', name },
      want.thing('dns-name'),
    );
    return undefined;
  }
  const address = (column: string) => {
    const [only] = itemsOf(row, column);
    return only?.kind === 'word' ? addressOf(row, only) : null;
  };
  const [internalAddress, externalAddress] = [address('INTERNAL-IP'), address('EXTERNAL-IP')];
  if (internalAddress === undefined || externalAddress === undefined) return undefined;
  const labels = row.cell('LABELS') ? pairsOf(row, 'LABELS') : null;
  return { kind: 'NodeRow', namespace: '', name, span: row.span, internalAddress, externalAddress, labels };
}

/** A row under NAME, READY, STATUS, IP and NODE and perhaps NAMESPACE, READINESS GATES and LABELS. */
export function readPodRow(row: Row): PodRow | undefined {
  const name = itemsOf(row, 'NAME')[0]?.text.replace(/^pod\//, '');
  const [ip] = itemsOf(row, 'IP');
  const [node] = itemsOf(row, 'NODE');
  const [gates] = itemsOf(row, 'READINESS GATES');
  const address = ip?.kind === 'word' ? addressOf(row, ip) : null;
  if (name === undefined || address === undefined) return undefined;
  return {
    kind: 'PodRow',
    namespace: itemsOf(row, 'NAMESPACE')[0]?.text ?? '',
    name,
    span: row.span,
    address,
    node: node?.kind === 'word' ? node.text : null,
    labels: row.cell('LABELS') ? pairsOf(row, 'LABELS') : null,
    status: itemsOf(row, 'STATUS')[0]?.text ?? '',
    ready: isWhole(itemsOf(row, 'READY')[0]?.text) && isWhole(gates?.kind === 'absent' ? '1/1' : gates?.text),
  };
}

/** `2/2`, and not `1/2`. */
function isWhole(text: string | undefined): boolean {
  const [part, all] = (text ?? '').split('/');
  return all !== undefined && part === all;
}

function itemsOf(row: Row, column: string): readonly TableItem[] {
  return row.cell(column)?.items ?? [];
}

/** `kubectl get services,endpoints` puts the kind before the name. */
function namesOf(row: Row): { namespace: string; name: string } | undefined {
  const item = itemsOf(row, 'NAME')[0];
  const name = item?.text.replace(/^(?:service|endpoints)\//, '') ?? '';
  if (item && parseDnsLabel(name) === undefined) {
    row.fail(
      'name-syntax',
      item.offset,
      item.text.length,
      { code: 'no-service-name', name },
      want.thing('dns-label'),
    );
    return undefined;
  }
  return { namespace: itemsOf(row, 'NAMESPACE')[0]?.text ?? '', name };
}

function typeOf(row: Row): ServiceRow['type'] | undefined {
  const item = itemsOf(row, 'TYPE')[0];
  if (!item) return null;
  const type = types.find((known) => known === item.text);
  if (!type)
    row.fail(
      'field-value',
      item.offset,
      item.text.length,
      { code: 'no-type', text: item.text },
      want.written(types.join(', ')),
    );
  return type;
}

function addressOf(row: Row, item: TableItem): Address | undefined {
  const address = parseAddress(item.text);
  if (address !== undefined) return address;
  const detail: ManifestDetail = { code: 'no-address', text: item.text };
  row.fail(
    'address-syntax',
    item.offset,
    item.text.length,
    detail,
    want.either(want.thing('address'), 'None', '<none>'),
  );
  return undefined;
}

function portsOf(row: Row): readonly RowPort[] | undefined {
  const ports: RowPort[] = [];
  for (const item of itemsOf(row, 'PORT(S)')) {
    if (item.kind === 'absent') continue;
    if (item.kind === 'port' && isPort(item.port) && (item.nodePort === null || isPort(item.nodePort))) {
      ports.push({ port: item.port, nodePort: item.nodePort, protocol: item.protocol });
      continue;
    }
    const detail: ManifestDetail = { code: 'no-service-port', text: item.text };
    row.fail('port-range', item.offset, item.text.length, detail, want.thing('service-ports-cell'));
    return undefined;
  }
  return ports;
}

function pairsOf(row: Row, column: string): Readonly<Record<string, string>> {
  const pairs = itemsOf(row, column).filter(({ kind }) => kind !== 'absent');
  return Object.fromEntries(
    pairs.map(({ text }) => {
      const at = text.indexOf('=');
      return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
