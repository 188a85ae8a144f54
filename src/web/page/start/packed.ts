/** 94 to the 83rd is more than 2 to the 544th: of short blocks, none holds more in each of its characters. */
const block = { bytes: 68, characters: 83 };
/** So many numbers of 24 bits hold a block. */
const parts = Math.ceil(block.bytes / 3);

/** The printable characters of ASCII but `<`, which would end the element that holds them: 6.55 bits in each, where base 64 has 6. */
const charOf = (digit: number): string => String.fromCharCode(digit === 28 ? 126 : 32 + digit);
const digitOf = (code: number): number => (code === 126 ? 28 : code - 32);

/** Bytes as text, in whole blocks: at the end there may be zeros. */
export function packed(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += block.bytes) {
    let held = 0n;
    for (let index = block.bytes - 1; index >= 0; index -= 1)
      held = held * 256n + BigInt(bytes[at + index] ?? 0);
    for (let index = 0; index < block.characters; index += 1) {
      text += charOf(Number(held % 94n));
      held /= 94n;
    }
  }
  return text;
}

/** The bytes of a text, and the zeros behind them. Large numbers would take seconds. */
export function unpacked(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length / block.characters) * block.bytes);
  for (let at = 0, to = 0; at < text.length; at += block.characters, to += block.bytes) {
    const held = new Array<number>(parts).fill(0);
    for (let index = block.characters - 1; index >= 0; index -= 1) {
      let carried = digitOf(text.charCodeAt(at + index));
      for (let part = 0; part < parts; part += 1) {
        const sum = (held[part] as number) * 94 + carried;
        held[part] = sum & 0xffffff;
        carried = sum >>> 24;
      }
    }
    for (let index = 0; index < block.bytes; index += 1)
      bytes[to + index] = (held[Math.floor(index / 3)] as number) >>> (8 * (index % 3));
  }
  return bytes;
}
