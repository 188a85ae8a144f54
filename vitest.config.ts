import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A golden file changes only when somebody asks for it (npm run golden), not because it is missing.
    update: process.argv.includes('--update') || process.argv.includes('-u'),
    coverage: { provider: 'v8', include: ['src/**'], exclude: ['src/grammar/*.gen.ts'] },
  },
});
