/** The candidate that a misspelt word means, or undefined where none is near: by default, at most one edit for three letters. */
export function nearest(
  word: string,
  candidates: Iterable<string>,
  most: number = Math.floor(word.length / 3),
): string | undefined {
  let best: string | undefined;
  let least = most + 1;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein's, and two neighbours in the wrong order are one edit (Damerau). */
function distance(left: string, right: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let line = 1; line <= left.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (row[column - 1] as number) + (left[line - 1] === right[column - 1] ? 0 : 1);
      const swapped =
        left[line - 1] === right[column - 2] && left[line - 2] === right[column - 1]
          ? (before[column - 2] as number) + 1
          : replaced;
      next.push(Math.min(replaced, swapped, (row[column] as number) + 1, (next[column - 1] as number) + 1));
    }
    [before, row] = [row, next];
  }
  return row[right.length] as number;
}
