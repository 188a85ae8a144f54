import { defineConfig } from 'vitest/config';

const report = process.env['KUBENAT_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    coverage: { provider: 'v8', include: ['src/**'], exclude: ['src/grammar/*.gen.ts'] },
  },
});
