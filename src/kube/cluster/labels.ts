/**
 * Labels that keep kube-proxy from watching an object (cmd/kube-proxy/app/server.go). Up to 1.35 either hides a Service as well as
 * an EndpointSlice; from 1.36 on the first hides Services alone, the second EndpointSlices alone.
 */
export const otherProxyLabel = 'service.kubernetes.io/service-proxy-name';
export const headlessLabel = 'service.kubernetes.io/headless';
