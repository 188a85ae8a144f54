import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressSlots, Slots } from '../../src/engine/slots.ts';

const part = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer());

test.each([1, 2, 3, 4])('slots of %d integers are a map', (width) => {
  const key = fc.array(part, { minLength: width, maxLength: width });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(key, fc.nat(1000)), { maxLength: 200 }),
      fc.array(key),
      (entries, others) => {
        const slots = new Slots(width);
        const map = new Map<string, number>();
        for (const [parts, value] of entries) {
          slots.set(value, ...(parts as [number]));
          map.set(parts.join(), value);
        }
        expect(slots.size).toBe(map.size);
        for (const parts of [...entries.map(([parts]) => parts), ...others]) {
          expect(slots.find(...(parts as [number]))).toBe(map.get(parts.join()) ?? -1);
        }
      },
    ),
  );
});

test('slots of addresses are a map', () => {
  const address = fc.bigInt(0n, 2n ** 128n - 1n);
  fc.assert(
    fc.property(fc.uniqueArray(address), address, (addresses, other) => {
      const slots = new AddressSlots();
      for (const [index, one] of addresses.entries()) slots.set(index, one);
      for (const [index, one] of addresses.entries()) expect(slots.find(one)).toBe(index);
      expect(slots.find(other)).toBe(addresses.indexOf(other));
    }),
  );
});
