import { mkdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** Where inputs that failed are kept. */
export const kept = 'build/fuzz';

/** No input of these sizes takes as long as this, in milliseconds, on however busy a machine, unless it does not end. */
const patience = 120_000;

/** Looks at the clock, since a loop without end lets nobody else look; keeps the input and ends the process. */
const code = `
  const { workerData: { shared, length, patience, path } } = require('node:worker_threads');
  const beat = new Int32Array(shared, 0, 2);
  let last = -1, since = Date.now();
  setInterval(() => {
    const now = Atomics.load(beat, 0);
    if (now !== last || now % 2 === 0) { last = now; since = Date.now(); return; }
    if (Date.now() - since < patience) return;
    const text = Buffer.from(shared, 8, Atomics.load(beat, 1));
    require('node:fs').writeFileSync(path, text);
    process.stderr.write('an input takes too long; it is in ' + path + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }, 500);`;

/** Watches over work on texts from a thread of its own. */
export class Watchdog {
  readonly #shared = new SharedArrayBuffer(1 << 20);
  readonly #beat = new Int32Array(this.#shared, 0, 2);
  readonly #text = new Uint8Array(this.#shared, 8);
  readonly #worker: Worker;

  constructor(name: string) {
    mkdirSync(kept, { recursive: true });
    const workerData = { shared: this.#shared, patience, path: `${kept}/${name}-too-long` };
    this.#worker = new Worker(code, { eval: true, workerData });
    this.#worker.unref();
  }

  /** Does the work; ends the process when it does not end. */
  async watch(text: string, work: () => unknown): Promise<void> {
    const { written } = new TextEncoder().encodeInto(text, this.#text);
    this.#beat[1] = written;
    Atomics.add(this.#beat, 0, 1);
    try {
      await work();
    } finally {
      Atomics.add(this.#beat, 0, 1);
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
