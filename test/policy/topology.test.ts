import { describe, expect, test } from 'vitest';
import type { Service } from '../../src/kube/cluster/model.ts';
import { type Release, releases } from '../../src/proxy/decide/release.ts';
import { hintsAllowed } from '../../src/proxy/decide/topology.ts';

// As canUseTopology of kube-proxy's pkg/proxy/topology.go has it in each release, and as service.go reads the
// annotations: `topology-aware-hints`, where it is set, hides `topology-mode`, which 1.27 brought.
type Annotations = Service['topologyAnnotations'];
const rows: readonly (readonly [Annotations, auto: boolean, mode: boolean])[] = [
  [{}, false, false],
  [{ hints: 'Auto' }, true, true],
  [{ hints: 'auto' }, true, true],
  [{ hints: 'AUTO' }, false, true],
  [{ hints: 'Disabled' }, false, false],
  [{ hints: 'disabled' }, false, false],
  [{ hints: '' }, false, false],
  [{ mode: 'Auto' }, false, true],
  [{ mode: 'example.com/own' }, false, true],
  [{ mode: 'Disabled' }, false, false],
  [{ mode: 'disabled' }, false, false],
  [{ hints: 'Disabled', mode: 'Auto' }, false, false],
  [{ hints: 'Auto', mode: 'Disabled' }, true, true],
];

describe('whether hints may be followed', () => {
  const allowed = (topologyAnnotations: Annotations, release: string) =>
    hintsAllowed({ topologyAnnotations } as Service, releases.get(release) as Release);

  test.each(rows)('%j', (annotations, auto, mode) => {
    for (const release of ['1.25', '1.26']) expect(allowed(annotations, release)).toBe(auto);
    for (const release of ['1.27', '1.30']) expect(allowed(annotations, release)).toBe(mode);
    for (const release of ['1.31', '1.34']) expect(allowed(annotations, release)).toBe(true);
  });
});
