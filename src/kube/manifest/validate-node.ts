import { familyOf } from '../../address/address.ts';
import { parseSloppyAddress, parseSloppyPrefix } from '../../address/sloppy.ts';
import type { Path } from '../../documents/path.ts';
import { want } from '../../text/expected.ts';
import type { ApiRelease } from './api-release.ts';
import type { ManifestDetail } from './detail.ts';
import type { Manifest } from './kinds.ts';
import { expectedForms, parseLabelValue, parseQualifiedName } from './names.ts';
import { parseQuantity } from './quantity.ts';
import { isStrict, reportPrefixFault } from './spelling.ts';
import type { Report } from './validate.ts';

type Node = Manifest<'Node'>['value'];

/** The prefixes of a Node's pods as the API server keeps them: an old client's one, where it differs, wins over the list. */
export function podPrefixesOf({ spec }: Pick<Node, 'spec'>): readonly string[] {
  const { podCIDR } = spec ?? {};
  const list = spec?.podCIDRs ?? [];
  return podCIDR && podCIDR !== list[0] ? [podCIDR] : list;
}

/** `isNew`: it replaces none, for which its status would be passed over. */
export function validateNode(node: Node, report: Report, release: ApiRelease, isNew: boolean): void {
  podPrefixes(node, report, release);
  taints(node, report);
  if (isNew) wholeQuantities(node, report);
  (node.status?.addresses ?? []).forEach(({ type, address }, index) => {
    if ((type !== 'InternalIP' && type !== 'ExternalIP') || parseSloppyAddress(address ?? '') !== undefined)
      return;
    const path = ['status', 'addresses', index, 'address'];
    const detail: ManifestDetail = { code: 'address-passed', text: address ?? '' };
    report('address-syntax', path, detail, want.thing('ip-of-any-family'), 'warning');
  });
}

function podPrefixes(node: Node, report: Report, release: ApiRelease): void {
  const strict = isStrict(node.metadata, release);
  const prefixes = podPrefixesOf(node);
  const path = ['spec', 'podCIDRs'];
  const isAlone = prefixes !== node.spec?.podCIDRs;
  prefixes.forEach((text, index) => {
    const place: Path = isAlone ? ['spec', 'podCIDR'] : [...path, index];
    if (parseSloppyPrefix(text) === undefined) {
      const expected = want.suchAs('10.244.1.0/24', want.thing('address-and-length'));
      report('address-syntax', [...path, index], { code: 'no-prefix', text }, expected, 'error', place);
    } else reportPrefixFault(report, [...path, index], text, strict, place);
  });
  const families = prefixes.flatMap((text) => {
    const subnet = parseSloppyPrefix(text);
    return subnet ? [familyOf(subnet.address)] : [];
  });
  if (new Set(families).size < families.length)
    report('field-value', path, { code: 'several-of-family' }, want.thing('prefix-of-each-family'));
}

/** The API server names them under metadata, where none are. */
function taints({ spec }: Node, report: Report): void {
  const seen = new Set<string>();
  (spec?.taints ?? []).forEach(({ key, value, effect }, index) => {
    const path = ['spec', 'taints', index];
    if (parseQualifiedName(key ?? '') === undefined)
      report('name-syntax', [...path, 'key'], { code: 'no-key', text: key ?? '' }, expectedForms.qualified);
    if (parseLabelValue(value ?? '') === undefined)
      report(
        'name-syntax',
        [...path, 'value'],
        { code: 'no-taint-value', text: value ?? '' },
        expectedForms.labelValue,
      );
    if (!effects.has(effect ?? '')) {
      const detail: ManifestDetail = effect
        ? { code: 'not-known-here', text: effect }
        : { code: 'required-field' };
      report('field-value', [...path, 'effect'], detail, want.written([...effects].join(', ')));
    }
    const own = `${key} ${effect}`;
    if (seen.has(own))
      report(
        'duplicate',
        path,
        { code: 'taint-twice', key: key ?? '', effect: effect ?? '' },
        want.thing('each-taint-once'),
      );
    seen.add(own);
  });
}

/** Pods, and what plugins of others count, come whole. */
function wholeQuantities({ status }: Node, report: Report): void {
  for (const field of ['capacity', 'allocatable'] as const) {
    for (const [name, amount] of Object.entries(status?.[field] ?? {})) {
      const quantity = parseQuantity(String(amount).trim());
      if (quantity === undefined || Number.isInteger(quantity) || !isCounted(name)) continue;
      report(
        'field-value',
        ['status', field, name],
        { code: 'no-integer', text: String(amount) },
        want.thing('integer'),
      );
    }
  }
}

const counted: ReadonlySet<string> = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);

function isCounted(name: string): boolean {
  const isForeign = name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');
  return counted.has(name) || (isForeign && parseQualifiedName(`requests.${name}`) !== undefined);
}

const effects: ReadonlySet<string> = new Set(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);
