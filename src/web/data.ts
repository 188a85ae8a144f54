import type { Family } from '../address/address.ts';
import type { Source } from '../text/source.ts';

/**
 * What the page is given: the texts that the user named, as they are. The page reads, compiles and walks them itself, with
 * the same library as the command line, so that nothing in it is worked out twice.
 */
export interface PageData {
  /** What the page is about, for its title: the files as the user named them. */
  readonly title: string;
  /** The version to show; where there are two, the later one. */
  readonly version: PageVersion;
  /** The version before, where two are compared. */
  readonly before: PageVersion | null;
  readonly options: PageOptions;
  /** Where the page begins, as in its address behind `#`; empty for the list of services. */
  readonly state: string;
  /** Where the server says that a file has changed (an address of an event stream); null in a file. */
  readonly live: string | null;
}

/** One version: manifests to compile, or a dump and the objects beside it. */
export interface PageVersion {
  /** The FILE arguments as the user typed them, for the command that prints the same. */
  readonly words: readonly string[];
  /** Manifests and kubectl's tables; beside a dump, the objects of `--cluster`. */
  readonly manifests: readonly Source[];
  /** What iptables-save printed; null where the rules are compiled from the manifests. */
  readonly rules: Source | null;
  /** kube-proxy's configuration of this version, where the user named one. */
  readonly config: Source | null;
}

/** The flags of the command line, by the same names; a member that is absent was not given. */
export interface PageOptions {
  readonly node?: string;
  readonly family?: Family;
  readonly kubeVersion?: string;
  readonly serviceCidr?: string;
  readonly nodePortRange?: string;
  readonly loadBalancerCidr?: string;
  /** The node's network (`--host`), in the order in which it was given. */
  readonly host?: readonly Source[];
  /** Contents of the node's sets (`--sets`). */
  readonly sets?: readonly Source[];
}

/** The id of the element that holds the data. */
export const dataElement = 'kubenat-data';
