import type { Version, VersionOptions, VersionTexts } from '../../../session/version.ts';

/** The command that prints the same as the page shows. */
export function traceCommand({ data, options }: Version, node: string, packet: string): string {
  const files = data.rules
    ? ['--rules', data.rules.name, ...data.words.flatMap((word) => ['--cluster', word])]
    : data.words;
  const sources = (flag: string, list: VersionOptions['host']) =>
    (list ?? []).flatMap(({ name }) => [flag, name]);
  return spell([
    'trace',
    ...flags(data, options, node),
    ...sources('--host', options.host),
    ...sources('--sets', options.sets),
    '--packet',
    packet,
    ...files,
  ]);
}

/** `off`: nodes that are gone; `dead`: nodes that do not answer. */
export function explainCommand(
  { data, options }: Version,
  service: string,
  off: readonly string[],
  dead: readonly string[],
): string {
  return spell([
    'explain',
    ...flags(data, options, null),
    ...off.flatMap((name) => ['--without-node', name]),
    ...dead.flatMap((name) => ['--dead-node', name]),
    ...data.words,
    service,
  ]);
}

/** Null where there is none: the command takes one file or directory of each side, and what is common to both. */
export function diffCommand(before: VersionTexts, { data, options }: Version, node: string): string | null {
  const named = ({ rules, words }: VersionTexts) => (rules ? [rules.name, ...words] : words);
  const common = named(data).filter((word) => named(before).includes(word));
  const own = (version: VersionTexts) => named(version).filter((word) => !common.includes(word));
  const [was, is] = [own(before), own(data)];
  if (was.length !== 1 || is.length !== 1) return null;
  const [first, then] = [before.config?.name, data.config?.name];
  const configs = first === then ? [] : [...given('--config', first), ...given('--config-after', then)];
  return spell([
    'diff',
    ...flags({ ...data, config: first === then ? data.config : null }, options, node),
    ...configs,
    ...common.flatMap((word) => ['--cluster', word]),
    ...(options.host ?? []).flatMap(({ name }) => ['--host', name]),
    ...was,
    ...is,
  ]);
}

const given = (flag: string, value: string | undefined): string[] =>
  value === undefined ? [] : [flag, value];

function flags({ config }: VersionTexts, options: VersionOptions, node: string | null): string[] {
  const list: readonly (readonly [string, string | undefined])[] = [
    ['--node', node || undefined],
    ['--config', config?.name],
    ['--family', options.family],
    ['--mode', options.mode],
    ['--kube-version', options.kubeVersion],
    ['--service-cidr', options.serviceCidr],
    ['--node-port-range', options.nodePortRange],
    ['--load-balancer-cidr', options.loadBalancerCidr],
    ['--namespace', options.namespace],
  ];
  return list.flatMap(([flag, value]) => given(flag, value));
}

/** As a shell reads it. */
function spell(words: readonly string[]): string {
  const quoted = words.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  return ['kubenat', ...quoted].join(' ');
}
