/** What somebody gives to `kubenat check`. */
export interface FindingExample {
  /** By name, in the order in which they are given. */
  readonly files: Readonly<Record<string, string>>;
  /** Flags, where any are needed. */
  readonly flags?: readonly string[];
}

/** What `kubenat check --explain` says of a finding, in one language. Sentences end with a full stop, but for `means`. */
export interface FindingTexts {
  /** What the code stands for, in a few words. */
  readonly means: string;
  /** What it does to packets. */
  readonly effect: string;
  /** What to do. */
  readonly remedy: string;
}

/** The same in English, and what shows it in every language. */
export interface FindingPage extends FindingTexts {
  /** An input in which it is found, and one that is as it should be. */
  readonly fails: FindingExample;
  readonly passes: FindingExample;
}

/** A dump as an example. */
export function node(text: string): FindingExample {
  return { files: { 'node.save': text } };
}

/** Manifests as an example. */
export function manifests(text: string): FindingExample {
  return { files: { 'web.yaml': text } };
}
