import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/proof/fuzz.ts'], testTimeout: 0 } });
