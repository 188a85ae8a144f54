import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Family } from '../src/address/address.ts';
import { compileNode, type NodeCompileOptions, readManifests } from '../src/index.ts';
import { buildCluster } from '../src/kube/cluster/build.ts';
import { type ProxyMode, readProxyConfig } from '../src/kube/cluster/config.ts';
import type { ClusterNode } from '../src/kube/cluster/model.ts';
import { decideNode } from '../src/proxy/decide/node.ts';
import { findRelease, type Release } from '../src/proxy/decide/release.ts';
import { refuseErrors } from '../src/text/problem.ts';

/** One recorded case: see fixtures/conformance/README.md. */
export interface Case {
  /** `named/cluster-ip`, `random/r007`. */
  readonly id: string;
  readonly folder: string;
  readonly node: string;
  readonly family: Family;
  readonly randomFully: boolean;
}

export const fixtures = resolve(import.meta.dirname, '../fixtures');
const recorded = join(fixtures, 'conformance');

export const cases: readonly Case[] = ['named', 'random'].flatMap((set) =>
  casesIn(join(recorded, set), `${set}/`),
);

/** The cases of a folder; `prefix` stands before their names. */
export function casesIn(folder: string, prefix = ''): Case[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const own = join(folder, name);
      const { node, family, randomFully = true } = JSON.parse(readFileSync(join(own, 'case.json'), 'utf8'));
      return { id: prefix + name, folder: own, node, family, randomFully };
    });
}

export function readCase({ folder }: Case, file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

/** What `iptables-save` prints for a case under a release of kube-proxy. */
export function savedBy(case_: Case, release: string): string {
  const name = case_.id.slice(case_.id.indexOf('/') + 1);
  const own = join(recorded, 'releases', release, `${name}.save`);
  return existsSync(own) ? readFileSync(own, 'utf8') : readCase(case_, 'iptables.save');
}

/** What kube-proxy of a release decides in a case, in nftables mode unless another is named. */
export function decideCase(case_: Case, family: Family, kubeVersion: string, mode: ProxyMode = 'nftables') {
  const source = (name: string) => ({ name, text: readCase(case_, name) });
  const manifests = readManifests([source('cluster.yaml')]);
  const { cluster, problems } = buildCluster(manifests.objects);
  refuseErrors([...manifests.problems, ...problems]);
  const { config } = readProxyConfig(source('kube-proxy.yaml'), mode);
  const node = cluster.nodes.find(({ name }) => name === case_.node) as ClusterNode;
  return decideNode(cluster, node, config, findRelease(kubeVersion) as Release, family);
}

export function compileCase(case_: Case, options: NodeCompileOptions = {}) {
  const source = (name: string) => ({ name, text: readCase(case_, name) });
  const manifests = readManifests([source('cluster.yaml')]);
  const { cluster, problems } = buildCluster(manifests.objects);
  refuseErrors([...manifests.problems, ...problems]);
  const { config } = readProxyConfig(source('kube-proxy.yaml'));
  return compileNode(cluster, { ...case_, config, ...options });
}
