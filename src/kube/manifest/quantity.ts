const form = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?\d+))?$/;

const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binary = 'KMGTPE';

/** A quantity of Kubernetes (k8s.io/apimachinery, pkg/api/resource): `4`, `3920m`, `0.5`, `1e3`, `2Gi`; undefined for others. */
export function parseQuantity(text: string): number | undefined {
  const [, sign, digits, suffix = '', exponent] = form.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const amount = Number(digits) * (sign === '-' ? -1 : 1);
  if (suffix.endsWith('i')) return amount * 1024 ** (binary.indexOf(suffix.charAt(0)) + 1);
  const power = decimal[suffix] ?? Number(exponent ?? 0);
  // A division is exact where the result is whole.
  return power < 0 ? amount / 10 ** -power : amount * 10 ** power;
}
