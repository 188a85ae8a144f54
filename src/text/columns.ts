/** Columns of a terminal: a syllable of Hangul takes two. */
export function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (/[\uac00-\ud7a3]/.test(letter) ? 2 : 1), 0);
}

/** As `padEnd`, in columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}
