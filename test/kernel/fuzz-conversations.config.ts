import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/kernel/fuzz-conversations.ts'], testTimeout: 0 } });
