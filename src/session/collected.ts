import { told } from '../text/detail.ts';
import { type Expected, want } from '../text/expected.ts';
import { InputError } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { SessionDetail } from './detail.ts';

/**
 * What a node's own programs print, in one text with a line before each of them and behind it, in POSIX shell and without a
 * single quote, so that it can stand within some. Nothing is changed on the node. Links first without, then with a reader for
 * JSON: the ip of busybox has none.
 */
export const collectScript = [
  '[ "$(id -u)" = 0 ] || s=sudo',
  'PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin',
  'has() { command -v "$1" >/dev/null; }',
  'run() { r=127; echo "# kubenat section: $*"; if has "$1"; then $s "$@"; r=$?; fi; echo; echo "# kubenat status: $r"; return $r; }',
  'ipj() { run ip -json "$@" || run ip "$@"; }',
  'echo "# kubenat collect: 1 $(uname -n)"',
  'for f in ip ip6; do if has "$f"tables-nft-save || has "$f"tables-legacy-save; then run "$f"tables-nft-save; run "$f"tables-legacy-save; else run "$f"tables-save; fi; done',
  'run nft list ruleset',
  'run nft list hooks',
  'run ipset save',
  'run ipvsadm -Sn',
  'ipj -details addr',
  'for f in -4 -6; do ipj $f route show table all; ipj $f rule; done',
  'echo "# kubenat section: sysctl"',
  `sysctl -a 2>/dev/null | grep -E "^net\\.(ipv[46]\\.(conf\\..*\\.(rp_filter|route_localnet|forwarding|use_tempaddr|src_valid_mark|accept_local|send_redirects|force_forwarding)|ip_forward)|bridge\\..*|netfilter\\.nf_conntrack_.*) = -?[0-9]+$"`,
  'echo "# kubenat status: 0"',
  'echo "# kubenat end"',
].join('; ');

/** One program's output. */
interface Section {
  readonly command: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The rules of a text that `collectScript` printed, with the node's network and sets beside them; null where it is another text.
 * Lines keep their numbers. Throws an InputError where it is not whole, or holds no rules.
 */
export function openCollected(given: Source): readonly Source[] | null {
  const [, hostname] = /^# kubenat collect: 1 (.*)$/m.exec(given.text.slice(0, 4096)) ?? [];
  if (hostname === undefined) return null;
  const source = given.text.includes('\r\n')
    ? { ...given, text: given.text.replaceAll('\r\n', '\n') }
    : given;
  if (!/^# kubenat end$/m.test(source.text.slice(-4096)))
    refuse({ code: 'collected-breaks-off', name: source.name }, want.thing('whole-text'));
  const sections = sectionsOf(source.text);
  const only = (wanted: (section: Section) => boolean) => onlySections(source, sections.filter(wanted));
  const ofCommand = (command: RegExp) => sections.filter((section) => command.test(section.command));
  const node = {
    hostname: hostname.trim(),
    host: [...ofCommand(/^ip /), ...ofCommand(/^sysctl$/)].map((one) => only((other) => other === one)),
    sets: [...ofCommand(/^ipset /), ...ofCommand(/^ipvsadm /)].map((one) => only((other) => other === one)),
  };
  const rules = rulesOf(source, sections);
  if (rules.length === 0)
    refuse({ code: 'collected-nothing', name: source.name }, want.thing('collect-as-root'));
  return rules.map((one) => ({ ...one, node }));
}

/** Of each program that did its work and printed something. */
function sectionsOf(text: string): Section[] {
  const heads = [...text.matchAll(/^# kubenat section: (.*)\n/gm)];
  return heads.flatMap(({ 0: head, 1: command = '', index }): Section[] => {
    const start = index + head.length;
    const end = text.indexOf('# kubenat status: ', start);
    const [, status] = /^# kubenat status: (\d+)$/m.exec(text.slice(end, end + 40)) ?? [];
    const isEmpty = /^[\s[\]]*$/.test(text.slice(start, Math.min(end, start + 100)));
    return end === -1 || status !== '0' || (isEmpty && end - start < 100) ? [] : [{ command, start, end }];
  });
}

/** The text with blank lines for all else. */
function onlySections({ name, text }: Source, kept: readonly Pick<Section, 'start' | 'end'>[]): Source {
  let at = 0;
  let out = '';
  for (const { start, end } of kept.toSorted((left, right) => left.start - right.start)) {
    out += blankLines(text, at, start) + text.slice(start, end);
    at = end;
  }
  return { name, text: out };
}

function blankLines(text: string, start: number, end: number): string {
  let lines = 0;
  for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) lines += 1;
  return '\n'.repeat(lines);
}

/**
 * Rules of iptables as one text of both families, and beside it what nft alone has. A node can have rules of both back ends of
 * iptables: those of iptables-nft are told by nft then.
 */
function rulesOf(source: Source, sections: readonly Section[]): Source[] {
  const textOf = ({ start, end }: Section) => source.text.slice(start, end);
  const nft = sections.find(({ command }) => command === 'nft list ruleset');
  const chosen = ['ip', 'ip6'].flatMap((family) => {
    const dumps = sections.filter(
      ({ command }) => command.startsWith(`${family}tables`) && command.endsWith('-save'),
    );
    const filled = dumps.filter((dump) => /^(?:-A |:\S+ DROP)/m.test(textOf(dump)));
    const legacy = filled.find(({ command }) => command.includes('-legacy-'));
    if (filled.length > 1 && !nft)
      refuse({ code: 'collected-both', name: source.name }, want.thing('node-with-nft'));
    const dump = legacy ?? filled[0] ?? dumps[0];
    return dump ? [{ dump, family, told: legacy ? new Set<string>() : tablesOf(textOf(dump)) }] : [];
  });
  const others = nft ? nftTablesBeside(source, nft, chosen) : [];
  return [
    ...(chosen.length > 0
      ? [
          onlySections(
            source,
            chosen.map(({ dump }) => dump),
          ),
        ]
      : []),
    ...(others.length > 0 ? [onlySections(source, others)] : []),
  ];
}

const tablesOf = (dump: string) =>
  new Set([...dump.matchAll(/^\*(\w+)/gm)].map(([, table]) => table as string));

/** The tables of a ruleset that no dump of iptables-nft tells. */
function nftTablesBeside(
  { text }: Source,
  { start, end }: Section,
  dumps: readonly { readonly family: string; readonly told: ReadonlySet<string> }[],
): { readonly start: number; readonly end: number }[] {
  const heads = [...text.slice(start, end).matchAll(/^table (\S+) (\S+) \{/gm)];
  return heads.flatMap(({ 1: family, 2: table = '', index }, at) => {
    const isTold = dumps.some((dump) => dump.family === family && dump.told.has(table));
    const next = heads[at + 1];
    return isTold ? [] : [{ start: start + index, end: next ? start + next.index : end }];
  });
}

function refuse(detail: SessionDetail, expected: Expected): never {
  throw new InputError([
    { code: 'collected-part', severity: 'error', ...told<SessionDetail>(detail), expected },
  ]);
}
