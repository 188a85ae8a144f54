/** The least of several runs, in milliseconds: noise only ever adds. */
export function best(runs: number, work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** The same in milliseconds of processor time, on which what else the machine does falls less. */
export function bestCpu(runs: number, work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** One line of a report: a name, a figure, and what it is measured against. */
export function row(
  name: string,
  milliseconds: number,
  against: string,
  reference: number,
  limit?: number,
): void {
  const ratio = milliseconds / reference;
  const mark =
    limit === undefined ? '' : ratio <= limit ? `  (at most ${limit}: met)` : `  (at most ${limit}: MISSED)`;
  console.log(
    `${name.padEnd(44)} ${milliseconds.toFixed(0).padStart(7)} ms  ${ratio.toFixed(2)} x ${against}${mark}`,
  );
}
