/** What is wrong with the ways of an Ingress. */
export type PathDetail =
  | {
      readonly code: 'route-claimed';
      readonly ingress: string;
      readonly host: string | null;
      readonly path: string;
      readonly other: string;
      readonly place: string;
    }
  | { readonly code: 'not-followed'; readonly name: string }
  | {
      readonly code: 'balancer-lacks-node-port';
      readonly balancer: string;
      readonly service: string;
      readonly port: number;
    }
  | { readonly code: 'own-balancer' | 'backend-service-lacks'; readonly service: string }
  | { readonly code: 'no-backend' | 'no-secret' }
  | { readonly code: 'backend-port-lacks'; readonly service: string; readonly port: string }
  | { readonly code: 'host-without-secret'; readonly host: string };
