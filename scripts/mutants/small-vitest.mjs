// What the tests take from vitest: names for tests, and its own `expect`. Collecting and running them is left to whoever
// runs them, which can be one test at a time, and again.
import { readFileSync } from 'node:fs';
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect);
Object.assign(expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT], {
  getState: () => getState(expect),
  setState: (state) => setState(state, expect),
  extend: (matchers) => chai.expect.extend(expect, matchers),
  unreachable: (message) => chai.assert.fail(message ?? 'expected not to be reached'),
});
expect.extend({
  toMatchFileSnapshot: (text, path) => ({
    pass: readFileSync(path, 'utf8') === text,
    message: () => `differs from ${path}`,
  }),
});

const newSuite = (parent) => ({
  parent,
  beforeAll: [],
  afterAll: [],
  beforeEach: [],
  afterEach: [],
  begun: false,
});
let tests = [];
let suite = newSuite();

/** The tests that `load` names: each with its name, its function and its suite. */
export function collect(load) {
  tests = [];
  suite = newSuite();
  load();
  return tests;
}

const functionOf = (given) => given.find((one) => typeof one === 'function');

function test(name, ...given) {
  const nth = tests.filter((other) => other.name === pathOf(name)).length;
  tests.push({ name: nth ? `${pathOf(name)} #${nth}` : pathOf(name), run: functionOf(given), suite });
}

function describe(name, ...given) {
  const outer = suite;
  suite = { ...newSuite(outer), name };
  functionOf(given)();
  suite = outer;
}

function pathOf(name) {
  const names = [name];
  for (let one = suite; one.parent; one = one.parent) names.unshift(one.name);
  return names.join(' > ');
}

const each =
  (one) =>
  (rows) =>
  (name, ...given) => {
    rows.forEach((row, index) => {
      const run = functionOf(given);
      one(`${name} [${index}]`, () => (Array.isArray(row) ? run(...row) : run(row)));
    });
  };
test.each = each(test);
describe.each = each(describe);
const hook = (kind) => (run) => suite[kind].push(run);

export const vitest = {
  describe,
  test,
  it: test,
  expect,
  beforeAll: hook('beforeAll'),
  afterAll: hook('afterAll'),
  beforeEach: hook('beforeEach'),
  afterEach: hook('afterEach'),
};

const lineage = (suite) => (suite ? [...lineage(suite.parent), suite] : []);

/** What must be done once before a test of a suite runs; false where it was done. */
export async function begin({ suite }) {
  for (const one of lineage(suite)) {
    if (one.begun) continue;
    one.begun = true;
    for (const run of one.beforeAll) await run();
  }
}

export async function runTest(test) {
  const suites = lineage(test.suite);
  for (const one of suites) for (const run of one.beforeEach) await run();
  try {
    await test.run();
  } finally {
    for (const one of suites.toReversed()) for (const run of one.afterEach) await run();
  }
}

/** Tidies up after all suites that were begun. */
export async function end(tests) {
  for (const suite of new Set(tests.flatMap(({ suite }) => lineage(suite).toReversed()))) {
    if (!suite.begun) continue;
    suite.begun = false;
    for (const run of suite.afterAll) await run();
  }
}
