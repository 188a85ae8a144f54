const encoder = new TextEncoder();

/** In bytes. */
const blockSize = 2 ** 18;

/** In characters: as much is encoded at once. */
const fullPending = 2 ** 13;

/**
 * Lines that belong to somebody, kept as UTF-8 and given back owner by owner. A line is put together of many strings, which
 * V8 keeps as a tree until somebody reads it; encoded soon, the trees die young, and no garbage collector copies 30 MB of
 * text. Owners and runs of lines are plain numbers, because there are 100,000 and more.
 */
export class LineStore {
  readonly #blocks: Uint8Array[] = [];
  #block = new Uint8Array(0);
  #used = 0;
  #length = 0;
  #pending = '';
  #pendingOwner = -1;
  // By owner: its first and its last run, or -1.
  readonly #first: number[] = [];
  readonly #last: number[] = [];
  // By run: where it stands, and the next one of its owner, or -1.
  readonly #blockOf: number[] = [];
  readonly #start: number[] = [];
  readonly #end: number[] = [];
  readonly #next: number[] = [];

  /** Somebody new. */
  owner(): number {
    this.#first.push(-1);
    return this.#last.push(-1) - 1;
  }

  append(owner: number, line: string): void {
    if (owner !== this.#pendingOwner || this.#pending.length > fullPending) {
      this.#flush();
      this.#pendingOwner = owner;
    }
    this.#pending += `${line}\n`;
  }

  /** All lines of the owners in their order. `starts` is given where those of each of them begin. */
  gather(owners: readonly number[], starts: number[] = []): Uint8Array {
    this.#flush();
    const all = new Uint8Array(this.#length);
    let end = 0;
    for (const owner of owners) {
      starts.push(end);
      for (let run = this.#first[owner] as number; run !== -1; run = this.#next[run] as number) {
        const block = this.#blocks[this.#blockOf[run] as number] as Uint8Array;
        const lines = block.subarray(this.#start[run], this.#end[run]);
        all.set(lines, end);
        end += lines.length;
      }
    }
    return all.subarray(0, end);
  }

  #flush(): void {
    if (this.#pending === '') return;
    // A character of UTF-16 takes at most three bytes.
    const most = 3 * this.#pending.length;
    if (this.#used + most > this.#block.length) {
      this.#block = new Uint8Array(Math.max(blockSize, most));
      this.#blocks.push(this.#block);
      this.#used = 0;
    }
    const { written } = encoder.encodeInto(this.#pending, this.#block.subarray(this.#used));
    this.#addRun(this.#pendingOwner, this.#used, this.#used + written);
    this.#used += written;
    this.#length += written;
    this.#pending = '';
  }

  #addRun(owner: number, start: number, end: number): void {
    const run = this.#next.push(-1) - 1;
    this.#blockOf.push(this.#blocks.length - 1);
    this.#start.push(start);
    this.#end.push(end);
    const last = this.#last[owner] as number;
    if (last === -1) this.#first[owner] = run;
    else this.#next[last] = run;
    this.#last[owner] = run;
  }
}
