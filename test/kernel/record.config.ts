import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/kernel/record.ts'], testTimeout: 0 } });
