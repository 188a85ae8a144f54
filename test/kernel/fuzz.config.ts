import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/kernel/fuzz.ts'], testTimeout: 0 } });
