import type { TestProject } from 'vitest/node';

/** Says which inputs a run had, so that it can be had again. */
export default function tellSeed({ config }: TestProject): void {
  process.stdout.write(`Properties run with KUBENAT_SEED=${config.env.KUBENAT_SEED}\n`);
}
