// Inputs that grow, each to the worst of some expression, rule or loop: what four times the input takes, beside once.
// Quadratic work is sixteen times; only what is over the limit is printed, and the worst.
import { grown, tryRead } from '../test/fuzz/grown.ts';
import { type Target, targets } from '../test/fuzz/targets.ts';
import { best } from './measure.ts';

const small = 8_000;
const limit = 9;
/** Milliseconds; at this size, what is quadratic takes longer. */
const negligible = 40;

let tried = 0;
let worst = { name: 'none that takes time', factor: 0 };
for (const [name, inputs] of Object.entries(grown)) {
  const { read } = targets[name] as Target;
  for (const [kind, grow] of inputs) {
    tried += 1;
    const [little, much] = [grow(small), grow(small * 4)];
    if (best(1, () => tryRead(read, much)) < negligible) continue;
    const factor = best(3, () => tryRead(read, much)) / best(3, () => tryRead(read, little));
    if (factor > limit) console.log(`${name}, ${kind}: ${factor.toFixed(1)} x (at most ${limit}: MISSED)`);
    if (factor > worst.factor) worst = { name: `${name}, ${kind}`, factor };
  }
}
console.log(
  `${tried} kinds of inputs, four times as long; the worst takes ${worst.factor.toFixed(1)} x: ${worst.name}`,
);
