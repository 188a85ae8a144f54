import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const report = process.env.KUBENAT_REPORT;

/** Properties get the same inputs in every run; KUBENAT_SEED=fresh asks for others, and any number for those of that one. */
function seed(): string {
  const wanted = process.env.KUBENAT_SEED ?? '20261129';
  return wanted === 'fresh' ? String(Math.floor(Math.random() * 2 ** 31)) : wanted;
}

const counted = 'test/fuzz/linear.test.ts';
/** What asks a kernel, a browser, or the built command again and again: minutes, and tools that not everybody has. */
const live = ['test/kernel/**/*.test.ts', 'test/web/**/*.test.ts', 'test/hostile/**/*.test.ts'];
/** The package in projects of its users: installed by npm. */
const recipes = 'test/recipes/**/*.test.ts';

/** What takes longest, in whose time a hundred others end: vitest knows that only from a run before, and without one goes by sizes. */
const long = ['test/proof/packets.test.ts', 'test/kernel/diff.test.ts'];

/** A long file that is begun last keeps one worker busy while the others have nothing left to do. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => long.some((file) => moduleId.endsWith(file));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const source = (file: string) => new URL(`src/${file}`, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    // Examples import the package by its name; here that is the source.
    alias: [
      { find: /^kubenat$/, replacement: source('index.ts') },
      { find: /^kubenat\/test$/, replacement: source('testing/index.ts') },
      { find: /^kubenat\/vitest$/, replacement: source('testing/vitest.ts') },
    ],
  },
  test: {
    env: { KUBENAT_SEED: seed() },
    setupFiles: ['test/seed.ts'],
    // The default of 5 s fails honest tests on a busy machine.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One for each processor: vitest leaves one free, which on two of them doubles the time.
    maxWorkers: '100%',
    // Each worker imports the sources once, and not for each of 130 files: a fifth of the time was that.
    isolate: false,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          globalSetup: ['test/seed-told.ts'],
          include: ['test/**/*.test.ts', 'examples/*.test.ts'],
          exclude: [counted, ...live, recipes],
        },
      },
      { extends: true, test: { name: 'live', include: live } },
      { extends: true, test: { name: 'recipes', include: [recipes] } },
      // V8 counts nothing in what it compiled before it was told to count: a process of its own.
      { extends: true, test: { name: 'counted', include: [counted], isolate: true } },
    ],
    // A golden file is written only when somebody asks for it (npm run golden), not because it is missing.
    update: 'none',
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    coverage: { provider: 'v8', include: ['src/**'], exclude: ['src/grammar/*.gen.ts'] },
  },
});
