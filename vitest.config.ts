import { defineConfig } from 'vitest/config';

const report = process.env.KUBENAT_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A golden file is written only when somebody asks for it (npm run golden), not because it is missing.
    update: 'none',
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    coverage: { provider: 'v8', include: ['src/**'], exclude: ['src/grammar/*.gen.ts'] },
  },
});
