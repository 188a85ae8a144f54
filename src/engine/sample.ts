/** Draws outcomes by their probabilities: how often each of them came. The same for the same seed, on every machine. */
export function drawOutcomes(
  outcomes: readonly { readonly probability: number }[],
  draws: number,
  seed: number,
): readonly number[] {
  const counts = outcomes.map(() => 0);
  const next = generator(seed);
  for (let draw = 0; draw < draws; draw += 1) {
    let rest = next();
    let index = 0;
    while (index < outcomes.length - 1) {
      rest -= (outcomes[index] as { probability: number }).probability;
      if (rest < 0) break;
      index += 1;
    }
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

/** Numbers from 0 up to 1, by a 32-bit counter that is mixed (SplitMix32). */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
