/** What is asked of the package: its own types are its sources, which do not pass the checks that are on here. */
export function compress(bytes: Uint8Array, mode: number): Uint8Array;
export function decompress(bytes: Uint8Array): Uint8Array<ArrayBuffer>;
