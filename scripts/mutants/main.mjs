// npm run mutants -- --folder rule --seed 1 --count 500: Stryker's mutants of a folder, drawn by a seed, each tried by
// the tests that evaluate it until one fails. CONTRIBUTING.md says how to read what it prints.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.mjs';
import { draw, instrument } from './instrument.mjs';
import { planner } from './plan.mjs';
import { startWorker } from './start-worker.mjs';
import { summary } from './summary.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

// Tests that ask the outside world, take long for what they find, or read the sources themselves.
const leftOut = new RegExp(
  [
    'test/(?:kernel|web|fuzz|hostile|recipes|release)/',
    'test/(?:pages|readme|docs|layering|library(?:-page)?|schemas)[.]',
    'test/cli/(?:diff-git|diff-nodes|serve|report|progress|reference|completion)[.]',
    'test/(?:cluster/robust|manifest/fast-yaml|expect/file|report/sarif)[.]',
  ].join('|'),
);
// Tests that take long, and are about comparing: other folders have quicker ones.
const comparing =
  /test\/(?:proof\/|cli\/(?:diff|check)[.]|expect\/golden|path\/matrix|graph\/print|matchers)/;

const { values: options } = parseArgs({
  options: {
    folder: { type: 'string' },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '500' },
    workers: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '4' },
    runs: { type: 'string', default: '30' },
    again: { type: 'boolean', default: false },
  },
});
if (!options.folder) {
  process.stderr.write('npm run mutants -- --folder rule [--seed 1] [--count 500] [--workers 1] [--again]\n');
  process.exit(2);
}

const testFiles = readdirSync(join(root, 'test'), { recursive: true })
  .map((name) => `test/${name}`)
  .filter((name) => name.endsWith('.test.ts') && !leftOut.test(name))
  .filter((name) => options.folder === 'proof' || !comparing.test(name))
  .toSorted();
const results = join(root, 'build/mutants');
mkdirSync(results, { recursive: true });
const resultFile = join(results, `${options.folder.replaceAll('/', '-')}-${options.seed}.json`);

const { texts, mutants } = await instrument(root, options.folder);
const drawn = draw(mutants, options.seed, Number(options.count));
const { scripts, entries } = await bundle(root, testFiles, texts);
const job = join(results, `${options.folder.replaceAll('/', '-')}.job.json`);
writeFileSync(job, JSON.stringify({ root, scripts, entries, maxRuns: Number(options.runs) }));

const reports = [];
const first = await startWorker(job, root);
await first.dryRun(testFiles, (report) => reports.push(report));
first.stop();
const plan = planner(reports);
const total = plan.tests.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
process.stdout.write(
  `${mutants.length} mutants in src/${options.folder}, ${drawn.length} drawn; ${plan.tests.length} tests, ${(total / 1000).toFixed(1)} s\n`,
);
for (const { file, name, error } of plan.failing) {
  process.stdout.write(`left out, for it fails without a mutant: ${file} ${name}: ${error.split('\n')[0]}\n`);
}

/** What an earlier run found, where it is asked to look again at what it left. */
const known = new Map();
if (options.again && existsSync(resultFile)) {
  for (const one of JSON.parse(readFileSync(resultFile, 'utf8'))) {
    if (one.status === 'killed' || one.status === 'timeout') known.set(one.key, one);
  }
}

const budget = Number(options.seconds) * 1000;
const done = drawn.flatMap(({ id, key, ...mutant }) => {
  const { status, by, milliseconds } = known.get(key) ?? {};
  return status ? [{ key, ...mutant, id, status, by, milliseconds }] : [];
});
const waiting = drawn.filter(({ key }) => !known.has(key));
const begun = Date.now();

/** A test that has found its first mutant must pass without it, or it is asked no more. */
async function isSound(worker, number) {
  const { file, name, kills } = plan.tests[number];
  if (kills.size > 0) return true;
  const without = await worker.tryMutant({ id: 'none', tests: [[number, file, name]], hitLimit: 0, budget });
  if (without.status === 'survived') return true;
  process.stdout.write(`left out, for it fails without a mutant too: ${file} ${name}\n`);
  plan.leaveOut(number);
  return false;
}

async function work() {
  let worker = await startWorker(job, root);
  for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
    const { id } = mutant;
    let answer = { status: 'not covered' };
    while (plan.isCovered(id)) {
      answer = await worker.tryMutant({
        id,
        tests: plan.testsFor(mutant),
        hitLimit: plan.hitLimit(id),
        budget,
      });
      if (answer.by === undefined || (await isSound(worker, answer.by))) break;
    }
    if (answer.by !== undefined) plan.killed(answer.by, mutant);
    const killer =
      answer.by === undefined ? undefined : `${plan.tests[answer.by].file} ${plan.tests[answer.by].name}`;
    done.push({ ...mutant, ...answer, by: killer, atLoad: plan.isAtLoad(id) });
    if (answer.gone || worker.spent()) {
      worker.stop();
      worker = await startWorker(job, root);
    }
    if (done.length % 50 === 0) {
      const rate = (Date.now() - begun) / (done.length - known.size) / 1000;
      process.stdout.write(`${done.length} of ${drawn.length}, ${rate.toFixed(2)} s each\n`);
      writeFileSync(resultFile, JSON.stringify(done));
    }
  }
  worker.stop();
}
await Promise.all(Array.from({ length: Number(options.workers) }, work));
writeFileSync(resultFile, JSON.stringify(done));
process.stdout.write(summary(options.folder, done, (Date.now() - begun) / 1000));
