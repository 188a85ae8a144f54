import { formatEndpoint } from '../address/address.ts';
import { ruleKey } from '../proof/rules/keys.ts';
import { type Finding, isOfRules, type RuleFinding } from './finding.ts';

/** The service that a finding is about, as `namespace/name:port`; null: none. */
export function serviceOf(finding: Finding): string | null {
  if ('service' in finding) return finding.service;
  return 'share' in finding ? finding.front.service : null;
}

/** Where packets of a finding go to and come from. */
export function wayOf(finding: Finding): { readonly from: string; readonly to: string } | null {
  if (!('share' in finding)) return null;
  const { front, from } = finding;
  const to = front.address === null ? `:${front.port}` : formatEndpoint(front.address, front.port);
  return { from, to };
}

/**
 * What a finding is known by when the text around it changes: what it is about, without line numbers and without the
 * number of a rule in its chain.
 */
export function identityOf(finding: Finding): string {
  const way = wayOf(finding);
  const parts = [
    serviceOf(finding),
    way && `from ${way.from} to ${way.to}`,
    isOfRules(finding) ? placeKey(finding) : textKey(finding),
    finding.code === 'drift-missing' ? finding.wanted : null,
    'element' in finding ? finding.element : null,
  ];
  // What is about nothing in particular is told by its kind.
  return parts.filter((part) => part !== null && part !== '').join(', ') || finding.code;
}

/** What is to blame: the same for all ways that one rule or chain cuts off, or does something else to. */
export function causeOf(finding: Finding): string {
  return isOfRules(finding) ? placeKey(finding) : identityOf(finding);
}

function placeKey({ place: { table, chain, rule } }: RuleFinding): string {
  return rule === null ? `${table} ${chain}` : `${table} ${chain}${ruleKey(rule)}`;
}

function textKey(finding: Exclude<Finding, RuleFinding>): string | null {
  switch (finding.code) {
    case 'silence-unused':
      return finding.silenced;
    case 'balancers-many':
    case 'move-changes':
      return null;
    case 'port-undeclared':
      return String(finding.port);
    case 'local-without-endpoint':
      return finding.policy;
    case 'front-shared':
      return `${finding.front.kind} ${finding.front.port} ${finding.other}`;
    default:
      return 'problem' in finding ? finding.problem.message : null;
  }
}
