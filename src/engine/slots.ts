/**
 * Small integers found by keys of `width` 32-bit integers. Key and value lie side by side in one array, so that finding
 * one costs the processor one look into memory, however many there are: a Map of as many takes several. Up to four integers.
 */
export class Slots {
  private readonly width: number;
  private readonly stride: number;
  /** Per slot the key, then the value plus one: 0 is an empty slot. A power of two of slots, at most half of them full. */
  private table: Int32Array;
  private shift: number;
  private used = 0;

  constructor(width: number) {
    this.width = width;
    this.stride = 2 ** Math.ceil(Math.log2(width + 1));
    this.table = new Int32Array(16 * this.stride);
    this.shift = 32 - 4;
  }

  get size(): number {
    return this.used;
  }

  /** The value, 0 to 2^31 - 2; -1 where there is none. Parts of the key beyond `width` are 0. */
  find(first: number, second = 0, third = 0, fourth = 0): number {
    return (this.table[this.place(first, second, third, fourth) + this.width] as number) - 1;
  }

  set(value: number, first: number, second = 0, third = 0, fourth = 0): void {
    const { table, width } = this;
    const place = this.place(first, second, third, fourth);
    if (table[place + width] === 0) this.used += 1;
    table.set([first, second, third, fourth].slice(0, width), place);
    table[place + width] = value + 1;
    if (this.used * 2 * this.stride > table.length) this.grow();
  }

  /** Where the key is, or the empty slot where it belongs. */
  private place(first: number, second: number, third: number, fourth: number): number {
    const { table, width, stride } = this;
    const mixed = Math.imul(
      first ^ Math.imul(second ^ Math.imul(third ^ Math.imul(fourth, 0x27d4eb2f), 0x85ebca6b), 0xc2b2ae35),
      0x9e3779b1,
    );
    let place = (mixed >>> this.shift) * stride;
    while (table[place + width] !== 0) {
      if (
        table[place] === (first | 0) &&
        (width < 2 || table[place + 1] === (second | 0)) &&
        (width < 3 || table[place + 2] === (third | 0)) &&
        (width < 4 || table[place + 3] === (fourth | 0))
      )
        return place;
      place += stride;
      if (place === table.length) place = 0;
    }
    return place;
  }

  private grow(): void {
    const { table, width, stride } = this;
    this.table = new Int32Array(table.length * 2);
    this.shift -= 1;
    this.used = 0;
    for (let place = 0; place < table.length; place += stride) {
      const [first = 0, second = 0, third = 0, fourth = 0] = table.subarray(place, place + width);
      const value = (table[place + width] as number) - 1;
      if (value >= 0) this.set(value, first, second, third, fourth);
    }
  }
}

const halves = new BigUint64Array(2);
const words = new Int32Array(halves.buffer);

/** Small integers found by IPv6 addresses. (V8 hashes a bigint by its low 64 bits, the same few for all nodes' pods.) */
export class AddressSlots {
  private readonly slots = new Slots(4);

  get size(): number {
    return this.slots.size;
  }

  /** The value, 0 or more; -1 where there is none. */
  find(address: bigint): number {
    split(address);
    return this.slots.find(words[0] as number, words[1], words[2], words[3]);
  }

  set(value: number, address: bigint): void {
    split(address);
    this.slots.set(value, words[0] as number, words[1], words[2], words[3]);
  }
}

/** Into `words`. */
function split(address: bigint): void {
  halves[0] = address;
  halves[1] = address >> 64n;
}
