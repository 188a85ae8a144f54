import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import type { FileDetail } from '../text/file-detail.ts';
import { InputError } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Directories } from './expand.ts';

/** What is asked of a cluster: what decides rules and the ways to them, and never a Secret. */
const needed = [
  'services',
  'endpointslices.discovery.k8s.io',
  'nodes',
  'pods',
  'ingresses.networking.k8s.io',
].join();

/** The objects of a cluster, read through kubectl with the user's own rights; nothing is changed. Throws an InputError. */
export function readLiveCluster({ run }: Pick<Directories, 'run'>, context: string): Source {
  const words = [`--context=${context}`, 'get', needed, '--all-namespaces', '--output=json'];
  const text = run('kubectl', [...words, '--request-timeout=60s']);
  if (text !== null) return { name: `<kubectl --context=${context}>`, text };
  const why = told<FileDetail>({ code: 'no-kubectl', context });
  const expected = want.thing('kubectl-or-its-output', words.join(' '));
  throw new InputError([{ code: 'program-failed', severity: 'error', ...why, expected }]);
}
