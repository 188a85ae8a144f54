// Reads the dump of a large kube-proxy, in the order in which iptables-save prints it, beside iptables' own check of it
// and beside moo's bare lexing of it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDump } from '../src/dump/read.ts';
import { writeDump } from '../src/dump/write.ts';
import { lexer } from '../src/grammar/dump-lexer.ts';
import type { Chain, Ruleset } from '../src/rule/ruleset.ts';
import { best, row } from './measure.ts';

/** A chain's name as kube-proxy makes it: sixteen signs of base 32, of a hash. */
function chainName(kind: 'SVC' | 'SEP', text: string): string {
  const digest = createHash('sha256').update(text).digest();
  return `KUBE-${kind}-${[...digest.subarray(0, 16)].map((byte) => base32[byte & 31]).join('')}`;
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The dump of `services` services with ten endpoints each, 43 lines per service, as iptables-save orders it. */
export function largeDump(services: number): string {
  const rules = new Map<string, string[]>([['KUBE-SERVICES', []]]);
  for (let service = 0; service < services; service += 1) {
    const name = `ns-${service % 100}/svc-${service}`;
    const address = `10.${96 + (service >> 16)}.${(service >> 8) & 255}.${service & 255}`;
    const chain = chainName('SVC', name);
    const cluster = `-d ${address}/32 -p tcp -m comment --comment "${name} cluster IP" -m tcp --dport 80`;
    rules.get('KUBE-SERVICES')?.push(`${cluster} -j ${chain}`);
    const own = [`! -s 10.244.0.0/16 ${cluster} -j KUBE-MARK-MASQ`];
    rules.set(chain, own);
    for (let left = 10; left > 0; left -= 1) {
      const endpoint = `10.${(service >> 8) + 100}.${service & 255}.${left}`;
      const chance = (Math.round(2 ** 31 / left) / 2 ** 31).toFixed(11);
      const statistic = left > 1 ? ` -m statistic --mode random --probability ${chance}` : '';
      const next = chainName('SEP', name + endpoint);
      own.push(`-m comment --comment "${name} -> ${endpoint}:8080"${statistic} -j ${next}`);
      rules.set(next, [
        `-s ${endpoint}/32 -m comment --comment "${name}" -j KUBE-MARK-MASQ`,
        `-p tcp -m comment --comment "${name}" -m tcp -j DNAT --to-destination ${endpoint}:8080`,
      ]);
    }
  }
  rules.set('KUBE-MARK-MASQ', ['-j MARK --set-xmark 0x4000/0x4000']);
  const chains = [...rules.keys()].sort();
  return [
    '*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]',
    ...chains.map((chain) => `:${chain} - [0:0]`),
    '-A PREROUTING -j KUBE-SERVICES',
    '-A OUTPUT -j KUBE-SERVICES',
    ...chains.flatMap((chain) => (rules.get(chain) ?? []).map((rule) => `-A ${chain} ${rule}`)),
    'COMMIT\n',
  ].join('\n');
}

/** The same rules as kube-proxy sends them: service by service, each one's endpoints behind it. */
function proxyOrder({ family, tables: [table] }: Ruleset): string {
  const chains = new Map<string, Chain>();
  let at = 0;
  const send = (name: string): readonly string[] => {
    const chain = table?.chains.get(name) as Chain;
    const rules = chain.rules.map((rule) => ({ ...rule, at: at++ }));
    chains.set(name, { ...chain, rules });
    return rules.flatMap(({ target }) => (target?.kind === 'jump' ? target.chain : []));
  };
  for (const name of ['PREROUTING', 'OUTPUT', 'KUBE-MARK-MASQ']) send(name);
  for (const service of send('KUBE-SERVICES')) {
    for (const endpoint of send(service)) if (endpoint !== 'KUBE-MARK-MASQ') send(endpoint);
  }
  return writeDump({ family, tables: [{ name: 'nat', chains }] }, { spelling: 'restore' });
}

function lexAll(text: string): void {
  for (const line of text.split('\n')) {
    lexer.reset(line);
    while (lexer.next());
  }
}

function timeLegacy(text: string): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'kubenat-'));
  const file = join(folder, 'dump');
  writeFileSync(file, text);
  const start = performance.now();
  const { status } = spawnSync('unshare', ['-n', 'iptables-legacy-restore', '--test', file]);
  rmSync(folder, { recursive: true });
  return status === 0 ? performance.now() - start : undefined;
}

const small = largeDump(1_000);
const large = largeDump(10_000);
const source = { name: 'dump', text: large };
const before = process.memoryUsage.rss();
const read = best(2, () => readDump(source, { family: 'ipv4' }));
const peak = process.resourceUsage().maxRSS * 1024 - before + large.length;
const { ruleset } = readDump(source, { family: 'ipv4' });
const write = best(3, () => writeDump(ruleset));
const readSmall = best(3, () => readDump({ name: 'dump', text: small }, { family: 'ipv4' }));
const lexing = best(1, () => lexAll(large));
const legacy = timeLegacy(large);
console.log(`${large.split('\n').length} lines, ${(large.length / 1e6).toFixed(0)} MB`);
if (legacy !== undefined) row('read', read, 'iptables-legacy-restore --test', legacy, 0.25);
row('read', read, "moo's bare lexing", lexing, 3);
row('read', read, '10 x a tenth of it', 10 * readSmall);
row('write', write, 'read', read);
const text = proxyOrder(ruleset);
const readProxy = best(2, () => readDump({ name: 'dump', text }, { family: 'ipv4' }));
const legacyProxy = timeLegacy(text);
if (legacyProxy !== undefined) {
  row("read, in kube-proxy's order", readProxy, 'iptables-legacy-restore --test', legacyProxy, 0.25);
}
console.log(`peak memory ${(peak / large.length).toFixed(1)} x the file (at most 12)`);
