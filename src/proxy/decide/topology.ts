import type { Endpoint, Service } from '../../kube/cluster/model.ts';
import type { Release, TopologyAnnotation } from './release.ts';
import type { Viewpoint } from './viewpoint.ts';

/** Whether a service's annotations allow its endpoints' hints to be followed, by release. */
const allowsHints: Readonly<
  Record<TopologyAnnotation, (annotations: Service['topologyAnnotations']) => boolean>
> = {
  'hints-auto': ({ hints }) => hints === 'Auto' || hints === 'auto',
  'hints-or-mode': ({ hints, mode }) => !['', 'Disabled', 'disabled'].includes(hints ?? mode ?? ''),
  'not-needed': () => true,
};

export function hintsAllowed(service: Service, release: Release): boolean {
  return allowsHints[release.topologyAnnotation](service.topologyAnnotations);
}

/**
 * The hints that a node follows, as a test of an endpoint; null where it follows none. A kind of hint counts only if
 * every ready endpoint has one and some are meant for this node, or for its zone.
 */
export function followedHints(
  endpoints: readonly Endpoint[],
  viewpoint: Viewpoint,
): ((endpoint: Endpoint) => boolean) | null {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  // The node is looked at only where that matters: where it does not, all nodes decide alike.
  const follow = (hintsOf: (endpoint: Endpoint) => readonly string[], placeOf: () => string | null) => {
    if (!ready.every((endpoint) => hintsOf(endpoint).length > 0)) return null;
    const place = placeOf();
    const isMeant = (endpoint: Endpoint) => place !== null && hintsOf(endpoint).includes(place);
    return ready.some(isMeant) ? isMeant : null;
  };
  const { release } = viewpoint;
  return (
    (release.nodeHints
      ? follow(
          ({ nodeHints }) => nodeHints,
          () => viewpoint.nodeName,
        )
      : null) ??
    (release.zoneHints
      ? follow(
          ({ zoneHints }) => zoneHints,
          () => viewpoint.zone,
        )
      : null)
  );
}
