import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/kernel/nft/fuzz.ts'], testTimeout: 0 } });
