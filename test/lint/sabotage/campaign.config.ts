import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/lint/sabotage/campaign.ts'], testTimeout: 0 } });
