import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/lint/sabotage/record.ts'], testTimeout: 0 } });
