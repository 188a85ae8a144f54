// Runs tests against one mutant after the other: each time everything is evaluated anew with the mutant switched on.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { constants, Script } from 'node:vm';
import { begin, collect, end, expect, runTest, vitest } from './small-vitest.mjs';

const { root, scripts, entries, maxRuns } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const require = createRequire(join(root, 'package.json'));
const stryker = {};
globalThis.__stryker__ = stryker;
const home = process.cwd();
const testSeconds = 30;

/** Properties with fewer runs, always the same ones, and without a search for the smallest failure. */
function fewerRuns() {
  const real = require('fast-check');
  const fewer = (given = {}) => ({
    seed: 1,
    ...given,
    numRuns: Math.min(given.numRuns ?? 100, maxRuns),
    endOnFailure: true,
  });
  const own = {
    assert: (property, given) => real.assert(property, fewer(given)),
    check: (property, given) => real.check(property, fewer(given)),
    sample(arbitrary, given) {
      const { numRuns, ...rest } = typeof given === 'number' ? { numRuns: given } : { numRuns: 10, ...given };
      return real.sample(arbitrary, { seed: 1, ...rest, numRuns: Math.min(numRuns, Math.ceil(maxRuns / 5)) });
    },
  };
  return { ...real, ...own, default: { ...real.default, ...own }, __esModule: true };
}

const stand = new Map([
  ['vitest', vitest],
  ['fast-check', fewerRuns()],
]);
const compiled = new Map();

function scriptOf(name) {
  if (!compiled.has(name)) {
    const source = `(function (exports, require, module) {${scripts[name]}\n})`;
    const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    compiled.set(name, new Script(source, { filename: join(root, name), importModuleDynamically }));
  }
  return compiled.get(name);
}

/** A world of its own: every module is evaluated once in it. */
function newWorld() {
  const modules = new Map();
  const suites = new Map();
  function load(name) {
    const known = modules.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(name, module);
    scriptOf(name).runInThisContext()(module.exports, find, module);
    return module.exports;
  }
  const find = (name) => stand.get(name) ?? (name.startsWith('./') ? load(name.slice(2)) : require(name));
  const testsOf = (file) => {
    if (!suites.has(file))
      suites.set(
        file,
        collect(() => load(entries[file])),
      );
    return suites.get(file);
  };
  return { testsOf, end: async () => end([...suites.values()].flat()) };
}

async function inTime(work) {
  let timer;
  const late = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new Error('too slow')), testSeconds * 1000);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const milliseconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Says that it is alive, and lets the word out: tests that wait for nothing would hold it back. */
async function beat() {
  process.send({ alive: true });
  await new Promise(setImmediate);
}

async function tidy(world) {
  await world.end().catch(() => {});
  process.chdir(home);
  process.exitCode = undefined;
}

/** All tests once without a mutant: what passes, how long it takes, and which mutants each evaluates. */
async function dryRun(files) {
  for (const file of files) {
    stryker.mutantCoverage = { static: {}, perTest: {} };
    const world = newWorld();
    const hits = new Map();
    const count = (found = {}) => {
      for (const [id, times] of Object.entries(found)) hits.set(id, (hits.get(id) ?? 0) + times);
      return Object.keys(found);
    };
    const results = [];
    let tests = [];
    try {
      tests = world.testsOf(file);
    } catch (error) {
      results.push({ name: '(loading)', milliseconds: 0, error: String(error?.stack ?? error) });
    }
    for (const test of tests) {
      const result = { name: test.name, milliseconds: 0, error: undefined };
      const from = milliseconds();
      await beat();
      try {
        expect.setState({ testPath: join(root, file), currentTestName: test.name });
        await inTime(begin(test));
        stryker.currentTestId = test.name;
        await inTime(runTest(test));
      } catch (error) {
        result.error = String(error?.message ?? error).slice(0, 300);
      }
      stryker.currentTestId = undefined;
      result.milliseconds = milliseconds() - from;
      const { perTest } = stryker.mutantCoverage;
      result.evaluates = count(perTest[test.name]);
      delete perTest[test.name];
      results.push(result);
    }
    await tidy(world);
    const atLoad = count(stryker.mutantCoverage.static);
    process.send({ file, results, hits: Object.fromEntries(hits), atLoad });
  }
}

/** Until a test fails, or the time is spent. */
async function tryMutant({ id, tests, hitLimit, budget }) {
  Object.assign(stryker, { activeMutant: id, hitCount: 0, hitLimit });
  const world = newWorld();
  const begun = milliseconds();
  const answer = { id, status: 'survived', ran: 0 };
  for (const [number, file, name] of tests) {
    if (milliseconds() - begun > budget) {
      answer.unfinished = true;
      break;
    }
    await beat();
    try {
      expect.setState({ testPath: join(root, file), currentTestName: name });
      // A mutant can do away with rows of a table of tests: a test that is not there has not failed.
      const test = world.testsOf(file).find((test) => test.name === name);
      if (!test) continue;
      await inTime(begin(test));
      await inTime(runTest(test));
      answer.ran++;
    } catch (error) {
      Object.assign(answer, {
        status: 'killed',
        by: number,
        why: String(error?.message ?? error).slice(0, 200),
      });
      break;
    }
  }
  if (stryker.hitCount > hitLimit) answer.status = 'timeout';
  stryker.activeMutant = undefined;
  await tidy(world);
  process.send({ ...answer, milliseconds: milliseconds() - begun });
}

for (const stream of [process.stdout, process.stderr]) stream.write = () => true;
process.on('unhandledRejection', () => {});
process.on('disconnect', () => process.exit());
process.on('message', async ({ dry, mutant }) => {
  if (dry) await dryRun(dry);
  if (mutant) await tryMutant(mutant);
});
process.send({ ready: true });
