/** The keys and indices that lead from a document, or from an object in it, to one of its fields. */
export type Path = readonly (string | number)[];

/** `spec.ports[0].port`, as kubectl spells it. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    // The keys of labels and annotations have points of their own.
    if (typeof step === 'number' || /[^\w-]/.test(step)) text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}
