// Which tests a mutant is tried by, and in which order: those first that have found much in little time.

/** What has no tests of its own is asked about by those of another folder. */
const askedBy = { rule: 'dump' };

/** From a dry run's reports: the tests that pass, those that do not, and what evaluates which mutant. */
export function planner(reports) {
  const tests = [];
  const failing = [];
  const byMutant = new Map();
  const hits = new Map();
  const atLoad = new Set();
  const note = (ids, numbers) => {
    for (const id of ids) {
      if (!byMutant.has(id)) byMutant.set(id, new Set());
      for (const number of numbers) byMutant.get(id).add(number);
    }
  };
  for (const report of reports) {
    const numbers = [];
    for (const { name, milliseconds, error, evaluates } of report.results) {
      if (error !== undefined) {
        failing.push({ file: report.file, name, error });
        continue;
      }
      const number = tests.push({ file: report.file, name, milliseconds, kills: new Map() }) - 1;
      numbers.push(number);
      note(evaluates, [number]);
    }
    // What is evaluated at load, outside of any test, can be noticed by every test of the file.
    note(report.atLoad, numbers);
    for (const id of report.atLoad) atLoad.add(id);
    for (const [id, times] of Object.entries(report.hits)) hits.set(id, (hits.get(id) ?? 0) + times);
  }

  /** When each test would end if all files ran side by side: by it all files get on at the same pace. */
  const ends = [];
  const spent = new Map();
  for (const { file, milliseconds } of tests) {
    const end = (spent.get(file) ?? 0) + milliseconds;
    ends.push(end);
    spent.set(file, end);
  }

  /** What has killed mutants of the same source, then the folder's own tests, what has killed others, and the rest. */
  function order(numbers, source) {
    const folder = source.split('/')[1];
    const own = `test/${askedBy[folder] ?? folder}/`;
    const worth = (number) => {
      const { kills, file, milliseconds } = tests[number];
      const killed =
        100 * (kills.get(source) ?? 0) + (file.startsWith(own) ? 10 : 0) + (kills.size > 0 ? 1 : 0);
      return killed / (milliseconds + 2);
    };
    return numbers
      .map((number) => ({ number, worth: worth(number) }))
      .toSorted((left, right) => right.worth - left.worth || ends[left.number] - ends[right.number])
      .map(({ number }) => [number, tests[number].file, tests[number].name]);
  }

  return {
    tests,
    failing,
    isCovered: (id) => (byMutant.get(id)?.size ?? 0) > 0,
    isAtLoad: (id) => atLoad.has(id),
    /** A hundred times what it takes without the mutant is taken for endless, as Stryker does. */
    hitLimit: (id) => (hits.get(id) ?? 0) * 100,
    testsFor: ({ id, file }) => order([...(byMutant.get(id) ?? [])], file),
    leaveOut(number) {
      for (const numbers of byMutant.values()) numbers.delete(number);
    },
    killed(number, { file }) {
      const { kills } = tests[number];
      kills.set(file, (kills.get(file) ?? 0) + 1);
    },
  };
}
