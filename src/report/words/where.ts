/** Where a rule stands. */
export interface Where {
  /** The name of the text; null: there is but one. */
  readonly file: string | null;
  /** From 1. */
  readonly line: number;
}

/** Of rules that were made of manifests nobody has a file: the lines are those of what the command prints for the node. */
export const fileOfCompiled = (name: string): string | null =>
  name === '<compiled>' ? 'kubenat compile' : null;
