import type { SloppyFault } from '../../../../address/sloppy.ts';
import type {
  FormName,
  Found,
  ManifestDetail,
  Special,
  ValueKind,
} from '../../../../kube/manifest/detail.ts';
import { shortened } from '../../../../text/lists.ts';
import { sayOf, type WordsOf } from '../../words-of.ts';

const forms: Readonly<Record<FormName, string>> = {
  prefix: 'prefix',
  'ip-address': 'IP address',
  address: 'address',
  'port-name': 'name of a port',
  version: 'version',
  'namespace-name': 'name of a namespace',
  'finalizer-name': 'name of a finalizer',
  time: 'time',
};

const specials: Readonly<Record<Special, string>> = {
  unspecified: 'the unspecified address',
  loopback: 'a loopback address',
  'link-local': 'a link-local address',
  'link-local-multicast': 'a link-local multicast address',
};

const faults: Readonly<Record<SloppyFault, string>> = {
  'leading-zeros': 'has zeros in front',
  mapped: 'is an IPv4 address mapped into IPv6',
  'host-bits': 'has bits set beyond its length',
};

const valueKinds: Readonly<Record<ValueKind, string>> = {
  'cluster-address': 'cluster address',
  'balancer-address': 'load balancer address',
  'node-port': 'node port',
  'health-port': 'health check node port',
};

function sayFound(found: Found): string {
  if (found.kind === 'plain')
    return found.type === 'string' ? `the string '${found.text}'` : `the ${found.type} ${found.text}`;
  if (found.kind === 'private') return `a ${found.type}`;
  return { null: 'null', list: 'a list', object: 'an object' }[found.kind];
}

