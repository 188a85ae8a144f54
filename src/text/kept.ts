/** A function that works something out of an object, and keeps it as long as that is there. */
export function keptBy<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const found = known.get(key) ?? { value: make(key) };
    known.set(key, found);
    return found.value;
  };
}

/** The same of two objects. */
export function keptByBoth<Left extends object, Right extends object, Value>(
  make: (left: Left, right: Right) => Value,
): (left: Left, right: Right) => Value {
  const ofLeft = keptBy((left: Left) => keptBy((right: Right) => make(left, right)));
  return (left, right) => ofLeft(left)(right);
}
