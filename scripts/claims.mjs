// What was tried, and how often (`npm run claims`): runs the tests that count, adds up what they counted after it held, and
// prints the table. Needs root, Linux and iptables for the rows about the kernel; without, `npm run claims -- --here` tries
// what can be tried. `--write README.md` puts the table between the page's <!-- claims --> marks.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Rows of the table: what is claimed, what it was held against, what is counted, and the tests that count it. */
export const claims = {
  'compiled rules': {
    against: 'the real kube-proxy 1.25 to 1.30, byte for byte',
    unit: 'clusters and releases',
    test: 'test/compile/conformance.test.ts',
  },
  'compiled rules of later releases': {
    against: 'the real kube-proxy 1.32 to 1.37 beside an API server, but for the order of services',
    unit: 'clusters and releases',
    test: 'test/compile/recorded-releases.test.ts',
  },
  'tables of nftables mode': {
    against:
      'what `nft list ruleset` printed under the real kube-proxy 1.32 to 1.37, but for the order of chains',
    unit: 'clusters and releases',
    test: 'test/compile/nftables.test.ts',
  },
  'the restore spelling': {
    against: 'what kube-proxy 1.30 sent to `iptables-restore`, byte for byte but for the order of a Go map',
    unit: 'clusters',
    test: 'test/compile/conformance.test.ts',
  },
  'the save spelling': {
    against: 'the live kernel, both back ends: loaded and saved again',
    unit: 'clusters and back ends',
    test: 'test/kernel/compile.test.ts',
  },
  'recorded outcomes of packets': {
    against: 'recordings of a real kernel under rules of kube-proxy',
    unit: 'packets',
    test: 'test/engine/conformance.test.ts',
  },
  'recorded outcomes of packets in nftables mode': {
    against: 'the same under the rules of kube-proxy 1.37 in nftables mode',
    unit: 'packets',
    test: 'test/engine/nftables.test.ts',
  },
  'rule sets': {
    against: 'the live kernel, both back ends and families: generated rules',
    unit: 'rule sets',
    test: 'test/kernel/kernel.test.ts',
  },
  'outcomes of packets': {
    against: 'the same: packets sent through them',
    unit: 'packets',
    test: 'test/kernel/kernel.test.ts',
  },
  'packets of conversations': {
    against: 'the live kernel: answers, later packets, ICMP errors and waits, with its entries after each',
    unit: 'packets',
    test: 'test/kernel/conversations.test.ts',
  },
  'rules with sets': {
    against: 'the live kernel and `ipset`: generated rules and sets',
    unit: 'packets',
    test: 'test/kernel/sets.test.ts',
  },
  'recorded spellings of rules': {
    against: 'recordings of iptables 1.8.9, both back ends and families',
    unit: 'rules and back ends',
    test: 'test/iptables/spelling.test.ts',
  },
  'spellings of rules': {
    against: 'the live iptables, both back ends and families',
    unit: 'rules and back ends',
    test: 'test/kernel/spelling.test.ts',
  },
  'the source-IP matrix': {
    against: 'real connections between three nodes in network namespaces',
    unit: 'callers and entries',
    test: 'test/kernel/cluster.test.ts',
  },
  'what a change does to packets': {
    against: 'the same packets traced through both rule sets: mutated and generated ones',
    unit: 'packets',
    test: 'test/proof/packets.test.ts',
  },
  'witnesses of a change, and packets it spares': {
    against: 'the live kernel under the rules before and after',
    unit: 'packets',
    test: 'test/kernel/diff.test.ts',
  },
  'names and comments of any letters': {
    against: 'the live kernel: restore texts loaded as they are',
    unit: 'texts',
    test: 'test/kernel/names.test.ts',
  },
  'readers and the command line': {
    against: 'an answer or a reason, soon: fuzzed inputs',
    unit: 'inputs',
    test: 'test/fuzz/fuzz.test.ts',
  },
  'work in proportion to the input': {
    against: 'the same input four times as long',
    unit: 'kinds of inputs',
    test: 'test/fuzz/linear.test.ts',
  },
};

/** Adds up lines of `{"claim", "count"}`. */
export function addUp(lines) {
  const sums = new Map();
  for (const line of lines.split('\n').filter(Boolean)) {
    const { claim, count } = JSON.parse(line);
    sums.set(claim, (sums.get(claim) ?? 0) + count);
  }
  return sums;
}

export function printTable(sums) {
  const rows = Object.entries(claims).map(([claim, { against, unit }]) => {
    const sum = sums.get(claim);
    return `| ${claim} | ${against} | ${sum === undefined ? 'not tried here' : `${sum.toLocaleString('en')} ${unit}`} |`;
  });
  return ['| claim | compared with | how often |', '|---|---|---|', ...rows, ''].join('\n');
}

/** A page with the table between its marks. */
export function withTable(page, table) {
  const marks = /(<!-- claims -->\n)[\s\S]*?(<!-- \/claims -->)/;
  if (!marks.test(page)) throw new Error('the page has no <!-- claims --> and <!-- /claims -->');
  return page.replace(marks, (_all, begin, end) => `${begin}\n${table}\n${end}`);
}

function counted(here) {
  const folder = mkdtempSync(join(tmpdir(), 'kubenat-claims-'));
  try {
    const file = join(folder, 'counts.jsonl');
    writeFileSync(file, '');
    const tests = [...new Set(Object.values(claims).map(({ test }) => test))];
    const env = { ...process.env, KUBENAT_CLAIMS: file, ...(here ? {} : { KUBENAT_KERNEL: 'required' }) };
    const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...tests];
    const run = spawnSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 2, 2] });
    if (run.status !== 0) process.exit(1);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const after = (flag) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
  // What a run of all tests has counted need not be counted again.
  const of = after('--of');
  const table = printTable(addUp(of ? readFileSync(of, 'utf8') : counted(args.includes('--here'))));
  const page = after('--write');
  if (page) writeFileSync(page, withTable(readFileSync(page, 'utf8'), table));
  process.stdout.write(table);
}