/** What is wrong with manifests, tables of kubectl and kube-proxy's configuration. */
export const manifestDetails: WordsOf<ManifestDetail> = {
  'in-field': ({ path, of }) => `${path}: ${sayOf(manifestDetails, of)}`,
  'too-many-blocks': ({ name, blocks, lines }) =>
    `${name}: ${blocks} blocks and quotations in ${lines} lines are too many to be read`,
  'outside-blocks': () => 'what stands outside of the blocks and quotations is not read',
  'dropped-before': ({ release }) => `the API server before ${release} drops it`,
  'other-namespace': ({ namespace, flag }) =>
    `the namespace here is ${namespace}, and --namespace says ${flag}`,
  'not-gates': () => 'this is no map of names to true or false',
  'all-comments': () => 'nothing of this is read: to YAML all of it is a comment',
  'helm-template-in': () => 'this looks like a template of a Helm chart',
  'no-kind-in': ({ kind, version }) => `there is no kind ${kind} in ${version}`,
  'is-kustomization': () => 'this is a kustomization, which has to be built',
  'no-kind': ({ kind }) => `there is no kind ${kind}`,
  'kind-passed': ({ kind, meant }) =>
    `'${kind}' is passed over: there is no such kind; did you mean ${meant}?`,
  'passed-over': ({ of }) => `${sayOf(manifestDetails, of)}; it is passed over`,
  'no-object': ({ lacking }) =>
    `this document is no Kubernetes object: it has no ${lacking.join(' and no ')}`,
  'no-object-at-all': () => 'this document is no Kubernetes object',
  'kubectl-failed': () => 'kubectl could not ask the API server for this, or was not allowed to',
  'is-describe': () => 'this is what kubectl describe prints, for people',
  'is-names': () => 'these are names alone, as -o name prints them',
  'is-without-header': () => 'this is a table without its header',
  'no-endpoint': ({ text }) => `'${text}' is no endpoint`,
  'no-node-name': ({ name }) => `'${name}' is no name of a Node`,
  'no-service-name': ({ name }) => `'${name}' is no name of a Service`,
  'no-type': ({ text }) => `no type '${text}'`,
  'no-address': ({ text }) => `'${text}' is not an IP address`,
  'no-service-port': ({ text }) => `'${text}' is no port of a Service`,
  'no-such-field': () =>
    'there is no such field: the API server passes it over, or refuses the object (kubectl apply does so by default)',
  'null-here': () => 'the value is null',
  'no-key': ({ text }) => `'${text}' is no key`,
  'no-label-value': ({ text }) => `'${text}' is no value of a label`,
  'out-of-range': ({ value }) => `${value} is out of range`,
  'port-out-of-range': ({ port }) => `port ${port} is out of range`,
  'not-known-here': ({ text }) => `'${text}' is not known here`,
  'not-of-form': ({ text, form }) => `'${text}' is no ${forms[form]}`,
  'required-field': () => 'a required field is missing',
  'spelled-with': ({ text, fault, strict }) =>
    `${text} ${faults[fault]}${strict ? '' : ', which the API server from 1.36 on refuses'}`,
  'special-address': ({ text, special }) => `${text} is ${specials[special]}`,
  'ready-untold': () => 'this table of kubectl does not say which endpoints are ready',
  'addresses-untold': () => 'this table of kubectl does not say the addresses of pods',
  'row-again': ({ name }) => `the table shows ${name} again, as with --watch, and the last row counts`,
  'not-in-cell': () => 'this cannot stand here',
  'table-not-read': () => 'this table of kubectl is not read',
  cells: ({ cells, columns }) => `this row has ${cells} cells under ${columns} columns`,
  'name-missing': () => 'the name is missing',
  'begins-no-name': ({ text, kind }) => `'${text}' begins no name of a ${kind}`,
  'no-name-of': ({ name, kind }) => `'${name}' is no name of a ${kind}`,
  'kinds-unread': ({ kinds }) => `passed over, because kubenat does not read these kinds: ${kinds}`,
  'ingress-uncompiled': ({ names }) =>
    `an Ingress makes no rules of kube-proxy and is not compiled yet: ${names}`,
  'directories-unread': ({ names }) => `directories below the one that was named are not read: ${names}`,
  'config-maps-passed': ({ count }) =>
    `passed over, because only kube-proxy's own matters here: ${count} ConfigMap (v1)`,
  'config-not-used': () => 'a KubeProxyConfiguration among the manifests is not used',
  'not-for-type': ({ type }) => `not allowed for type ${type}`,
  'not-for-name': () => 'not allowed for type ExternalName',
  'not-for-cluster-ip': () => 'not allowed for type ClusterIP',
  'only-beside-cluster-ip': () => 'only beside clusterIP',
  'first-must-equal': ({ address }) => `its first must equal clusterIP, ${address}`,
  'more-than-two': () => 'there are more than two',
  'none-alone': () => 'None stands alone',
  'not-of-family': ({ text, family }) => `${text} is no ${family} address, as ipFamilies says`,
  'same-family': ({ text, other }) => `${text} is of the family of ${other}`,
  twice: ({ text }) => `${text} is there twice`,
  'two-families': () => 'two families need a policy of two',
  'too-large': () => 'they are too large',
  'finalizers-exclude': () => 'orphan and foregroundDeletion exclude each other',
  'version-missing': () => 'a version is missing',
  'event-owns-nothing': () => 'an Event owns nothing',
  'several-controllers': () => 'several of them are the controller',
  'address-passed': ({ text }) => `'${text}' is not an IP address, and passed over`,
  'no-prefix': ({ text }) => `'${text}' is no prefix`,
  'several-of-family': () => 'there are several of one family',
  'no-taint-value': ({ text }) => `'${text}' is no value of a taint`,
  'taint-twice': ({ key, effect }) => `${key} with ${effect} is there already`,
  'no-integer': ({ text }) => `${text} is no integer`,
  'needs-ports': () => 'a Service needs ports',
  'ports-need-names': () => 'each of several ports needs a name',
  'name-of-other-port': ({ name }) => `the name '${name}' is used by another port`,
  'port-twice': ({ field, key }) => `${field} ${key} is there twice`,
  'no-port-for-proxy': () => 'kube-proxy passes over port 0',
  'port-of-before': () => 'it would be that of the port before',
  'port-of-port': () => 'without one of its own it is that of the port, which is none',
  'rows-left-out': () => 'rows of the table are left out here: what they are is not known',
  'kubelet-port': ({ port }) => `${port} is kubelet's port`,
  'no-protocol-name': ({ text }) => `'${text}' is no name of a protocol`,
  'hints-differ': ({ annotation, hints }) => `it must equal ${annotation}, '${hints}'`,
  'none-for-type': ({ type }) => `None is not allowed for type ${type}`,
  'needs-name': () => 'type ExternalName needs a name',
  'no-dns-name': ({ text }) => `'${text}' is no DNS name`,
  'ports-of-name': () => 'the ports of an ExternalName service have no effect',
  'no-class-name': ({ text }) => `'${text}' is no name of a class`,
  'annotation-unread': () => 'kube-proxy does not look at this annotation',
  'only-from-outside': () => 'only for a service that is reachable from outside',
  'only-beside-ip': () => 'only beside ip',
  'only-local-balancer': () => 'only for type LoadBalancer with externalTrafficPolicy Local',
  'address-lacks': () => 'there is no address',
  'no-host-domain': ({ text }) => `'${text}' is no name of a host with its domain`,
  'no-host-name': ({ text }) => `'${text}' is no name of a host`,
  'port-name-twice': ({ name }) => `the port '${name}' is there already`,
  'there-are': ({ count }) => `there are ${count}`,
  'not-canonical': ({ text }) => `${text} is not in canonical form`,
  'not-family': ({ text, family }) => `${text} is no ${family} address`,
  'no-proxy-version': ({ text }) => `'${text}' is no version that kube-proxy reads`,
  'wrong-type': ({ found }) => `the value is ${sayFound(found)}`,
  'no-hint-name': ({ name, what }) => `'${name}' is no name of a ${what}`,
  'hint-twice': ({ name, what }) => `the ${what} '${name}' is there already`,
  fixed: () => 'it may not change once it is set',
  'outside-range': ({ address }) => `${address} is outside of the range of cluster addresses`,
  'range-address': ({ address }) => `${address} is the address of the range itself`,
  'broadcast-address': ({ address }) => `${address} is the broadcast address of the range`,
  'api-address': ({ address }) => `${address} is the address of the API server`,
  'no-family-range': ({ family }) => `the cluster has no range of ${family} addresses`,
  'range-empty': ({ what }) => `no ${valueKinds[what]} is left to give`,
  'no-node-port-left': () => 'no node port is left to give',
  'node-port-of-other': ({ nodePort, port }) => `node port ${nodePort} is that of another port, ${port}`,
  'value-out-of-range': ({ what, port }) => `${valueKinds[what]} ${port} is out of range`,
  'taken-too': ({ value, what, service, place }) =>
    `${value} is the ${valueKinds[what]} of Service ${service} too (${place})`,
  'no-proxy-config': ({ file }) => `${file} holds no kube-proxy configuration`,
  'no-proxy-mode': ({ mode }) => `${mode} is no mode of kube-proxy on Linux`,
  'two-prefixes': () => 'two prefixes of one family',
  'needs-bridge': () => 'BridgeInterface needs the name of the bridge',
  'needs-interface-prefix': () => 'InterfaceNamePrefix needs the prefix',
  'ipvs-leaving': () =>
    'mode ipvs is leaving kube-proxy, which has it switched off by default from 1.40 on, and is not compiled',
  'mode-unread': ({ mode, field }) => `kube-proxy in mode ${mode} does not read ${field}`,
  'no-field-of-this': ({ key }) => `${key} is no field of this`,
  'external-cut': ({ service }) =>
    `kubectl cut the external addresses of ${service} off; rules for those that are not shown are missing`,
  'name-of-several': ({ name, services }) => `${name} is the name of ${services.join(' and ')}`,
  'no-named-port': ({ service, protocol, port }) =>
    `no pod of ${service} has a ${protocol} port named '${port}': the port has no endpoints`,
  'endpoints-unknown': ({ services }) =>
    `the endpoints of ${shortened(services)} are not known: what was given may hold them, and does not say enough`,
  'endpoints-untold': ({ services }) =>
    `nothing tells the endpoints of ${shortened(services)}: they are taken to have none`,
  'endpoints-omitted': ({ count, name }) => `the table leaves out ${count} endpoints of ${name}`,
  'endpoint-port-untold': ({ name }) =>
    `the table does not tell which port the endpoints of ${name} belong to`,
  'endpoint-nodes-untold': ({ name }) =>
    `the table does not tell on which nodes the endpoints of ${name} run, which its traffic policy Local asks`,
  'table-differs': ({ inManifest, place, inTable }) =>
    `the manifest says ${inManifest}, the table at ${place} says ${inTable}`,
  'object-twice': ({ kind, name, place, isRow }) =>
    `${isRow ? `a row for ${kind}` : kind} ${name} is there already, and differs (${place})${isRow ? '' : ', and the last one counts'}`,
  'hidden-by-label': ({ label, before }) =>
    `kube-proxy${before ? ' before 1.36' : ''} does not see services with the label ${label}: it writes no rules for them`,
  'no-object-here': () => 'the value is not an object',
  'no-quantity': ({ text }) => `'${text}' is no quantity`,
  'less-than-nothing': ({ text }) => `${text} is less than nothing`,
  'no-field-since': ({ version }) => `there is no such field since ${version}: the API server passes it over`,
  'sign-in-name': () => 'there is a / or % in it',
  'prefix-lacks': () => 'there is no prefix',
};
