import type { ServiceSpec } from '../manifest/service-rule.ts';

/** `clusterIPs`, or the older `clusterIP`; None and nothing left out. */
export function clusterTexts(spec: ServiceSpec): string[] {
  const texts = spec.clusterIPs && spec.clusterIPs.length > 0 ? spec.clusterIPs : [spec.clusterIP ?? ''];
  return texts.filter((text) => text !== '' && text !== 'None');
}
