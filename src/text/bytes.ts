/** How many bytes a text has in UTF-8. */
export const byteLength: (text: string) => number = Buffer.byteLength;

/** The bytes of a text in UTF-8, as the characters 0 to 255. */
export const latin = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
