/** In place of Node's, for what YAML and JSON can hold: values, lists and plain objects. */
export function isDeepStrictEqual(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [own, other] = [Object.entries(left), right as Readonly<Record<string, unknown>>];
  return (
    own.length === Object.keys(other).length &&
    own.every(([key, value]) => Object.hasOwn(other, key) && isDeepStrictEqual(value, other[key]))
  );
}
