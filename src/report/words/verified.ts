import type { Differing } from '../../proof/second/second.ts';

/** What is said of a certificate, in one language. */
export interface VerifiedWords {
  /** `kubenat`: the version that wrote it. */
  readonly holds: (file: string, kubenat: string) => string;
  readonly uncontradicted: (file: string, kubenat: string) => string;
  readonly broken: (file: string, packets: number) => string;
  readonly walked: (family: string, packets: number, whole: boolean, open: number) => string;
  /** Behind the packet with which it begins. */
  readonly turns: Readonly<Record<Differing['turn'], string>>;
  readonly assumed: (sentence: string) => string;
}
